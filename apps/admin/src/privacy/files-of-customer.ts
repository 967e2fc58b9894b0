import type { Tx } from '#libs/persistence';
import type { KnownCustomer } from '#libs/privacy';
import { idsIn } from './named-files.js';
import { needlesOf } from './needles.js';

/** Where a merchant names files that are for everybody, whoever was the first to get one. */
const FOR_EVERYBODY = [
  'SELECT plan::text FROM campaigns WHERE tenant_id = $1',
  'SELECT definition::text FROM automation_versions WHERE tenant_id = $1',
  'SELECT draft::text FROM bots WHERE tenant_id = $1',
  'SELECT flow::text FROM bot_versions WHERE tenant_id = $1',
  'SELECT media::text FROM quick_replies WHERE tenant_id = $1',
].join(' UNION ALL ');

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
          ${idsIn('i.payload')} FROM inbound_messages i
           WHERE i.tenant_id = $1 AND (i.customer = ANY ($2::text[]) OR i.user_id = ANY ($2::text[])))
        OR (m.media_id IN (
              ${idsIn('s.payload')} FROM messages s WHERE s.tenant_id = $1 AND s.recipient = ANY ($2::text[]))
            AND NOT EXISTS (
              SELECT FROM messages o WHERE o.tenant_id = $1 AND o.recipient <> ALL ($2::text[])
                 AND position(m.media_id IN o.payload::text) > 0)
            AND NOT EXISTS (
              SELECT FROM (${FOR_EVERYBODY}) AS e(text) WHERE position(m.media_id IN e.text) > 0)))`,
    [tenantId, customer.identifiers, needlesOf(customer.identifiers)],
  );
  return rows.map((row) => row.media_id);
}
