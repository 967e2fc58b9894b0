import { newMessageRef } from '#libs/outbox';
import type { Tx } from '#libs/persistence';

/** Of each kind the newest so many. */
const AT_MOST = 100;

/** What waits in sight of a person, with the reason; bodies are not read. */
export interface Parked {
  /** Delivered messages that cannot be priced. */
  usage_facts: {
    tenant_id: string;
    message_id: string;
    message_ref: string;
    category: string | null;
    reason: string | null;
    delivered_at: Date;
  }[];
  /** Messages that may or may not have been sent, and those stopped for a cause larger than themselves. */
  messages: {
    tenant_id: string;
    message_id: string;
    message_ref: string;
    phone_number_id: string;
    status: string;
    status_at: Date;
    /** Of the newest step of its history that has one, such as `outcome_unknown`. */
    reason: string | null;
    meta_error: object | null;
  }[];
  /** Changes told by Meta that could not be applied; a tenant of only zeros means that nobody's they are known to be. */
  meta_events: { tenant_id: string; event_id: string; route: string; field: string; note: string | null }[];
  /** Events that a tenant's endpoint did not take for as long as we tried. */
  webhook_deliveries: {
    tenant_id: string;
    endpoint_id: string;
    event_id: string;
    attempts: number;
    last_status: number | null;
    last_error: string | null;
  }[];
  /** On-Premises clients over which nothing can be sent at the moment, and numbers in the middle of a move. */
  on_premises_clients: {
    tenant_id: string;
    phone_number_id: string;
    state: string;
    state_at: Date;
    health: string;
    checked_at: Date | null;
    last_error: string | null;
  }[];
}

/** @param tx of staff @param tenantId only this tenant's */
export async function listParked(tx: Tx, tenantId: string | undefined): Promise<Parked> {
  const rowsOf = (sql: string) => tx.query(sql, [tenantId ?? null, AT_MOST]);
  const withMessageRef = <Row extends { message_id: string }>(row: Row) => ({
    ...row,
    message_ref: newMessageRef(row.message_id),
  });
  return {
    usage_facts: (
      await rowsOf(
        `SELECT tenant_id, message_id, category, parked_reason AS reason, delivered_at FROM usage_facts
          WHERE status = 'parked' AND ($1::uuid IS NULL OR tenant_id = $1) ORDER BY message_id DESC LIMIT $2`,
      )
    ).map(withMessageRef),
    messages: (
      await rowsOf(
        `SELECT tenant_id, message_id, phone_number_id, status, status_at,
                (SELECT e.detail->>'reason' FROM message_events e
                  WHERE e.tenant_id = messages.tenant_id AND e.message_id = messages.message_id AND e.detail ? 'reason'
                  ORDER BY e.at DESC, e.occurrence DESC LIMIT 1) AS reason,
                meta_error
           FROM messages
          WHERE status IN ('unknown', 'parked') AND ($1::uuid IS NULL OR tenant_id = $1)
          ORDER BY message_id DESC LIMIT $2`,
      )
    ).map(withMessageRef),
    meta_events: await rowsOf(
      `SELECT tenant_id, event_id, route, field, note FROM meta_events
        WHERE status = 'parked' AND ($1::uuid IS NULL OR tenant_id = $1) ORDER BY event_id DESC LIMIT $2`,
    ),
    webhook_deliveries: await rowsOf(
      `SELECT tenant_id, endpoint_id, event_id, attempts, last_status, last_error FROM webhook_deliveries
        WHERE status = 'dead' AND put_aside_at IS NULL AND ($1::uuid IS NULL OR tenant_id = $1) ORDER BY event_id DESC LIMIT $2`,
    ),
    on_premises_clients: await rowsOf(
      `SELECT tenant_id, phone_number_id, state, state_at, health, checked_at, last_error FROM on_premises_clients
        WHERE (state = 'moving' OR (state = 'active' AND health NOT IN ('unknown', 'connected')))
          AND ($1::uuid IS NULL OR tenant_id = $1)
        ORDER BY state_at DESC LIMIT $2`,
    ),
  };
}
