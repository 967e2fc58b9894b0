import { Injectable } from '@nestjs/common';
import { firstIdAt, spanOf } from '#libs/ids';
import { kept, type Tx } from '#libs/persistence';
import { asksFor } from './asks-for.js';

/** A post that waits. */
export interface DueDelivery {
  eventId: string;
  customer: string | null;
  body: string;
  attempts: number;
}

/** A post as its log shows it. */
export interface Delivery {
  eventId: string;
  kind: string;
  status: 'waiting' | 'delivered' | 'dead';
  attempts: number;
  dueAt: Date;
  /** HTTP status of the last answer; null when there was none. */
  lastStatus: number | null;
  lastError: string | null;
  deliveredAt: Date | null;
}

/** How one attempt ended. `nextAt` absent: it was the last one. */
export type Attempt =
  | { eventId: string; delivered: true; httpStatus: number; at: Date }
  | { eventId: string; delivered: false; httpStatus?: number | undefined; error: string; nextAt?: Date | undefined };

/** Which past events are posted once more. */
export type Replay = { now: Date; limit: number; deadOnly?: boolean } & (
  | { eventIds: readonly string[] }
  | { from: Date; to: Date; after?: string | undefined }
);

/** More than are ever asked for at once: see `kept`. */
const AT_MOST = 1_000;

// Each body is looked up by its own id, so that no plan, however old, can read others.
const DUE = kept(`
  WITH waiting AS (
    SELECT d.event_id, d.customer, d.attempts, d.position FROM webhook_deliveries d
     WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.status = 'waiting' AND d.due_at <= $3
       AND NOT EXISTS (
         SELECT FROM webhook_deliveries o
          WHERE o.tenant_id = $1 AND o.endpoint_id = $2 AND o.status = 'waiting' AND o.attempts > 0
            AND coalesce(o.customer, '') = coalesce(d.customer, '') AND o.position < d.position
            AND o.attempts < $4 AND o.due_at > $3)
     ORDER BY d.position LIMIT ${AT_MOST}),
  due AS MATERIALIZED (SELECT * FROM waiting LIMIT $5)
  SELECT d.event_id AS "eventId", d.customer, d.attempts, e.body
    FROM due d, LATERAL (SELECT body FROM tenant_events WHERE tenant_id = $1 AND event_id = d.event_id LIMIT 1) e
   ORDER BY d.position`);
const NEXT_DUE_AT = kept(`
  SELECT due_at AS at FROM webhook_deliveries
   WHERE tenant_id = $1 AND endpoint_id = $2 AND status = 'waiting' AND due_at > $3 ORDER BY due_at LIMIT 1`);
// What does not change any more is told apart so that no index of waiting posts serves: it would be read as a whole.
const NOTE = kept(`
  UPDATE webhook_deliveries d SET
    attempts = least(d.attempts + 1, 32767), status = a.status, last_status = a.http_status, last_error = a.error,
    due_at = coalesce(a.next_at, d.due_at), delivered_at = a.delivered_at
   FROM unnest($3::uuid[], $4::text[], $5::smallint[], $6::text[], $7::timestamptz[], $8::timestamptz[])
     AS a(event_id, status, http_status, error, next_at, delivered_at)
  WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.event_id = a.event_id AND d.status NOT IN ('delivered', 'dead')
    AND d.event_id = ANY ($3::uuid[]) AND d.event_id BETWEEN $9 AND $10`);

/** Joins `tenant_events e` to the endpoint $2 of tenant $1 where it asks for the event. */
const WANTED_BY_ENDPOINT = `JOIN webhook_endpoints w ON w.tenant_id = $1 AND w.endpoint_id = $2 AND ${asksFor('w', 'e')}`;

/** The one writer of posts to tenants' endpoints. */
@Injectable()
export class WebhookDeliveries {
  /**
   * Posts that are due, in the order in which their events were told. One that is tried again and is not due yet holds
   * back the later ones about its customer while it has been tried less than `holdAttempts` times, and nobody else's.
   */
  async due(
    tx: Tx,
    tenantId: string,
    endpointId: string,
    options: { now: Date; holdAttempts: number; limit: number },
  ): Promise<DueDelivery[]> {
    return tx.query(DUE, [tenantId, endpointId, options.now, options.holdAttempts, options.limit]);
  }

  /** When the next post of an endpoint becomes due after an instant; undefined when none does. */
  async nextDueAt(tx: Tx, tenantId: string, endpointId: string, after: Date): Promise<Date | undefined> {
    const [row] = await tx.query(NEXT_DUE_AT, [tenantId, endpointId, after]);
    return row?.at ?? undefined;
  }

  /** Notes attempts, in one statement. A delivered or dead post does not change any more. */
  async note(tx: Tx, tenantId: string, endpointId: string, attempts: readonly Attempt[]): Promise<void> {
    if (attempts.length === 0) return;
    const eventIds = attempts.map((a) => a.eventId);
    await tx.query(NOTE, [
      tenantId,
      endpointId,
      eventIds,
      attempts.map((a) => (a.delivered ? 'delivered' : a.nextAt ? 'waiting' : 'dead')),
      attempts.map((a) => a.httpStatus ?? null),
      attempts.map((a) => (a.delivered ? null : a.error.slice(0, 500))),
      attempts.map((a) => (a.delivered ? null : (a.nextAt ?? null))),
      attempts.map((a) => (a.delivered ? a.at : null)),
      ...spanOf(eventIds),
    ]);
  }

