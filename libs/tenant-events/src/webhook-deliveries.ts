import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';

/** A post that waits. */
export interface DueDelivery {
  eventId: string;
  customer: string | null;
  body: string;
  attempts: number;
  dueAt: Date;
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
  /** For paging: larger is later. */
  position: string;
}

/** How one attempt ended. `nextAt` absent: it was the last one. */
export type Attempt =
  | { eventId: string; delivered: true; httpStatus: number; at: Date }
  | { eventId: string; delivered: false; httpStatus?: number | undefined; error: string; nextAt?: Date | undefined };

/** The one writer of posts to tenants' endpoints. */
@Injectable()
export class WebhookDeliveries {
  /**
   * Posts that wait, in the order in which their events were told. Those that are not due are among them while they have
   * been tried less than `holdAttempts` times: later posts about the same customer wait behind them.
   */
  async waiting(
    tx: Tx,
    tenantId: string,
    endpointId: string,
    options: { now: Date; holdAttempts: number; limit: number },
  ): Promise<DueDelivery[]> {
    return tx.query(
      `SELECT d.event_id AS "eventId", d.customer, d.attempts, d.due_at AS "dueAt", e.body
         FROM webhook_deliveries d JOIN tenant_events e ON e.tenant_id = d.tenant_id AND e.event_id = d.event_id
        WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.status = 'waiting'
          AND (d.due_at <= $3 OR d.attempts < $4)
        ORDER BY d.position LIMIT $5`,
      [tenantId, endpointId, options.now, options.holdAttempts, options.limit],
    );
  }

  /** When the next post of an endpoint becomes due after an instant; undefined when none does. */
  async nextDueAt(tx: Tx, tenantId: string, endpointId: string, after: Date): Promise<Date | undefined> {
    const [row] = await tx.query(
      `SELECT min(due_at) AS at FROM webhook_deliveries
        WHERE tenant_id = $1 AND endpoint_id = $2 AND status = 'waiting' AND due_at > $3`,
      [tenantId, endpointId, after],
    );
    return row?.at ?? undefined;
  }

  /** Notes attempts, in one statement. A delivered or dead post does not change any more. */
  async note(tx: Tx, tenantId: string, endpointId: string, attempts: readonly Attempt[]): Promise<void> {
    if (attempts.length === 0) return;
    await tx.query(
      `UPDATE webhook_deliveries d SET
         attempts = least(d.attempts + 1, 32767), status = a.status, last_status = a.http_status, last_error = a.error,
         due_at = coalesce(a.next_at, d.due_at), delivered_at = a.delivered_at
        FROM unnest($3::uuid[], $4::text[], $5::smallint[], $6::text[], $7::timestamptz[], $8::timestamptz[])
          AS a(event_id, status, http_status, error, next_at, delivered_at)
       WHERE d.tenant_id = $1 AND d.endpoint_id = $2 AND d.event_id = a.event_id AND d.status = 'waiting'`,
      [
        tenantId,
        endpointId,
        attempts.map((a) => a.eventId),
        attempts.map((a) => (a.delivered ? 'delivered' : a.nextAt ? 'waiting' : 'dead')),
        attempts.map((a) => a.httpStatus ?? null),
        attempts.map((a) => (a.delivered ? null : a.error.slice(0, 500))),
        attempts.map((a) => (a.delivered ? null : (a.nextAt ?? null))),
        attempts.map((a) => (a.delivered ? a.at : null)),
      ],
    );
  }

  /** The log of an endpoint, newest first. `before` is the position where the last page ended. */
  async log(
    tx: Tx,
    tenantId: string,
    endpointId: string,
    filter: { status?: Delivery['status'] | undefined; before?: string | undefined; limit: number },
  ): Promise<Delivery[]> {
    return tx.query(
      `SELECT d.event_id AS "eventId", e.kind, d.status, d.attempts, d.due_at AS "dueAt", d.last_status AS "lastStatus",
              d.last_error AS "lastError", d.delivered_at AS "deliveredAt", d.position
         FROM webhook_deliveries d JOIN tenant_events e ON e.tenant_id = d.tenant_id AND e.event_id = d.event_id
        WHERE d.tenant_id = $1 AND d.endpoint_id = $2
          AND ($3::text IS NULL OR d.status = $3) AND ($4::bigint IS NULL OR d.position < $4)
        ORDER BY d.position DESC LIMIT $5`,
      [tenantId, endpointId, filter.status ?? null, filter.before ?? null, filter.limit],
    );
  }
}
