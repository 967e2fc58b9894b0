import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { firstIdAt, newId } from '#libs/ids';
import { orderOfLife } from '#libs/message-status';
import { Coalescer, Database, type Tx } from '#libs/persistence';
import { type AcceptOnce, KeyInUseError, NotCoveredError } from './accept-once.js';
import { type AppliedStatus, applyStatuses, type ReportedStatus } from './apply-statuses.js';
import { newMessageRef } from './message-ref.js';
import {
  MESSAGE_COLUMNS,
  type MessageEventRow,
  type MessageFilter,
  type MessageLane,
  type MessageRow,
  type NewMessage,
} from './message-row.js';
import { recipientsIn } from './recipients-in.js';
import { type Cancelling, cancel } from './withdraw.js';

/** What became of a message that was to be taken in. */
type Became = 'stored' | 'key in use' | 'not covered';

/** SQLSTATE of a key that is there already. */
const UNIQUE_VIOLATION = '23505';

type Accepting = NewMessage & { messageId: string; acceptedAt: Date; once?: AcceptOnce };

/** Outbound messages: taking them in, what Meta says of them, and reading them. The lanes are in `OutboxLanes`. */
@Injectable()
export class Outbox {
  private readonly accepting = new Coalescer<Accepting, Became>((batch) => this.insert(batch));
  // What costs a wallet money waits for that wallet; nothing else waits with it. One statement at a time: a second one would
  // wait for the first one's commit all the same, and each commit would carry half as many messages.
  private readonly acceptingHeld = new Coalescer<Accepting, Became>((batch) => this.insertHeld(batch), {
    batch: 500,
    inFlight: 1,
  });

  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Takes a message in; resolves when it is committed. Requests of the moment share one statement, and one that cannot
   * be stored (such as a number of another tenant, which the foreign key refuses) does not refuse its neighbours.
   *
   * @returns our id, and the id that the tenant sees
   * @throws KeyInUseError when another message was accepted with this key; NotCoveredError when the tenant's wallet does not
   *   cover what is to be held; nothing is stored then
   */
  async accept(message: NewMessage, once?: AcceptOnce): Promise<{ messageId: string; ref: string }> {
    const acceptedAt = this.clock.now();
    const messageId = newId(acceptedAt);
    const way = message.hold === undefined ? this.accepting : this.acceptingHeld;
    const became = await way.add({ ...message, messageId, acceptedAt, ...(once ? { once } : {}) });
    if (became === 'not covered') throw new NotCoveredError(`the wallet does not cover message ${messageId}`);
    if (became === 'key in use') throw new KeyInUseError(`the key of message ${messageId} is in use`);
    return { messageId, ref: newMessageRef(messageId) };
  }

  /**
   * Takes in messages of one tenant whose ids the caller gives, in one statement. One whose id is taken already is not
   * stored again and refuses none of the others, so the call may be repeated until it is answered.
   *
   * @param messages  with different ids
   * @returns ids that were not stored, each with the reason
   */
  async acceptNamed(
    tenantId: string,
    messages: readonly (NewMessage & { messageId: string })[],
  ): Promise<Map<string, 'taken' | 'not covered'>> {
    const became = new Map<string, 'taken' | 'not covered'>();
    const acceptedAt = this.clock.now();
    let fresh = messages.map((m) => ({ ...m, acceptedAt }));
    while (fresh.length > 0) {
      const batch = fresh;
      const held = batch.some((m) => m.hold !== undefined);
      try {
        const results = await (held ? this.insertHeld(batch) : this.insert(batch));
        for (const [i, { messageId }] of batch.entries())
          if (results[i] === 'not covered') became.set(messageId, 'not covered');
        break;
      } catch (error) {
        if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
        // The same call came twice at one moment, and the other one was first.
        const there = await this.recipientsOf(
          tenantId,
          batch.map((m) => m.messageId),
        );
        if (there.size === 0) throw error;
        for (const id of there.keys()) became.set(id, 'taken');
        fresh = batch.filter((m) => !there.has(m.messageId));
      }
    }
    return became;
  }

