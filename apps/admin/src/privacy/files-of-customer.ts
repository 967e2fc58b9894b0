import type { Tx } from '#libs/persistence';
import type { KnownCustomer } from '#libs/privacy';
import { needlesOf } from './needles.js';

/**
 * Files that are the customer's: what they sent, what was sent to them and to nobody else, and what carries their number in
 * its name.
 *
 * @returns media ids
 */
export async function filesOf(tx: Tx, tenantId: string, customer: KnownCustomer): Promise<string[]> {
  const rows: { media_id: string }[] = await tx.query(
    `SELECT m.media_id FROM media m
      WHERE m.tenant_id = $1 AND (
        m.file_name LIKE ANY ($3::text[])
        OR m.media_id IN (
          SELECT i.payload -> i.type ->> 'id' FROM inbound_messages i
           WHERE i.tenant_id = $1 AND (i.customer = ANY ($2::text[]) OR i.user_id = ANY ($2::text[])))
        OR (m.media_id IN (
              SELECT s.payload -> s.type ->> 'id' FROM messages s WHERE s.tenant_id = $1 AND s.recipient = ANY ($2::text[]))
            AND NOT EXISTS (
              SELECT FROM messages o WHERE o.tenant_id = $1 AND o.recipient <> ALL ($2::text[])
                 AND position(m.media_id IN o.payload::text) > 0)))`,
    [tenantId, customer.identifiers, needlesOf(customer.identifiers)],
  );
  return rows.map((row) => row.media_id);
}
