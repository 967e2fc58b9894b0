import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId, timeOfId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { InboxSettings } from './settings.js';
import { isUnsolved, type Priority, type TicketStatus } from './ticket.js';
import { afterWork } from './working-hours.js';

/** Something that people have to do for a customer, from the first question to its answer. */
export interface Ticket {
  /** Time-ordered. */
  ticketId: string;
  openedAt: Date;
  conversationId: string;
  subject: string | null;
  status: TicketStatus;
  priority: Priority;
  firstReplyDueAt: Date | null;
  firstRepliedAt: Date | null;
  solveDueAt: Date | null;
  solvedAt: Date | null;
  updatedAt: Date;
}

/** A ticket whose time has passed. */
export interface LateTicket {
  ticketId: string;
  conversationId: string;
  /** What is late. */
  late: ('first_reply' | 'solve')[];
}

type TicketRow = Omit<Ticket, 'openedAt'>;
const ticketOf = (row: TicketRow): Ticket => ({ ...row, openedAt: timeOfId(row.ticketId) });

const COLUMNS = `t.ticket_id AS "ticketId", t.conversation_id AS "conversationId", t.subject, t.status, t.priority,
  t.first_reply_due_at AS "firstReplyDueAt", t.first_replied_at AS "firstRepliedAt", t.solve_due_at AS "solveDueAt",
  t.solved_at AS "solvedAt", t.updated_at AS "updatedAt"`;

/** The one writer of tickets. A conversation has one unsolved ticket at most. */
@Injectable()
export class Tickets {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async unsolvedOf(tx: Tx, tenantId: string, conversationId: string): Promise<Ticket | undefined> {
    const [ticket]: TicketRow[] = await tx.query(
      `SELECT ${COLUMNS} FROM inbox_tickets t
        WHERE t.tenant_id = $1 AND t.conversation_id = $2 AND t.status IN ('open', 'pending')`,
      [tenantId, conversationId],
    );
    return ticket && ticketOf(ticket);
  }

  async find(tx: Tx, tenantId: string, ticketId: string): Promise<Ticket | undefined> {
    const [ticket]: TicketRow[] = await tx.query(
      `SELECT ${COLUMNS} FROM inbox_tickets t WHERE t.tenant_id = $1 AND t.ticket_id = $2`,
      [tenantId, ticketId],
    );
    return ticket && ticketOf(ticket);
  }

  /** The newest first. */
  async list(
    tx: Tx,
    tenantId: string,
    filter: {
      status?: TicketStatus | undefined;
      conversationId?: string | undefined;
      before?: string | undefined;
      limit: number;
    },
  ): Promise<Ticket[]> {
    const rows: TicketRow[] = await tx.query(
      `SELECT ${COLUMNS} FROM inbox_tickets t
        WHERE t.tenant_id = $1 AND ($2::text IS NULL OR t.status = $2) AND ($3::uuid IS NULL OR t.conversation_id = $3)
          AND ($4::uuid IS NULL OR t.ticket_id < $4)
        ORDER BY t.ticket_id DESC LIMIT $5`,
      [tenantId, filter.status ?? null, filter.conversationId ?? null, filter.before ?? null, filter.limit],
    );
    return rows.map(ticketOf);
  }

  /** In a conversation that is locked and has no unsolved one. */
  async open(tx: Tx, tenantId: string, conversationId: string, settings: InboxSettings): Promise<Ticket> {
    const now = this.clock.now();
    const ticketId = newId(now);
    const due = dueTimes(settings, 'normal', now);
    await tx.query(
      `INSERT INTO inbox_tickets (tenant_id, ticket_id, conversation_id, status, priority, first_reply_due_at, solve_due_at,
                                  updated_at)
       VALUES ($1, $2, $3, 'open', 'normal', $4, $5, $6)`,
      [tenantId, ticketId, conversationId, due.firstReply, due.solve, now],
    );
    return (await this.find(tx, tenantId, ticketId)) as Ticket;
  }

  /** Another priority has other times, counted from when the ticket was opened. */
  async change(
    tx: Tx,
    tenantId: string,
    ticket: Ticket,
    { status, priority, subject }: Partial<Pick<Ticket, 'status' | 'priority' | 'subject'>>,
    due: { firstReply: Date | null; solve: Date | null },
  ): Promise<Ticket> {
    const solvedAt = isUnsolved(status ?? ticket.status) ? null : (ticket.solvedAt ?? this.clock.now());
    await tx.query(
      `UPDATE inbox_tickets SET status = $3, priority = $4, subject = $5, solved_at = $6, first_reply_due_at = $7,
              solve_due_at = $8, updated_at = $9
        WHERE tenant_id = $1 AND ticket_id = $2`,
      [
        tenantId,
        ticket.ticketId,
        status ?? ticket.status,
        priority ?? ticket.priority,
        subject === undefined ? ticket.subject : subject,
        solvedAt,
        due.firstReply,
        due.solve,
        this.clock.now(),
      ],
    );
    return (await this.find(tx, tenantId, ticket.ticketId)) as Ticket;
  }

  /** People answered: the first time counts. */
  async replied(tx: Tx, tenantId: string, conversationId: string): Promise<void> {
    await tx.query(
      `UPDATE inbox_tickets SET first_replied_at = coalesce(first_replied_at, $3)
        WHERE tenant_id = $1 AND conversation_id = $2 AND status IN ('open', 'pending')`,
      [tenantId, conversationId, this.clock.now()],
    );
  }

  /** Tickets whose time has passed since this was asked last; each is named once for each of its times. */
  async takeLate(tx: Tx, tenantId: string): Promise<LateTicket[]> {
    const rows: [LateTicket[], number] = await tx.query(
      `UPDATE inbox_tickets t SET overdue_told = overdue_told || n.late
         FROM (SELECT l.ticket_id, array_remove(ARRAY[
                 CASE WHEN l.first_reply_due_at <= $2 AND l.first_replied_at IS NULL
                       AND NOT 'first_reply' = ANY (l.overdue_told) THEN 'first_reply' END,
                 CASE WHEN l.solve_due_at <= $2 AND NOT 'solve' = ANY (l.overdue_told) THEN 'solve' END], NULL) AS late
                 FROM inbox_tickets l
                WHERE l.tenant_id = $1 AND l.status IN ('open', 'pending')
                  AND least(l.first_reply_due_at, l.solve_due_at) <= $2
                ORDER BY l.ticket_id FOR UPDATE SKIP LOCKED) AS n
        WHERE t.tenant_id = $1 AND t.ticket_id = n.ticket_id AND cardinality(n.late) > 0
        RETURNING t.ticket_id AS "ticketId", t.conversation_id AS "conversationId", n.late`,
      [tenantId, this.clock.now()],
    );
    return rows[0];
  }
}

/** By when a ticket of a priority must be answered and solved. @param from when it was opened */
export function dueTimes(
  settings: InboxSettings,
  priority: Priority,
  from: Date,
): { firstReply: Date | null; solve: Date | null } {
  const { firstReply, solve } = settings.serviceTimes[priority];
  const after = (minutes: number | null) =>
    minutes === null ? null : (afterWork(settings.workingHours ?? undefined, from, minutes) ?? null);
  return { firstReply: after(firstReply), solve: after(solve) };
}