  /** `recipientsIn` a transaction of its own. */
  async recipientsOf(tenantId: string, messageIds: readonly string[]): Promise<Map<string, string>> {
    if (messageIds.length === 0) return new Map();
    return this.db.inTenant(tenantId, (tx) => recipientsIn(tx, tenantId, messageIds));
  }

  private async insert(batch: Accepting[]): Promise<Became[]> {
    const messages = messageColumns(batch);
    if (!batch.some((m) => m.once)) {
      await this.db.query(`SELECT door_accept_messages(${places(messages.length)})`, messages);
      return batch.map(() => 'stored');
    }
    const values = [...messages, ...keyColumns(batch)];
    const rows = await this.db.query<{ id: string }>(
      `SELECT door_accept_messages_once(${places(values.length)}) AS id`,
      values,
    );
    const stored = new Set(rows.map((r) => r.id));
    return batch.map((m) => (stored.has(m.messageId) ? 'stored' : 'key in use'));
  }

  private async insertHeld(batch: Accepting[]): Promise<Became[]> {
    const values = [...messageColumns(batch), ...keyColumns(batch), batch.map((m) => m.hold ?? null)];
    const rows = await this.db.query<{ id: string; became: Became }>(
      `SELECT id, became FROM door_accept_messages_held(${places(values.length)})`,
      values,
    );
    const refused = new Map(rows.map((r) => [r.id, r.became]));
    return batch.map((m) => refused.get(m.messageId) ?? 'stored');
  }

  /**
   * Applies statuses of Meta's, in order, under the messages' locks: each may be late, repeated, or ahead of the answer to
   * our own call, and none moves a message backward.
   *
   * @returns for each what became of it; undefined where this tenant has no such message
   */
  applyStatuses(tx: Tx, tenantId: string, reports: readonly ReportedStatus[]): Promise<(AppliedStatus | undefined)[]> {
    return applyStatuses(tx, tenantId, reports);
  }

  /** The same for one. */
  async applyStatus(tx: Tx, tenantId: string, report: ReportedStatus): Promise<AppliedStatus | undefined> {
    return (await applyStatuses(tx, tenantId, [report]))[0];
  }

  async find(tx: Tx, tenantId: string, messageId: string): Promise<MessageRow | undefined> {
    const [row]: MessageRow[] = await tx.query(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.tenant_id = $1 AND m.message_id = $2`,
      [tenantId, messageId],
    );
    return row;
  }

  /**
   * Our ids of messages by Meta's, the youngest where several share one; ids that no message has are absent.
   *
   * @param phoneNumberId looks among messages of this number only
   */
  async idsByMetaId(
    tx: Tx,
    tenantId: string,
    metaMessageIds: readonly string[],
    phoneNumberId?: string,
  ): Promise<Map<string, string>> {
    if (metaMessageIds.length === 0) return new Map();
    const rows: { metaMessageId: string; messageId: string }[] = await tx.query(
      `SELECT m.meta_message_id AS "metaMessageId", m.message_id AS "messageId" FROM messages m
        WHERE m.tenant_id = $1 AND m.meta_message_id = ANY ($2::text[])
          AND ($3::uuid IS NULL OR m.phone_number_id = $3) ORDER BY m.message_id`,
      [tenantId, metaMessageIds, phoneNumberId ?? null],
    );
    return new Map(rows.map((r) => [r.metaMessageId, r.messageId]));
  }

  /**
   * Takes back a message that waits for its turn or its template. One that a dispatcher has claimed, or whose call is in
   * doubt, also when it is parked for that, cannot be taken back.
   *
   * @returns whether it is cancelled now, and the message as it is; undefined when this tenant has no such message
   */
  cancel(tx: Tx, tenantId: string, messageId: string): Promise<Cancelling | undefined> {
    return cancel(tx, tenantId, messageId, this.clock.now());
  }

  /**
   * Messages of a tenant, the newest first.
   *
   * @param filter equal to these; `from` inclusive and `until` exclusive, by acceptance; `before`: only older than this
   *   message id (the cursor); `limit`: 1 to 201
   */
  async list(tx: Tx, tenantId: string, filter: MessageFilter): Promise<MessageRow[]> {
    const wheres = ['m.tenant_id = $1'];
    const values: unknown[] = [tenantId];
    const where = (condition: string, value: unknown) => {
      if (value === undefined) return;
      values.push(value);
      wheres.push(`${condition} $${values.length}`);
    };
    where('m.phone_number_id =', filter.phoneNumberId);
    where('m.recipient =', filter.recipient);
    where('m.status =', filter.status);
    where('m.type =', filter.type);
    where('m.category =', filter.category);
    where('m.client_data =', filter.clientData);
    where('m.message_id >=', filter.from && firstIdAt(filter.from));
    where('m.message_id <', filter.until && firstIdAt(filter.until));
    where('m.message_id <', filter.before);
    values.push(filter.limit);
    return tx.query(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE ${wheres.join(' AND ')}
        ORDER BY m.message_id DESC LIMIT $${values.length}`,
      values,
    );
  }

