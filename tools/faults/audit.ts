import { isFinal, type MessageStatus } from '#libs/message-status';
import { messageIdOf, messageIdOfCallbackData } from '#libs/outbox';
import type { Lab } from './lab.js';
import type { Load } from './load.js';

/** What an audit found. All but the first three must be nothing. */
export interface Audit {
  accepted: number;
  final: number;
  parked: number;
  /** Accepted, and neither final nor parked. */
  lost: number;
  /** Sent to Meta more than once. */
  doubles: number;
  /** What a merchant was not told: a status of Meta's, a failure of ours, a message of a customer. */
  missingEvents: number;
  /** Told by two different events. */
  repeatedEvents: number;
  badSignatures: number;
  /** Status differs from what Meta knows. */
  untrue: number;
  /** To one customer in another order than accepted, although nothing went wrong with the message itself. */
  disordered: number;
  /** Refused, and stored all the same. */
  refusedButKept: number;
  /** Delivered and not charged exactly once on either side, or charged and not delivered. */
  mischarged: number;
  /** Entries of the ledger that do not add up to nothing. */
  unbalanced: number;
  /** The first few of whatever is wrong, for people. */
  examples: string[];
}

interface AtMeta {
  status: string;
  biz_opaque_callback_data?: string;
  statuses: { status: string }[];
}
interface Kept {
  message_id: string;
  status: MessageStatus;
  client_data: string;
  attempts: number;
  postponed: boolean;
}

/** Compares what merchants were answered, what we hold, what Meta knows, what merchants were told, and what was charged. */
export async function audit(lab: Lab, load: Load): Promise<Audit> {
  const examples: string[] = [];
  const wrong = (what: string, of: readonly string[]): number => {
    if (of.length > 0) examples.push(`${what}: ${of.slice(0, 3).join(', ')}`);
    return of.length;
  };
  const { data } = await lab.sandbox<{ data: AtMeta[] }>('messages?limit=1000000');
  const atMeta = new Map<string, AtMeta[]>();
  for (const message of data) {
    const id = messageIdOfCallbackData(message.biz_opaque_callback_data);
    if (id) atMeta.set(id, [...(atMeta.get(id) ?? []), message]);
  }
  const { rows } = await lab.db.query<Kept>(
    `SELECT m.message_id, m.status, m.client_data, m.attempts,
            EXISTS (SELECT FROM message_events e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.message_id
                       AND e.kind IN ('unknown', 'postponed', 'waiting')) AS postponed
       FROM messages m WHERE m.client_data LIKE $1`,
    [`${load.tag}:%`],
  );
  const kept = new Map(rows.map((r) => [r.message_id, r]));
  const refs = new Map(load.accepted.map((a) => [messageIdOf(a.ref) as string, a.ref]));
  const missing: string[] = [];
  const repeated: string[] = [];
  const mustBeTold = (fact: string) => {
    const events = lab.shop.told.get(fact);
    if (!events) missing.push(fact);
    else if (events.size > 1) repeated.push(fact);
  };
  const untrue: string[] = [];
  for (const [id, row] of kept) {
    const truth = atMeta.get(id) ?? [];
    if (truth.length === 0) {
      if (!['failed', 'expired', 'parked', 'cancelled'].includes(row.status))
        untrue.push(`${id} ${row.status}, never at Meta`);
      if (['failed', 'expired'].includes(row.status)) mustBeTold(`${refs.get(id)} failed`);
    } else if (!truth.some((t) => t.status === row.status)) {
      untrue.push(`${id} ${row.status}, at Meta ${truth[0]?.status}`);
    }
    for (const { status } of truth.flatMap((t) => t.statuses)) mustBeTold(`${refs.get(id)} ${status}`);
  }
  for (const id of load.written) mustBeTold(`${id} written`);
  const of = (status: (row: Kept) => boolean) => rows.filter((r) => refs.has(r.message_id) && status(r)).length;
  const lost = load.accepted.filter((a) => {
    const row = kept.get(messageIdOf(a.ref) as string);
    return !row || !(isFinal(row.status) || row.status === 'parked');
  });
  return {
    accepted: load.accepted.length,
    final: of((r) => isFinal(r.status)),
    parked: of((r) => r.status === 'parked'),
    lost: wrong(
      'lost',
      lost.map((a) => `${a.ref} ${kept.get(messageIdOf(a.ref) as string)?.status}`),
    ),
    doubles: wrong(
      'twice at Meta',
      [...atMeta].filter(([id, sent]) => kept.has(id) && sent.length > 1).map(([id]) => id),
    ),
    missingEvents: wrong('not told', missing),
    repeatedEvents: wrong('told twice', repeated),
    badSignatures: lab.shop.badSignatures,
    untrue: wrong('untrue', untrue),
    disordered: wrong('disordered', disordered(load, kept, data)),
    refusedButKept: wrong(
      'refused and kept',
      rows.filter((r) => !refs.has(r.message_id)).map((r) => r.client_data),
    ),
    ...(await charges(lab, load, wrong)),
    examples,
  };
}

/** Messages of one chain that Meta has before one that was accepted earlier; those that waited for a reason aside. */
function disordered(load: Load, kept: ReadonlyMap<string, Kept>, atMeta: readonly AtMeta[]): string[] {
  const place = new Map<string, number>();
  for (const [i, { biz_opaque_callback_data }] of atMeta.entries()) {
    const id = messageIdOfCallbackData(biz_opaque_callback_data);
    if (id) place.set(id, i);
  }
  const last = new Map<string, number>();
  const found: string[] = [];
  for (const { ref, chain } of load.accepted) {
    const id = messageIdOf(ref) as string;
    const at = place.get(id);
    if (chain === undefined || at === undefined || kept.get(id)?.postponed) continue;
    if (at < (last.get(chain) ?? -1)) found.push(id);
    last.set(chain, Math.max(at, last.get(chain) ?? -1));
  }
  return found;
}

async function charges(
  lab: Lab,
  load: Load,
  wrong: (what: string, of: readonly string[]) => number,
): Promise<Pick<Audit, 'mischarged' | 'unbalanced'>> {
  const { rows } = await lab.db.query<{ id: string; status: string; sides: string }>(
    `SELECT m.message_id AS id, m.status,
            (SELECT coalesce(string_agg(c.side, ' ' ORDER BY c.side), 'none') FROM charges c
              WHERE c.tenant_id = m.tenant_id AND c.message_id = m.message_id) AS sides
       FROM messages m WHERE m.client_data LIKE $1`,
    [`${load.tag}:%`],
  );
  const isDelivered = (status: string) => ['delivered', 'read', 'played'].includes(status);
  const mischarged = rows.filter((r) => r.sides !== (isDelivered(r.status) ? 'cost price' : 'none'));
  const { rows: entries } = await lab.db.query<{ id: string }>(
    `SELECT entry_id AS id FROM postings GROUP BY tenant_id, entry_id, currency HAVING sum(amount) <> 0`,
  );
  return {
    mischarged: wrong(
      'mischarged',
      mischarged.map((r) => `${r.id} ${r.status}: ${r.sides}`),
    ),
    unbalanced: wrong(
      'unbalanced',
      entries.map((e) => e.id),
    ),
  };
}

/** Whether everything that must be nothing is nothing. */
export const isClean = ({ accepted: _, final: __, parked: ___, examples: ____, ...faults }: Audit): boolean =>
  Object.values(faults).every((n) => n === 0);
