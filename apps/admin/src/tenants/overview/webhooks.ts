import { firstIdAt } from '#libs/ids';
import type { Tx } from '#libs/persistence';

const DAY_MS = 86_400_000;
/** Posts are tried for seven days, so whatever still moves is younger than this. */
const LOOK_BACK_DAYS = 14;

export interface WebhookRow {
  id: string;
  /** Without its query, which may hold a secret of the merchant's. */
  url: string;
  enabled: boolean;
  /** Posts that failed in a row, and until when nothing is posted because of them. */
  failures: number;
  rests_until: Date | null;
  waiting: number;
  dead: number;
  /** When the longest-waiting event was due; null when none waits. */
  oldest_due_at: Date | null;
  last_delivered_at: Date | null;
  /** Of the newest event that was tried and has not arrived. */
  last_error: string | null;
}

/** Each endpoint of the tenant and whether what it was to be told in the last two weeks arrived. */
export async function webhooksOf(tx: Tx, tenantId: string, now: Date): Promise<WebhookRow[]> {
  const rows: WebhookRow[] = await tx.query(
    `SELECT e.endpoint_id AS id, e.url, e.enabled, e.failures, e.rests_until, d.*
       FROM webhook_endpoints e
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE w.status = 'waiting')::int AS waiting,
               count(*) FILTER (WHERE w.status = 'dead')::int AS dead,
               min(w.due_at) FILTER (WHERE w.status = 'waiting') AS oldest_due_at,
               max(w.delivered_at) AS last_delivered_at,
               (array_agg(w.last_error ORDER BY w.event_id DESC)
                 FILTER (WHERE w.status <> 'delivered' AND w.last_error IS NOT NULL))[1] AS last_error
          FROM webhook_deliveries w
         WHERE w.tenant_id = e.tenant_id AND w.endpoint_id = e.endpoint_id AND w.event_id >= $2) d
      WHERE e.tenant_id = $1 ORDER BY e.endpoint_id`,
    [tenantId, firstIdAt(new Date(now.getTime() - LOOK_BACK_DAYS * DAY_MS))],
  );
  return rows.map((row) => ({ ...row, url: withoutQuery(row.url) }));
}

function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
