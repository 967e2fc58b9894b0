import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { judgeStatus, type MessageStatus, provesDelivery } from '#libs/message-status';
import { Coalescer, Database, type Tx } from '#libs/persistence';
import { newMessageRef } from './message-ref.js';
import { MESSAGE_COLUMNS, type MessageEventRow, type MessageRow, type NewMessage } from './message-row.js';

/** A status webhook of Meta's about one message. */
export interface ReportedStatus {
  messageId: string;
  status: 'sent' | 'delivered' | 'read' | 'played' | 'failed';
  /** Meta's own time of it. */
  at: Date;
  metaMessageId?: string;
  /** Meta's `errors[]`, for `failed`. */
  errors?: unknown[];
  /** The status as it came, for the history. */
  raw?: unknown;
}

export interface AppliedStatus {
  /** `apply`: the message moved. `record`: true but older news. `repeat`: told before, nothing was stored. */
  verdict: 'apply' | 'record' | 'repeat';
  /** The message as it is now. */
  message: MessageRow;
  /** Whether this is the first proof that it reached the phone, which makes it billable. */
  firstDelivery: boolean;
}

type Accepting = NewMessage & { messageId: string; acceptedAt: Date };

/** Outbound messages: taking them in, what Meta says of them, and reading them. The lanes are in `OutboxLanes`. */
@Injectable()
export class Outbox {
  private readonly accepting = new Coalescer<Accepting, undefined>((batch) => this.insert(batch));

  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Takes a message in; resolves when it is committed. Requests of the moment share one statement, and one that cannot
   * be stored (such as a number of another tenant, which the foreign key refuses) does not refuse its neighbours.
   *
   * @returns our id, and the id that the tenant sees
   */
  async accept(message: NewMessage): Promise<{ messageId: string; ref: string }> {
    const acceptedAt = this.clock.now();
    const messageId = newId(acceptedAt);
    await this.accepting.add({ ...message, messageId, acceptedAt });
    return { messageId, ref: newMessageRef(messageId) };
  }

  private async insert(batch: Accepting[]): Promise<undefined[]> {
    const column = <T>(pick: (m: Accepting) => T): T[] => batch.map(pick);
    await this.db.query('SELECT door_accept_messages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)', [
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
    ]);
    return batch.map(() => undefined);
  }

  /**
   * Applies a status of Meta's under the message's lock: it may be late, repeated, or ahead of the answer to our own call,
   * and never moves the message backward.
   *
   * @returns what became of it; undefined when this tenant has no such message
   */
  async applyStatus(tx: Tx, tenantId: string, report: ReportedStatus): Promise<AppliedStatus | undefined> {
    const [message]: MessageRow[] = await tx.query(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.tenant_id = $1 AND m.message_id = $2 FOR UPDATE`,
      [tenantId, report.messageId],
    );
    if (!message) return undefined;
    // After a resend, only a delivery may speak for an earlier attempt: its failure must not end the later one.
    const speaksOfNow =
      !report.metaMessageId ||
      !message.metaMessageId ||
      report.metaMessageId === message.metaMessageId ||
      provesDelivery(report.status);
    const judged = speaksOfNow ? judgeStatus(message.status, report.status) : 'record';
    const told = await tx.query(
      `INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, verdict, detail)
       VALUES ($1, $2, $3, 0, $4, 'meta', $5, $6) ON CONFLICT DO NOTHING RETURNING 1`,
      [
        tenantId,
        report.messageId,
        report.status,
        report.at,
        judged,
        report.raw === undefined && report.errors === undefined
          ? null
          : JSON.stringify(report.raw ?? { errors: report.errors }),
      ],
    );
    if (told.length === 0) return { verdict: 'repeat', message, firstDelivery: false };
    const firstDelivery = judged === 'apply' && provesDelivery(report.status) && !provesDelivery(message.status);
    if (judged === 'apply') {
      message.status = report.status;
      message.statusAt = report.at;
      if (report.status === 'failed') message.metaError = report.errors?.[0] ?? null;
    }
    const learnsId = !message.metaMessageId && report.metaMessageId !== undefined;
    if (learnsId) message.metaMessageId = report.metaMessageId ?? null;
    if (judged === 'apply' || learnsId) {
      await tx.query(
        `UPDATE messages SET status = $3, status_at = $4, meta_message_id = $5, meta_error = $6
          WHERE tenant_id = $1 AND message_id = $2`,
        [
          tenantId,
          message.messageId,
          message.status,
          message.statusAt,
          message.metaMessageId,
          message.metaError === null ? null : JSON.stringify(message.metaError),
        ],
      );
    }
    return { verdict: judged, message, firstDelivery };
  }

  async find(tx: Tx, tenantId: string, messageId: string): Promise<MessageRow | undefined> {
    const [row]: MessageRow[] = await tx.query(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.tenant_id = $1 AND m.message_id = $2`,
      [tenantId, messageId],
    );
    return row;
  }

  async findByMetaId(tx: Tx, tenantId: string, metaMessageId: string): Promise<MessageRow | undefined> {
    const [row]: MessageRow[] = await tx.query(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m WHERE m.tenant_id = $1 AND m.meta_message_id = $2
        ORDER BY m.message_id DESC LIMIT 1`,
      [tenantId, metaMessageId],
    );
    return row;
  }

  /**
   * Messages of a tenant, the newest first.
   *
   * @param filter `before`: only older than this message id (the cursor); `limit`: 1 to 200
   */
  async list(
    tx: Tx,
    tenantId: string,
    filter: { phoneNumberId?: string; recipient?: string; status?: MessageStatus; before?: string; limit: number },
  ): Promise<MessageRow[]> {
    return tx.query(
      `SELECT ${MESSAGE_COLUMNS} FROM messages m
        WHERE m.tenant_id = $1 AND ($2::uuid IS NULL OR m.phone_number_id = $2)
          AND ($3::text IS NULL OR m.recipient = $3) AND ($4::text IS NULL OR m.status = $4)
          AND ($5::uuid IS NULL OR m.message_id < $5)
        ORDER BY m.message_id DESC LIMIT $6`,
      [
        tenantId,
        filter.phoneNumberId ?? null,
        filter.recipient ?? null,
        filter.status ?? null,
        filter.before ?? null,
        filter.limit,
      ],
    );
  }

  /** The history of a message, oldest step first. Its acceptance is the message itself (the time is in its id). */
  async eventsOf(tx: Tx, tenantId: string, messageId: string): Promise<MessageEventRow[]> {
    return tx.query(
      `SELECT kind, occurrence, at, source, verdict, detail FROM message_events
        WHERE tenant_id = $1 AND message_id = $2 ORDER BY at, occurrence`,
      [tenantId, messageId],
    );
  }
}
