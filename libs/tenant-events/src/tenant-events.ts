import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { kept, type Tx } from '#libs/persistence';
import { asksFor } from './asks-for.js';

/** One fact as a tenant is told it. */
export interface TenantEvent {
  /** Derived from the fact (`derivedId`), so that a fact is told once however often it is published. */
  eventId: string;
  /** `message` (a customer wrote), `status` (of an outbound message), or the webhook field of Meta for all others. */
  kind: string;
  wabaId?: string | undefined;
  phoneNumberId?: string | undefined;
  /** Posts about one customer keep their order. */
  customer?: string | undefined;
  /** Posted and signed as it is; an object is written out once, here. */
  body: object | string;
}

/** The one writer of what tenants are told. */
@Injectable()
export class TenantEvents {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /**
   * Tells events in the given order: stores them with a waiting post for each endpoint that asked for them. An event
   * that was told before changes nothing. Works in the caller's transaction.
   *
   * @returns the endpoints that have new posts; wake lane `gateway.deliver` for each once the transaction is committed
   *   (the gateway's sweeper does it otherwise)
   */
  async publish(tx: Tx, tenantId: string, events: TenantEvent | readonly TenantEvent[]): Promise<string[]> {
    const told = Array.isArray(events) ? (events as readonly TenantEvent[]) : [events as TenantEvent];
    if (told.length === 0) return [];
    // `IS TRUE` has what was told looked up in a hash; a join would compare each event with each.
    const rows: { endpointId: string }[] = await tx.query(
      kept(`WITH given AS (
         SELECT * FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[]) WITH ORDINALITY
           AS g(event_id, kind, waba_id, phone_number_id, customer, body, nth)),
       told AS (
         INSERT INTO tenant_events (tenant_id, event_id, kind, waba_id, phone_number_id, customer, body)
         SELECT $1::uuid, event_id, kind, waba_id, phone_number_id, customer, body FROM given ORDER BY nth
         ON CONFLICT DO NOTHING RETURNING event_id),
       queued AS (
         INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, customer, due_at)
         SELECT $1::uuid, e.endpoint_id, g.event_id, g.customer, $8::timestamptz
           FROM given g JOIN webhook_endpoints e ON e.tenant_id = $1 AND e.enabled AND ${asksFor('e', 'g')}
          WHERE (g.event_id IN (SELECT event_id FROM told)) IS TRUE
          ORDER BY g.nth
         ON CONFLICT DO NOTHING RETURNING endpoint_id)
       SELECT DISTINCT endpoint_id AS "endpointId" FROM queued`),
      [
        tenantId,
        told.map((e) => e.eventId),
        told.map((e) => e.kind),
        told.map((e) => e.wabaId ?? null),
        told.map((e) => e.phoneNumberId ?? null),
        told.map((e) => e.customer ?? null),
        told.map((e) => (typeof e.body === 'string' ? e.body : JSON.stringify(e.body))),
        this.clock.now(),
      ],
    );
    return rows.map((r) => r.endpointId);
  }
}
