import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { CONTACT_COLUMNS, type Contact } from './contact-row.js';
import { columnsOf, type Identifier } from './identifiers.js';

/** A customer was heard from. */
export interface Sighting {
  /** The strongest first; one at least. */
  identifiers: readonly Identifier[];
  profileName: string | null;
  at: Date;
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** Who is whom: contacts, and what they are known by, as customers let themselves be known. */
@Injectable()
export class Contacts {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /**
   * Finds the contact who has any of the identifiers, or makes one, and adds the identifiers that nobody has. One that
   * belongs to another contact stays there: whether two contacts are one person is for people to say. Said twice, late or
   * out of order, it ends the same.
   *
   * @returns the contact's id, and whether the contact is known by something new: what was agreed to under either name holds
   *   for both then
   */
  async seen(tx: Tx, tenantId: string, sighting: Sighting): Promise<{ contactId: string; learnt: boolean }> {
    const { identifiers, profileName, at } = sighting;
    const known = await this.whoHas(tx, tenantId, identifiers);
    const contactId = known ?? (await this.add(tx, tenantId, identifiers));
    const claimed = await this.claim(tx, tenantId, contactId, identifiers);
    await tx.query(
      `UPDATE contacts
          SET profile_name = coalesce($3, profile_name), last_seen_at = $4, updated_at = $5
        WHERE tenant_id = $1 AND contact_id = $2 AND (last_seen_at IS NULL OR last_seen_at < $4)`,
      [tenantId, contactId, profileName, at, this.clock.now()],
    );
    return { contactId, learnt: known === undefined || claimed > 0 };
  }

  /** The contact who has the strongest of these identifiers that anyone has; a number in either form is the same. */
  async whoHas(tx: Tx, tenantId: string, identifiers: readonly Identifier[]): Promise<string | undefined> {
    const [owner]: { contact_id: string }[] = await tx.query(
      `WITH asked AS MATERIALIZED (
         SELECT * FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS a(kind, value, line, strength))
       SELECT contact_id FROM (
         SELECT a.strength, i.contact_id FROM asked a JOIN contact_identifiers i ON i.tenant_id = $1 AND i.line = a.line
         UNION ALL
         SELECT a.strength, i.contact_id FROM asked a
           JOIN contact_identifiers i ON i.tenant_id = $1 AND i.kind = a.kind AND i.value = a.value
          WHERE a.line IS NULL) AS found
        ORDER BY strength, contact_id LIMIT 1`,
      [tenantId, ...columnsOf(identifiers)],
    );
    return owner?.contact_id;
  }

  /**
   * Which other lines are the same customers'.
   *
   * @param lines numbers in the form of `lineOf`, or business-scoped user ids
   * @returns for each line that a contact has, all lines of that contact
   */
  async linesOfSame(tx: Tx, tenantId: string, lines: readonly string[]): Promise<Map<string, string[]>> {
    if (lines.length === 0) return new Map();
    const rows: { asked: string; lines: string[] }[] = await tx.query(
      `SELECT i.line AS asked, array_agg(DISTINCT same.line) AS lines FROM contact_identifiers i
         JOIN contact_identifiers same
           ON same.tenant_id = $1 AND same.contact_id = i.contact_id AND same.line IS NOT NULL
        WHERE i.tenant_id = $1 AND i.line = ANY ($2::text[]) GROUP BY i.line`,
      [tenantId, lines],
    );
    return new Map(rows.map((row) => [row.asked, row.lines]));
  }

  private async add(tx: Tx, tenantId: string, identifiers: readonly Identifier[]): Promise<string> {
    const now = this.clock.now();
    const contactId = newId(now);
    await tx.query('INSERT INTO contacts (tenant_id, contact_id, created_at, updated_at) VALUES ($1, $2, $3, $3)', [
      tenantId,
      contactId,
      now,
    ]);
    await this.claim(tx, tenantId, contactId, identifiers);
    // Someone else may have made the same contact meanwhile: the key of the identifiers made us wait for them, and they won.
    const owner = (await this.whoHas(tx, tenantId, identifiers)) ?? contactId;
    if (owner !== contactId) {
      await tx.query('DELETE FROM contacts WHERE tenant_id = $1 AND contact_id = $2', [tenantId, contactId]);
    }
    return owner;
  }

  /** Gives a contact those of the identifiers that nobody has. @returns how many they were */
  async claim(tx: Tx, tenantId: string, contactId: string, identifiers: readonly Identifier[]): Promise<number> {
    const claimed: unknown[] = await tx.query(
      `INSERT INTO contact_identifiers (tenant_id, contact_id, kind, value, line)
       SELECT $1, $2, i.kind, i.value, i.line FROM unnest($3::text[], $4::text[], $5::text[]) AS i(kind, value, line)
        ORDER BY i.kind, i.value
       ON CONFLICT DO NOTHING RETURNING 1`,
      [tenantId, contactId, ...columnsOf(identifiers)],
    );
    return claimed.length;
  }

  /** A contact by its id, or by that of one that was merged into it. */
  async find(tx: Tx, tenantId: string, contactId: string): Promise<Contact | undefined> {
    const [contact]: Contact[] = await tx.query(
      `SELECT ${CONTACT_COLUMNS} FROM contacts c
        WHERE c.tenant_id = $1 AND c.gone_at IS NULL AND c.contact_id =
          coalesce((SELECT m.merged_into FROM contacts m WHERE m.tenant_id = $1 AND m.contact_id = $2), $2)`,
      [tenantId, contactId],
    );
    return contact;
  }

  /**
   * Contacts, newest first.
   *
   * @param filter `search`: part of a name, of an identifier, or of a number however it is written; `before`: those made
   *   before this contact
   */
  async list(
    tx: Tx,
    tenantId: string,
    filter: { search?: string | undefined; tag?: string | undefined; before?: string | undefined; limit: number },
  ): Promise<Contact[]> {
    const search = filter.search?.trim() ?? '';
    const value = /^[\d\s+().-]+$/.test(search) ? search.replaceAll(/\D/g, '') : search;
    return tx.query(
      `SELECT ${CONTACT_COLUMNS} FROM contacts c
        WHERE c.tenant_id = $1 AND c.gone_at IS NULL AND ($2::uuid IS NULL OR c.contact_id < $2)
          AND ($6::text IS NULL OR c.tags @> ARRAY[$6])
          AND ($3 = '' OR coalesce(c.name, '') || ' ' || coalesce(c.profile_name, '') ILIKE '%' || $3 || '%'
               OR ($4 <> '' AND EXISTS (SELECT FROM contact_identifiers i WHERE i.tenant_id = c.tenant_id
                     AND i.contact_id = c.contact_id AND i.value ILIKE '%' || $4 || '%')))
        ORDER BY c.contact_id DESC LIMIT $5`,
      [tenantId, filter.before ?? null, escapeLike(search), escapeLike(value), filter.limit, filter.tag ?? null],
    );
  }
}
