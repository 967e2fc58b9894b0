import { PROVIDER_TENANT, type Tx } from '#libs/persistence';
import type { Waits } from '#libs/privacy';
import { undividedInSql } from './needles.js';
import { SETTLED } from './places.js';

/** After so long without a report, a message that Meta took is hardly reported on any more. */
const SETTLED_AFTER_MS = 24 * 3_600_000;
/** What ends within moments, by programs. */
const SOON_MS = 60_000;
/** What ends by a report of Meta's, by people, or at a time that is known and may come earlier. */
const LATER_MS = 3_600_000;

/** When a message that Meta took counts as settled without a last report: its last one came before that. */
export const settledBefore = (now: Date): Date => new Date(now.getTime() - SETTLED_AFTER_MS);

/** What must end by itself before the last pass. @returns undefined when nothing is on its way */
export async function whatWaits(
  tx: Tx,
  who: { tenantId: string; identifiers: readonly string[]; needles: readonly string[]; now: Date },
): Promise<Waits | undefined> {
  const { tenantId, identifiers, needles, now } = who;
  const [{ moving, doubtful, parked, reported, charges, events, unclaimed, files }] = await tx.query(
    `WITH who AS (SELECT $4::timestamptz AS settled_before),
          mine AS (SELECT status, status_at FROM messages
                    WHERE tenant_id = $1 AND recipient = ANY ($2::text[]) AND NOT ${SETTLED})
     SELECT EXISTS (SELECT FROM mine WHERE status IN ('accepted', 'sending'))
              OR EXISTS (SELECT FROM campaign_recipients
                          WHERE tenant_id = $1 AND customer = ANY ($2::text[]) AND state = 'sending') AS moving,
            EXISTS (SELECT FROM mine WHERE status = 'unknown') AS doubtful,
            EXISTS (SELECT FROM mine WHERE status = 'parked') AS parked,
            (SELECT max(status_at) FROM mine WHERE status NOT IN ('accepted', 'sending', 'unknown', 'parked')) AS reported,
            EXISTS (SELECT FROM usage_facts WHERE tenant_id = $1 AND recipient = ANY ($2::text[]) AND status = 'new')
              AS charges,
            EXISTS (SELECT FROM meta_events WHERE tenant_id = $1 AND status = 'new' AND body::text LIKE ANY ($3::text[]))
              AS events,
            EXISTS (SELECT FROM meta_events WHERE tenant_id = $5 AND status = 'new' AND body::text LIKE ANY ($3::text[]))
              AS unclaimed,
            EXISTS (SELECT FROM contact_import_pieces
                     WHERE tenant_id = $1 AND (encode(bytes, 'escape') LIKE ANY ($3::text[])
                       OR ${undividedInSql(`encode(bytes, 'escape')`)} LIKE ANY ($3::text[]))) AS files`,
    [tenantId, identifiers, needles, settledBefore(now), PROVIDER_TENANT],
  );
  const waits = [
    (moving || doubtful || reported) && 'messages on their way',
    parked && 'parked messages, which somebody tries again or gives up',
    charges && 'deliveries that are not rated yet',
    events && "webhooks of Meta's that are not applied yet",
    unclaimed && "webhooks of Meta's whose merchant is not known yet",
    files && 'a contact import',
  ].filter(Boolean);
  if (waits.length === 0) return undefined;
  const soon = moving || charges || events || files;
  const settles = reported ? reported.getTime() + SETTLED_AFTER_MS + 1 : Number.POSITIVE_INFINITY;
  const latest = now.getTime() + (soon ? SOON_MS : LATER_MS);
  return { for: waits.join(', '), again: new Date(Math.max(Math.min(settles, latest), now.getTime() + SOON_MS)) };
}
