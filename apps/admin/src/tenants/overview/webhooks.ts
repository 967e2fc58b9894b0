import { firstIdAt } from '#libs/ids';
import type { Tx } from '#libs/persistence';

const DAY_MS = 86_400_000;
/** Posts are tried for seven days, so whatever still moves is younger than this. */
const LOOK_BACK_DAYS = 14;
/** More are not counted: an endpoint that was away for a week has a million. */
const COUNT_TO = 10_000;

export interface WebhookRow {
  id: string;
  /** Without its query, which may hold a secret of the merchant's. */
  url: string;
  enabled: boolean;
  /** Posts that failed in a row, and until when nothing is posted because of them. */
  failures: number;
  rests_until: Date | null;
  /** Up to 10,000, of the last two weeks; so many or more then. */
  waiting: number;
  dead: number;
  /** When the longest-waiting event was due; null when none waits. */
  oldest_due_at: Date | null;
  /** Of the newest event that arrived. */
  last_delivered_at: Date | null;
  /** Of the newest event that was tried and has not arrived. */
  last_error: string | null;
}

const OF_ENDPOINT = 'w.tenant_id = e.tenant_id AND w.endpoint_id = e.endpoint_id AND w.event_id >= $2';

/** Each endpoint of the tenant and whether what it was to be told in the last two weeks arrived; a few probes of indexes. */
export async function webhooksOf(tx: Tx, tenantId: string, now: Date): Promise<WebhookRow[]> {
  const counted = (status: string) =>
    `(SELECT count(*)::int FROM (SELECT FROM webhook_deliveries w
       WHERE ${OF_ENDPOINT} AND w.status = '${status}' LIMIT ${COUNT_TO}) AS counted)`;
  const newestError = (status: string) =>
    `(SELECT w.event_id, w.last_error FROM webhook_deliveries w
       WHERE ${OF_ENDPOINT} AND w.status = '${status}' AND w.last_error IS NOT NULL ORDER BY w.event_id DESC LIMIT 1)`;
  const rows: WebhookRow[] = await tx.query(
    `SELECT e.endpoint_id AS id, e.url, e.enabled, e.failures, e.rests_until,
            ${counted('waiting')} AS waiting, ${counted('dead')} AS dead,
            (SELECT min(w.due_at) FROM webhook_deliveries w WHERE ${OF_ENDPOINT} AND w.status = 'waiting') AS oldest_due_at,
            (SELECT w.delivered_at FROM webhook_deliveries w
              WHERE ${OF_ENDPOINT} AND w.status = 'delivered' ORDER BY w.event_id DESC LIMIT 1) AS last_delivered_at,
            (SELECT last_error FROM (${newestError('waiting')} UNION ALL ${newestError('dead')}) AS newest
              ORDER BY event_id DESC LIMIT 1) AS last_error
       FROM webhook_endpoints e WHERE e.tenant_id = $1 ORDER BY e.endpoint_id`,
    [tenantId, firstIdAt(new Date(now.getTime() - LOOK_BACK_DAYS * DAY_MS))],
  );
  return rows.map((row) => ({ ...row, url: withoutQuery(row.url) }));
}

function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
