import { firstIdAt } from '#libs/ids';
import type { Tx } from '#libs/persistence';

const DAY_MS = 86_400_000;
/** How far back messages are counted, which bounds what a look at a large tenant costs. */
const TRAFFIC_DAYS = 7;

export interface Traffic {
  /** Messages accepted since then are counted. */
  since: Date;
  /** By where they are now. */
  by_status: Record<string, number>;
}

/** How many messages of the last days stand where. */
export async function trafficOf(tx: Tx, tenantId: string, now: Date): Promise<Traffic> {
  const since = new Date(now.getTime() - TRAFFIC_DAYS * DAY_MS);
  const rows: { status: string; messages: number }[] = await tx.query(
    `SELECT status, count(*)::int AS messages FROM messages
      WHERE tenant_id = $1 AND message_id >= $2 GROUP BY status ORDER BY status`,
    [tenantId, firstIdAt(since)],
  );
  return { since, by_status: Object.fromEntries(rows.map((r) => [r.status, r.messages])) };
}
