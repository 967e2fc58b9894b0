import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { columnsOf, type Identifier } from './identifiers.js';

/** Two contacts become one, and one becomes two; people say when. */
@Injectable()
export class MergeContacts {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /**
   * Everything of one contact becomes the other's, who keeps what both have. The id of the one leads to the other from then
   * on, and the conversation is that of all identifiers.
   *
   * @returns false when either is no contact
   */
  async merge(tx: Tx, tenantId: string, { from, into }: { from: string; into: string }): Promise<boolean> {
    // In the order of their ids, so that two merges of the same pair wait for each other and do not lock up.
    const both: { contact_id: string }[] = await tx.query(
      `SELECT contact_id FROM contacts WHERE tenant_id = $1 AND contact_id = ANY ($2::uuid[]) AND gone_at IS NULL
        ORDER BY contact_id FOR UPDATE`,
      [tenantId, [from, into]],
    );
    if (both.length < 2) return false;
    const of = [tenantId, from, into];
    await tx.query(
      `UPDATE contacts AS c
          SET name = coalesce(c.name, o.name), profile_name = coalesce(c.profile_name, o.profile_name),
              attributes = o.attributes || c.attributes,
              tags = ARRAY(SELECT DISTINCT tag FROM unnest(c.tags || o.tags) AS tag ORDER BY 1),
              last_seen_at = greatest(c.last_seen_at, o.last_seen_at), updated_at = $4
         FROM contacts o
        WHERE c.tenant_id = $1 AND c.contact_id = $3 AND o.tenant_id = $1 AND o.contact_id = $2`,
      [...of, this.clock.now()],
    );
    await tx.query('UPDATE contact_identifiers SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2', of);
    await tx.query('UPDATE contact_notes SET contact_id = $3 WHERE tenant_id = $1 AND contact_id = $2', of);
    await tx.query(
      `INSERT INTO contact_activity AS a (tenant_id, contact_id, did, first_at, last_at, times)
       SELECT tenant_id, $3, did, first_at, last_at, times FROM contact_activity WHERE tenant_id = $1 AND contact_id = $2
       ON CONFLICT (tenant_id, contact_id, did) DO UPDATE
         SET first_at = least(a.first_at, excluded.first_at), last_at = greatest(a.last_at, excluded.last_at),
             times = a.times + excluded.times`,
      of,
    );
    await tx.query('DELETE FROM contact_activity WHERE tenant_id = $1 AND contact_id = $2', of.slice(0, 2));
    await tx.query(
      `UPDATE contacts SET merged_into = $3, gone_at = coalesce(gone_at, $4), name = NULL, profile_name = NULL,
              attributes = '{}', tags = '{}', updated_at = $4
        WHERE tenant_id = $1 AND (contact_id = $2 OR merged_into = $2)`,
      [...of, this.clock.now()],
    );
    return true;
  }

  /**
   * Some identifiers of a contact become a contact of their own, which begins empty: what was known was known of the one who
   * stays. Conversations follow the identifiers.
   *
   * @returns the new contact's id; undefined when not all of them are the contact's, or none would be left
   */
  async split(
    tx: Tx,
    tenantId: string,
    contactId: string,
    identifiers: readonly Identifier[],
  ): Promise<string | undefined> {
    const held: { kind: string; value: string }[] = await tx.query(
      `SELECT i.kind, i.value FROM contacts c JOIN contact_identifiers i USING (tenant_id, contact_id)
        WHERE c.tenant_id = $1 AND c.contact_id = $2 AND c.gone_at IS NULL FOR UPDATE OF c, i`,
      [tenantId, contactId],
    );
    const leaving = new Set(identifiers.map((i) => `${i.kind} ${i.value}`));
    const staying = held.filter((i) => !leaving.has(`${i.kind} ${i.value}`));
    if (leaving.size === 0 || staying.length === 0 || staying.length + leaving.size !== held.length) return undefined;
    const now = this.clock.now();
    const newContactId = newId(now);
    await tx.query('INSERT INTO contacts (tenant_id, contact_id, created_at, updated_at) VALUES ($1, $2, $3, $3)', [
      tenantId,
      newContactId,
      now,
    ]);
    const [kinds, values] = columnsOf(identifiers);
    await tx.query(
      `UPDATE contact_identifiers i SET contact_id = $3 FROM unnest($4::text[], $5::text[]) AS g(kind, value)
        WHERE i.tenant_id = $1 AND i.contact_id = $2 AND i.kind = g.kind AND i.value = g.value`,
      [tenantId, contactId, newContactId, kinds, values],
    );
    return newContactId;
  }
}
