import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';

/** What a customer does that segments ask for. `clicked`: a link or a button of ours; `bought`: an order. */
export type Deed = 'clicked' | 'bought';

/** The one writer of what customers did. */
@Injectable()
export class ContactActivity {
  /**
   * Notes deeds. Each call counts, so make it in the transaction that stores the fact, once.
   *
   * @param deeds of contacts that exist
   */
  async note(tx: Tx, tenantId: string, deeds: readonly { contactId: string; did: Deed; at: Date }[]): Promise<void> {
    if (deeds.length === 0) return;
    await tx.query(
      `INSERT INTO contact_activity AS a (tenant_id, contact_id, did, first_at, last_at, times)
       SELECT $1, d.contact_id, d.did, min(d.at), max(d.at), count(*)
         FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS d(contact_id, did, at)
        GROUP BY d.contact_id, d.did ORDER BY d.contact_id, d.did
       ON CONFLICT (tenant_id, contact_id, did) DO UPDATE
         SET first_at = least(a.first_at, excluded.first_at), last_at = greatest(a.last_at, excluded.last_at),
             times = a.times + excluded.times`,
      [tenantId, deeds.map((d) => d.contactId), deeds.map((d) => d.did), deeds.map((d) => d.at)],
    );
  }
}
