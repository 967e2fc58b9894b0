import type { Tx } from '#libs/persistence';
import { SETTLED } from './places.js';

/** What must end by itself before the last pass. @returns undefined when nothing is on its way */
export async function waitsFor(
  tx: Tx,
  who: {
    tenantId: string;
    identifiers: readonly string[];
    needles: readonly string[];
    settledBefore: Date;
  },
): Promise<string | undefined> {
  const [{ messages, charges, events, files }] = await tx.query(
    `WITH who AS (SELECT $4::timestamptz AS settled_before)
     SELECT EXISTS (SELECT FROM messages WHERE tenant_id = $1 AND recipient = ANY ($2::text[]) AND NOT ${SETTLED})
              OR EXISTS (SELECT FROM campaign_recipients
                          WHERE tenant_id = $1 AND customer = ANY ($2::text[]) AND state = 'sending') AS messages,
            EXISTS (SELECT FROM usage_facts WHERE tenant_id = $1 AND recipient = ANY ($2::text[]) AND status = 'new')
              AS charges,
            EXISTS (SELECT FROM meta_events WHERE tenant_id = $1 AND status = 'new' AND body::text LIKE ANY ($3::text[]))
              AS events,
            EXISTS (SELECT FROM contact_import_pieces
                     WHERE tenant_id = $1 AND encode(bytes, 'escape') LIKE ANY ($3::text[])) AS files`,
    [who.tenantId, who.identifiers, who.needles, who.settledBefore],
  );
  const waits = [
    messages && 'messages on their way',
    charges && 'deliveries that are not rated yet',
    events && "webhooks of Meta's that are not applied yet",
    files && 'a contact import',
  ].filter((text) => text !== false);
  return waits.length > 0 ? waits.join(', ') : undefined;
}
