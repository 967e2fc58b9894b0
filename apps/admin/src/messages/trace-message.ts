import { firstIdAt, timeOfId } from '#libs/ids';
import { newMessageRef } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { type ChargeRow, chargesOfMessage } from '../tenants/overview/money.js';
import { MESSAGE_COLUMNS, type MessageRow, withRef } from './messages-of-tenant.js';

/** Each hand a message goes through. */
export type Hand = 'paloma' | 'meta' | 'tenant-webhooks' | 'usage' | 'billing';

export interface Step {
  at: Date;
  hand: Hand;
  /** `accepted`, each step of ours, each status of Meta's, `told`, `usage-fact`, `cost`, `price`. */
  kind: string;
  detail: object;
}

export interface JournalEntry {
  id: string;
  kind: string;
  booked_on: string;
  posted_at: Date;
  /** Debit positive, credit negative; decimals as text. */
  postings: { account: string; amount: string; currency: string }[];
}

export interface Trace {
  message: MessageRow & { tenant_id: string; tenant_name: string; accepted_at: Date; expires_at: Date };
  template: { id: string; name: string; language: string; category: string } | null;
  /** Oldest first; within a second, in the order of a message's life. */
  events: Step[];
  webhook_deliveries: Delivery[];
  charges: ChargeRow[];
  journal: JournalEntry[];
}

interface Delivery {
  endpoint_id: string;
  event_id: string;
  kind: string;
  status: string;
  attempts: number;
  due_at: Date;
  last_status: number | null;
  last_error: string | null;
  delivered_at: Date | null;
}

interface UsageFact {
  category: string | null;
  in_window: boolean;
  pricing: object | null;
  delivered_at: Date;
  status: string;
  parked_reason: string | null;
}

// An event carries the time of its fact, which by Meta's clock may lie a little before the message was accepted.
const CLOCK_SKEW_MS = 300_000;

/**
 * Follows one message through all hands: accepted, each step of ours, Meta's reports, what the tenant was told, the usage
 * fact, the charges and their journal entries. What the message says is not read.
 *
 * @param tx of staff
 * @returns undefined when no tenant has such a message
 */
export async function traceMessage(tx: Tx, messageId: string): Promise<Trace | undefined> {
  // By tenant first: keys begin with it, so this is a look into each tenant's index and never a scan of all messages.
  const [found] = await tx.query(
    `SELECT m.* FROM tenants t
      CROSS JOIN LATERAL (
        SELECT ${MESSAGE_COLUMNS}, m.tenant_id, m.expires_at, t.name AS tenant_name
          FROM messages m WHERE m.tenant_id = t.tenant_id AND m.message_id = $1 OFFSET 0) m`,
    [messageId],
  );
  if (!found) return undefined;
  const message: Trace['message'] = { ...withRef(found), accepted_at: timeOfId(messageId) };
  const tenantId = message.tenant_id;

  const [template] = message.template_id
    ? await tx.query(
        'SELECT template_id AS id, name, language, category FROM templates WHERE tenant_id = $1 AND template_id = $2',
        [tenantId, message.template_id],
      )
    : [];
  const events: {
    kind: string;
    at: Date;
    source: 'paloma' | 'meta';
    occurrence: number;
    verdict: string;
    detail: object | null;
  }[] = await tx.query(
    `SELECT kind, at, source, occurrence, verdict, detail FROM message_events
        WHERE tenant_id = $1 AND message_id = $2`,
    [tenantId, messageId],
  );
  const [usage]: UsageFact[] = await tx.query(
    `SELECT category, in_window, pricing, delivered_at, status, parked_reason FROM usage_facts
      WHERE tenant_id = $1 AND message_id = $2`,
    [tenantId, messageId],
  );
  const deliveries = await deliveriesAbout(tx, message);
  const charges = await chargesOfMessage(tx, tenantId, messageId);

  const steps: Step[] = [
    { at: message.accepted_at, hand: 'paloma', kind: 'accepted', detail: {} },
    ...events.map(({ at, source, kind, ...detail }) => ({ at, hand: source, kind, detail })),
    ...deliveries
      .filter((d) => d.delivered_at)
      .map(
        (d): Step => ({
          at: d.delivered_at as Date,
          hand: 'tenant-webhooks',
          kind: 'told',
          detail: { endpoint_id: d.endpoint_id, kind: d.kind, attempts: d.attempts },
        }),
      ),
    ...(usage ? [{ at: usage.delivered_at, hand: 'usage' as const, kind: 'usage-fact', detail: usage }] : []),
    ...charges.map(
      (c): Step => ({
        at: c.billed_at,
        hand: 'billing',
        kind: c.side,
        detail: { amount: c.amount, currency: c.currency, rule: c.rule },
      }),
    ),
  ];
  return {
    message,
    template: template ?? null,
    events: steps.sort(inOrder),
    webhook_deliveries: deliveries,
    charges,
    journal: await journalOf(tx, tenantId, messageId),
  };
}

const LIFE =
  'accepted sending unknown submitted held sent delivered read played failed usage-fact cost price told'.split(' ');

/** Meta's times are in whole seconds: within one, the order of life is a better witness than the clocks. */
function inOrder(a: Step, b: Step): number {
  const seconds = (step: Step) => Math.floor(step.at.getTime() / 1_000);
  const rank = (step: Step) => (LIFE.includes(step.kind) ? LIFE.indexOf(step.kind) : LIFE.length);
  return seconds(a) - seconds(b) || rank(a) - rank(b) || a.at.getTime() - b.at.getTime();
}

/** What the tenant was or will be told of a message: its events name the message by the tenant's reference. */
const deliveriesAbout = (tx: Tx, message: Trace['message']): Promise<Delivery[]> =>
  tx.query(
    `SELECT d.endpoint_id, d.event_id, e.kind, d.status, d.attempts, d.due_at, d.last_status, d.last_error, d.delivered_at
       FROM tenant_events e JOIN webhook_deliveries d USING (tenant_id, event_id)
      WHERE e.tenant_id = $1 AND e.event_id >= $2 AND e.event_id < $3 AND e.phone_number_id = $4
        AND position($5 IN e.body) > 0
      ORDER BY d.event_id, d.endpoint_id`,
    [
      message.tenant_id,
      firstIdAt(new Date(message.accepted_at.getTime() - CLOCK_SKEW_MS)),
      firstIdAt(new Date(message.status_at.getTime() + CLOCK_SKEW_MS)),
      message.phone_number_id,
      newMessageRef(message.id),
    ],
  );

const journalOf = (tx: Tx, tenantId: string, messageId: string): Promise<JournalEntry[]> =>
  tx.query(
    `SELECT j.entry_id AS id, j.kind, j.booked_on::text, j.posted_at,
            (SELECT json_agg(json_build_object('account', p.account, 'amount', p.amount::text, 'currency', p.currency)
                             ORDER BY p.line)
               FROM postings p WHERE p.tenant_id = j.tenant_id AND p.entry_id = j.entry_id) AS postings
       FROM journal_entries j WHERE j.tenant_id = $1 AND j.message_id = $2 ORDER BY j.entry_id`,
    [tenantId, messageId],
  );
