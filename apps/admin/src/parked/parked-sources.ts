import type { ParkedKind } from './parked-kinds.js';

/** Where a kind is found, as parts of one statement; an alias each, so that they can be put together. */
interface Source {
  from: string;
  /** What is parked; it is the condition of a partial index each. */
  parked: string;
  /** UUIDv7, by which the list is sorted. */
  id: string;
  /** Tells rows of one id apart. */
  sub: string;
  /** Few values for many rows: what differs from row to row is left out. */
  cause: string;
  at: string;
  /** What the row is about, without what anybody wrote. */
  about: string;
  /** What can be tried again at all. */
  retriable: string;
}

const NO_SUB = `'00000000-0000-0000-0000-000000000000'::uuid`;

/** A text of an error without the ids and figures that make each one different. */
const alike = (text: string): string =>
  `left(regexp_replace(regexp_replace(${text}, '^attempt [0-9]+: ', ''), '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]{3,}', '…', 'g'), 160)`;

export const PARKED_SOURCES: Readonly<Record<ParkedKind, Source>> = {
  messages: {
    from: 'messages p',
    parked: `p.status IN ('unknown', 'parked')`,
    id: 'p.message_id',
    sub: NO_SUB,
    cause: `CASE WHEN p.status = 'unknown' THEN 'outcome_unknown' ELSE coalesce(p.held_for,
      (SELECT e.detail->>'reason' FROM message_events e
        WHERE e.tenant_id = p.tenant_id AND e.message_id = p.message_id AND e.detail ? 'reason'
        ORDER BY e.at DESC, e.occurrence DESC LIMIT 1), 'no reason') END`,
    at: 'p.status_at',
    about: `jsonb_build_object('phone_number_id', p.phone_number_id, 'status', p.status, 'type', p.type,
      'category', p.category, 'attempts', p.attempts, 'meta_error', p.meta_error)`,
    retriable: 'false',
  },
  meta_events: {
    from: 'meta_events p',
    parked: `p.status = 'parked'`,
    id: 'p.event_id',
    sub: NO_SUB,
    cause: alike(`coalesce(p.note, 'no reason')`),
    at: 'p.processed_at',
    about: `jsonb_build_object('route', p.route, 'field', p.field, 'attempts', p.attempts, 'note', p.note)`,
    retriable: 'p.raw IS NULL',
  },
  webhook_deliveries: {
    from: 'webhook_deliveries p',
    parked: `p.status = 'dead' AND p.put_aside_at IS NULL`,
    id: 'p.event_id',
    sub: 'p.endpoint_id',
    cause: `coalesce('http ' || p.last_status, ${alike('p.last_error')}, 'no answer')`,
    at: 'p.due_at',
    about: `jsonb_build_object('endpoint_id', p.endpoint_id, 'attempts', p.attempts, 'last_status', p.last_status,
      'last_error', p.last_error)`,
    retriable: 'true',
  },
  usage_facts: {
    from: 'usage_facts p',
    parked: `p.status = 'parked'`,
    id: 'p.message_id',
    sub: NO_SUB,
    cause: `coalesce(p.parked_reason, 'no reason')`,
    at: 'p.delivered_at',
    about: `jsonb_build_object('phone_number_id', p.phone_number_id, 'category', p.category, 'type', p.type)`,
    retriable: 'true',
  },
};
