import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { AttributeValue } from './attribute-values.js';
import { Contacts } from './contacts.js';
import type { Identifier } from './identifiers.js';

/** What a merchant says of a contact; what is absent stays as it is. */
export interface ContactEdit {
  /** Null: go by their own name again. */
  name?: string | null;
  /** Null takes one away. */
  attributes?: Readonly<Record<string, AttributeValue | null>>;
  addTags?: readonly string[];
  removeTags?: readonly string[];
}

/** Identifiers of one contact are already those of others. */
export class TakenIdentifierError extends Error {
  override name = 'TakenIdentifierError';
  constructor(readonly identifier: Identifier) {
    super(`${identifier.kind} ${identifier.value} belongs to another contact`);
  }
}

/** What merchants know of their customers, as they say it themselves. */
@Injectable()
export class EditContacts {
  constructor(
    private readonly contacts: Contacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Makes a contact, or finds the one who has any of the identifiers and adds the others.
   *
   * @throws TakenIdentifierError when they are those of different contacts
   */
  async put(
    tx: Tx,
    tenantId: string,
    identifiers: readonly Identifier[],
    edit: ContactEdit,
  ): Promise<{ contactId: string; created: boolean }> {
    const known = await this.contacts.whoHas(tx, tenantId, identifiers);
    if (known) return this.addTo(tx, tenantId, known, identifiers, edit);
    try {
      return await tx.transaction((inner) => this.create(inner, tenantId, identifiers, edit));
    } catch (error) {
      // Who is made by two at once is one contact: the second adds to what the first made.
      const made = error instanceof TakenIdentifierError && (await this.contacts.whoHas(tx, tenantId, identifiers));
      if (!made) throw error;
      return this.addTo(tx, tenantId, made, identifiers, edit);
    }
  }

  private async create(tx: Tx, tenantId: string, identifiers: readonly Identifier[], edit: ContactEdit) {
    const now = this.clock.now();
    const contactId = newId(now);
    await tx.query('INSERT INTO contacts (tenant_id, contact_id, created_at, updated_at) VALUES ($1, $2, $3, $3)', [
      tenantId,
      contactId,
      now,
    ]);
    return { ...(await this.addTo(tx, tenantId, contactId, identifiers, edit)), created: true };
  }

  private async addTo(
    tx: Tx,
    tenantId: string,
    contactId: string,
    identifiers: readonly Identifier[],
    edit: ContactEdit,
  ): Promise<{ contactId: string; created: boolean }> {
    await this.addIdentifiers(tx, tenantId, contactId, identifiers);
    await this.edit(tx, tenantId, contactId, edit);
    return { contactId, created: false };
  }

  /** @throws TakenIdentifierError when one belongs to another contact */
  async addIdentifiers(tx: Tx, tenantId: string, contactId: string, identifiers: readonly Identifier[]): Promise<void> {
    await this.contacts.claim(tx, tenantId, contactId, identifiers);
    for (const identifier of identifiers) {
      const owner = await this.contacts.whoHas(tx, tenantId, [identifier]);
      if (owner !== contactId) throw new TakenIdentifierError(identifier);
    }
  }

  /** @returns false when there is no such contact */
  async edit(tx: Tx, tenantId: string, contactId: string, edit: ContactEdit): Promise<boolean> {
    const [, count] = await tx.query(
      `UPDATE contacts
          SET name = CASE WHEN $3 THEN $4 ELSE name END,
              attributes = jsonb_strip_nulls(attributes || $5::jsonb),
              tags = ARRAY(SELECT DISTINCT tag FROM unnest(tags || $6::text[]) AS tag WHERE tag <> ALL ($7::text[]) ORDER BY 1),
              updated_at = $8
        WHERE tenant_id = $1 AND contact_id = $2 AND gone_at IS NULL`,
      [
        tenantId,
        contactId,
        edit.name !== undefined,
        edit.name ?? null,
        JSON.stringify(edit.attributes ?? {}),
        edit.addTags ?? [],
        edit.removeTags ?? [],
        this.clock.now(),
      ],
    );
    return count > 0;
  }

  /**
   * Forgets everything that is kept here of a contact but that there was one. What they agreed to stays, because an opt-out must hold
   * longer than a record (libs/consent). @returns false when there is no such contact
   */
  async erase(tx: Tx, tenantId: string, contactId: string): Promise<boolean> {
    const [, count] = await tx.query(
      `UPDATE contacts SET name = NULL, profile_name = NULL, attributes = '{}', tags = '{}', last_seen_at = NULL,
              gone_at = $3, updated_at = $3
        WHERE tenant_id = $1 AND contact_id = $2 AND gone_at IS NULL`,
      [tenantId, contactId, this.clock.now()],
    );
    for (const table of ['contact_identifiers', 'contact_notes', 'contact_activity']) {
      await tx.query(`DELETE FROM ${table} WHERE tenant_id = $1 AND contact_id = $2`, [tenantId, contactId]);
    }
    return count > 0;
  }
}
