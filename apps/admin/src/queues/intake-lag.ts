import { timeOfId } from '#libs/ids';
import type { Tx } from '#libs/persistence';

/** Of the routes that wait longest. */
const SHOWN = 100;

export interface RouteLag {
  /** Only zeros: nobody's that is known yet. */
  tenant_id: string;
  /** `phone_number:`, `waba:` or, for callbacks of its client, `on_premises:` with Meta's id. */
  route: string;
  /** Changes that are not applied. */
  events: number;
  /** Of those, how many were tried and wait for another time. */
  later: number;
  /** When the oldest came. */
  oldest_at: Date;
  lag_seconds: number;
}

export interface IntakeLag {
  events: number;
  routes: number;
  /** Of the oldest change of all; 0 when nothing waits. */
  lag_seconds: number;
  data: RouteLag[];
}

/**
 * What Meta told us and is not applied yet, by route, the oldest first. It costs as much as there is waiting: a partial
 * index holds the fresh ones and another those that were tried.
 *
 * @param tx of staff
 */
export async function intakeLag(tx: Tx, now: Date): Promise<IntakeLag> {
  const rows: (Omit<RouteLag, 'oldest_at' | 'lag_seconds'> & {
    oldest: string;
    all_events: string;
    all_routes: string;
  })[] = await tx.query(
    `WITH waiting AS (
         SELECT tenant_id, route, event_id, false AS later FROM meta_events WHERE status = 'new' AND due_at IS NULL
         UNION ALL
         SELECT tenant_id, route, event_id, true FROM meta_events WHERE status = 'new' AND due_at IS NOT NULL)
       SELECT tenant_id, route, count(*)::int AS events, count(*) FILTER (WHERE later)::int AS later,
              min(event_id::text) AS oldest, sum(count(*)) OVER () AS all_events, count(*) OVER () AS all_routes
         FROM waiting GROUP BY tenant_id, route ORDER BY min(event_id::text) LIMIT $1`,
    [SHOWN],
  );
  const data = rows.map(({ tenant_id, route, events, later, oldest }) => {
    const oldestAt = timeOfId(oldest);
    const lag = Math.max(0, Math.floor((now.getTime() - oldestAt.getTime()) / 1_000));
    return { tenant_id, route, events, later, oldest_at: oldestAt, lag_seconds: lag };
  });
  return {
    events: Number(rows[0]?.all_events ?? 0),
    routes: Number(rows[0]?.all_routes ?? 0),
    lag_seconds: data[0]?.lag_seconds ?? 0,
    data,
  };
}