  /**
   * Queues the posts of events that an endpoint asks for and was never given, oldest first.
   *
   * @param from only events whose own time is not before this
   */
  async catchUp(tx: Tx, tenantId: string, endpointId: string, from: Date, now: Date): Promise<void> {
    await tx.query(
      `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, customer, due_at)
       SELECT $1, $2, e.event_id, e.customer, $4 FROM tenant_events e ${WANTED_BY_ENDPOINT}
        WHERE e.tenant_id = $1 AND e.event_id >= $3
        ORDER BY e.event_id
       ON CONFLICT DO NOTHING`,
      [tenantId, endpointId, firstIdAt(from), now],
    );
  }

  /**
   * Queues posts of past events once more, oldest first, whether they were delivered, are dead, or never were meant for
   * the endpoint because its filter was another then. A post that waits already stays as it is.
   *
   * @param which events by id (the endpoint's filter does not matter then), or all that the endpoint asks for in a half-open
   *   range of their own time; `deadOnly`: only of posts that are dead; `after`: an event id, where the last call ended
   * @returns how many are queued, and the last event looked at if there may be more
   */
  async replay(
    tx: Tx,
    tenantId: string,
    endpointId: string,
    which: Replay,
  ): Promise<{ queued: number; next?: string }> {
    const { now, limit, deadOnly = false } = which;
    const byId = 'eventIds' in which;
    const inRange = byId
      ? 'e.event_id = ANY ($5::uuid[]) AND $6::uuid IS NULL'
      : 'e.event_id > $5::uuid AND e.event_id < $6::uuid';
    const [row]: { looked: number; last: string | null; queued: number }[] = await tx.query(
      `WITH events AS (
         SELECT e.event_id, e.customer FROM ${deadOnly ? DEAD_EVENTS : `tenant_events e ${byId ? '' : WANTED_BY_ENDPOINT}`}
          WHERE e.tenant_id = $1 AND ${inRange} ORDER BY e.event_id LIMIT $4),
       queued AS (
         INSERT INTO webhook_deliveries AS d (tenant_id, endpoint_id, event_id, customer, due_at)
         SELECT $1, $2, event_id, customer, $3 FROM events ORDER BY event_id
         ON CONFLICT (tenant_id, endpoint_id, event_id) DO UPDATE
            SET status = 'waiting', attempts = 0, due_at = $3, position = nextval('webhook_delivery_positions'),
                last_status = NULL, last_error = NULL, delivered_at = NULL, put_aside_at = NULL
          WHERE d.status <> 'waiting'
         RETURNING 1)
       SELECT (SELECT count(*)::int FROM events) AS looked, (SELECT event_id FROM events ORDER BY event_id DESC LIMIT 1) AS last,
              (SELECT count(*)::int FROM queued) AS queued`,
      [
        tenantId,
        endpointId,
        now,
        limit,
        byId ? which.eventIds : (which.after ?? firstIdAt(which.from)),
        byId ? null : firstIdAt(which.to),
      ],
    );
    const more = row && row.looked === limit && !byId;
    return { queued: row?.queued ?? 0, ...(more && row.last ? { next: row.last } : {}) };
  }

  /**
   * Dead posts no longer wait for the provider's staff; the tenant sees them as before, and may have them posted again.
   *
   * @returns how many were dead and in sight
   */
  async putAside(tx: Tx, tenantId: string, endpointId: string, eventIds: readonly string[], at: Date): Promise<number> {
    const [, count] = await tx.query(
      `UPDATE webhook_deliveries SET put_aside_at = $4
        WHERE tenant_id = $1 AND endpoint_id = $2 AND event_id = ANY ($3::uuid[]) AND status = 'dead' AND put_aside_at IS NULL`,
      [tenantId, endpointId, eventIds, at],
    );
    return count;
  }

  /** The log of an endpoint, the newest event first. `before` is the event id where the last page ended. */
  async log(
    tx: Tx,
    tenantId: string,
    endpointId: string,
    filter: { status?: Delivery['status'] | undefined; before?: string | undefined; limit: number },
  ): Promise<Delivery[]> {
    return tx.query(
      `SELECT d.event_id AS "eventId", e.kind, d.status, d.attempts, d.due_at AS "dueAt", d.last_status AS "lastStatus",
              d.last_error AS "lastError", d.delivered_at AS "deliveredAt"
         FROM webhook_deliveries d JOIN tenant_events e ON e.tenant_id = d.tenant_id AND e.event_id = d.event_id
        WHERE d.tenant_id = $1 AND d.endpoint_id = $2
          AND ($3::text IS NULL OR d.status = $3) AND ($4::uuid IS NULL OR d.event_id < $4)
        ORDER BY d.event_id DESC LIMIT $5`,
      [tenantId, endpointId, filter.status ?? null, filter.before ?? null, filter.limit],
    );
  }
}

/** Events whose posts to the endpoint were given up; the endpoint had asked for them then. */
const DEAD_EVENTS = `webhook_deliveries p JOIN tenant_events e ON e.tenant_id = $1 AND e.event_id = p.event_id
   AND p.tenant_id = $1 AND p.endpoint_id = $2 AND p.status = 'dead'`;