  /** How many messages of a number wait to be handed to Meta, by lane; those of later lanes go after those of earlier. */
  async waiting(tx: Tx, tenantId: string, phoneNumberId: string): Promise<Record<MessageLane, number>> {
    const rows: { lane: MessageLane; messages: number }[] = await tx.query(
      `SELECT m.lane, count(*)::int AS messages FROM messages m
        WHERE m.tenant_id = $1 AND m.phone_number_id = $2 AND m.status = 'accepted' GROUP BY m.lane`,
      [tenantId, phoneNumberId],
    );
    const counts: Record<MessageLane, number> = { 0: 0, 1: 0, 2: 0 };
    for (const { lane, messages } of rows) counts[lane] = messages;
    return counts;
  }

  /** When a message to a recipient was first delivered (or read) after an instant and before another; undefined for never. */
  async firstDeliveredAt(
    tx: Tx,
    tenantId: string,
    to: { phoneNumberId: string; recipient: string },
    { from, until }: { from: Date; until: Date },
  ): Promise<Date | undefined> {
    const [row]: { at: Date | null }[] = await tx.query(
      `SELECT min(e.at) AS at FROM messages m
         JOIN message_events e ON e.tenant_id = m.tenant_id AND e.message_id = m.message_id
          AND e.kind IN ('delivered', 'read')
        WHERE m.tenant_id = $1 AND m.phone_number_id = $2 AND m.recipient = $3
          AND m.message_id >= $4 AND m.message_id < $5 AND e.at >= $6 AND e.at < $7`,
      [tenantId, to.phoneNumberId, to.recipient, firstIdAt(from), firstIdAt(until), from, until],
    );
    return row?.at ?? undefined;
  }

  /** The history of a message, oldest step first. Its acceptance is the message itself (the time is in its id). */
  async eventsOf(tx: Tx, tenantId: string, messageId: string): Promise<MessageEventRow[]> {
    const events: MessageEventRow[] = await tx.query(
      `SELECT kind, occurrence, at, source, verdict, detail FROM message_events
        WHERE tenant_id = $1 AND message_id = $2 ORDER BY at, occurrence`,
      [tenantId, messageId],
    );
    return events.sort(orderOfLife);
  }
}

function messageColumns(batch: readonly Accepting[]): unknown[][] {
  const column = <T>(pick: (m: Accepting) => T): T[] => batch.map(pick);
  return [
    column((m) => m.tenantId),
    column((m) => m.messageId),
    column((m) => m.phoneNumberId),
    column((m) => m.recipient),
    column((m) => m.type),
    column((m) => m.category ?? null),
    column((m) => m.templateId ?? null),
    column((m) => m.payload),
    column((m) => m.clientData ?? null),
    column((m) => m.lane),
    column((m) => m.inWindow),
    column((m) => m.acceptedAt),
    column((m) => m.notBefore ?? m.acceptedAt),
    column((m) => m.expiresAt),
  ];
}

function keyColumns(batch: readonly Accepting[]): unknown[][] {
  const column = <T>(pick: (m: Accepting) => T): T[] => batch.map(pick);
  return [
    column((m) => m.once?.key ?? null),
    column((m) => m.once?.fingerprint ?? null),
    column((m) => m.once?.answer(newMessageRef(m.messageId)) ?? null),
    column((m) => m.once?.keptUntil ?? null),
  ];
}

const places = (count: number): string => Array.from({ length: count }, (_, i) => `$${i + 1}`).join(', ');
