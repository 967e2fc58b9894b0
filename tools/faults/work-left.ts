import type { Lab } from './lab.js';

/** What still has to be done in the whole stack; `later` waits for a time of the clock. */
export interface WorkLeft {
  /** Messages not yet with Meta. */
  toSend: number;
  now: number;
  later: number;
  /** The next instant for which something waits. */
  nextAt: Date | null;
}

// Statuses that the sandbox will still report are no work of ours: its own timers are counted apart. What waits for an
// endpoint that rests waits for the end of its rest. `$1` is now, `$2` the grace of messages in doubt by category.
const WORK = `
  WITH work AS (
    SELECT 'send' AS what, least(not_before, expires_at) AS due_at FROM messages WHERE status = 'accepted'
    UNION ALL SELECT 'send', NULL FROM messages WHERE status = 'sending'
    UNION ALL SELECT 'doubt', m.status_at + make_interval(secs => g.seconds)
      FROM messages m JOIN unnest($2::text[], $3::integer[]) AS g(category, seconds)
        ON g.category = coalesce(m.category, 'service') WHERE m.status = 'unknown'
    UNION ALL SELECT 'event', due_at FROM meta_events WHERE status = 'new'
    UNION ALL SELECT 'post', greatest(d.due_at, e.rests_until) FROM webhook_deliveries d
      JOIN webhook_endpoints e USING (tenant_id, endpoint_id) WHERE d.status = 'waiting' AND e.enabled
    UNION ALL SELECT 'rate', NULL FROM usage_facts WHERE status = 'new')
  SELECT count(*) FILTER (WHERE what = 'send')::int AS "toSend",
         count(*) FILTER (WHERE due_at IS NULL OR due_at <= $1)::int AS now,
         count(*) FILTER (WHERE due_at > $1)::int AS later,
         min(due_at) FILTER (WHERE due_at > $1) AS "nextAt" FROM work`;

/** @returns undefined while the database is away */
export async function workLeft(
  lab: Lab,
  graceSeconds: Readonly<Record<string, number>>,
): Promise<WorkLeft | undefined> {
  const { now } = await lab.sandbox<{ now: string }>('clock');
  return lab.look<WorkLeft & Record<string, unknown>>(WORK, [
    now,
    Object.keys(graceSeconds),
    Object.values(graceSeconds),
  ]);
}
