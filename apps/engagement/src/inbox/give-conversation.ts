import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import type { Tx } from '#libs/persistence';
import { type InboxConversation, InboxConversations } from './inbox-conversations.js';
import { InboxEntries } from './inbox-entries.js';
import { InboxTeams } from './inbox-teams.js';
import { KeepSettings } from './keep-settings.js';
import { type OwnerMove, ownerAfter } from './owner.js';
import { dueTimes, type Ticket, Tickets } from './tickets.js';

/** To whom, and why. */
export interface Giving {
  /** The user, for `assigned` and `taken`. */
  agent?: string;
  /** The team that it goes to; absent: as it is. */
  teamId?: string;
  /** What its next agent has to know; absent: as it is. */
  skills?: readonly string[];
  madeBy: string;
  why?: string;
}

const MORE_WAITING = 50;

/**
 * Whose a conversation is, and who gets it next. Every change is in here, of a conversation that is locked, so that whoever reads
 * the owner under the same lock (a bot about to speak) reads what holds.
 */
@Injectable()
export class GiveConversation {
  constructor(
    private readonly conversations: InboxConversations,
    private readonly entries: InboxEntries,
    private readonly teams: InboxTeams,
    private readonly tickets: Tickets,
    private readonly settings: KeepSettings,
  ) {}

  /**
   * @param conversation locked
   * @throws Refusal 409 for a move that its owner does not allow
   */
  async move(
    tx: Tx,
    tenantId: string,
    conversation: InboxConversation,
    move: OwnerMove,
    giving: Giving,
  ): Promise<InboxConversation> {
    const ownerKind = ownerAfter(conversation.ownerKind, move);
    if (!ownerKind) {
      throw Refusal.conflict(`owner: a conversation that is ${conversation.ownerKind}'s cannot be ${move}.`);
    }
    const next: InboxConversation = {
      ...conversation,
      ownerKind,
      ownerAgent: ownerKind === 'agent' ? (giving.agent ?? null) : null,
      ownerTurn: conversation.ownerTurn + 1,
      teamId: giving.teamId ?? conversation.teamId,
      skills: giving.skills ? [...giving.skills] : conversation.skills,
    };
    await this.conversations.setOwner(tx, tenantId, next);
    await this.entries.add(tx, tenantId, next, {
      kind: 'owner_changed',
      body: {
        owner: next.ownerKind,
        agent: next.ownerAgent,
        team: next.teamId,
        was: { owner: conversation.ownerKind, agent: conversation.ownerAgent },
        ...(giving.why ? { why: giving.why } : {}),
      },
      madeBy: giving.madeBy,
    });
    return next;
  }

  /** A bot, or people, ask for people: a ticket is open, and the conversation goes to whose turn it is. */
  async queue(tx: Tx, tenantId: string, conversation: InboxConversation, giving: Giving): Promise<InboxConversation> {
    const released =
      conversation.ownerKind === 'nobody' && giving.teamId === undefined && giving.skills === undefined
        ? conversation
        : await this.release(tx, tenantId, conversation, giving);
    await this.openTicket(tx, tenantId, released, giving.madeBy);
    return this.assign(tx, tenantId, released);
  }

  private async release(tx: Tx, tenantId: string, conversation: InboxConversation, giving: Giving) {
    if (conversation.ownerKind !== 'nobody') return this.move(tx, tenantId, conversation, 'released', giving);
    const next = {
      ...conversation,
      teamId: giving.teamId ?? conversation.teamId,
      skills: giving.skills ? [...giving.skills] : conversation.skills,
    };
    await this.conversations.setOwner(tx, tenantId, next);
    return { ...next, ownerTurn: next.ownerTurn + 1 };
  }

  /** @returns the unsolved ticket, which is open now */
  async openTicket(tx: Tx, tenantId: string, conversation: InboxConversation, madeBy: string): Promise<Ticket> {
    const unsolved = await this.tickets.unsolvedOf(tx, tenantId, conversation.conversationId);
    if (unsolved?.status === 'open') return unsolved;
    if (unsolved) return this.changeTicket(tx, tenantId, conversation, unsolved, { status: 'open' }, madeBy);
    const settings = await this.settings.of(tx, tenantId);
    const ticket = await this.tickets.open(tx, tenantId, conversation.conversationId, settings);
    await this.tellTicket(tx, tenantId, conversation, ticket, madeBy);
    return ticket;
  }

  async changeTicket(
    tx: Tx,
    tenantId: string,
    conversation: InboxConversation,
    ticket: Ticket,
    change: Partial<Pick<Ticket, 'status' | 'priority' | 'subject'>>,
    madeBy: string,
  ): Promise<Ticket> {
    const due = change.priority
      ? dueTimes(await this.settings.of(tx, tenantId), change.priority, ticket.openedAt)
      : { firstReply: ticket.firstReplyDueAt, solve: ticket.solveDueAt };
    const changed = await this.tickets.change(tx, tenantId, ticket, change, due);
    await this.tellTicket(tx, tenantId, conversation, changed, madeBy);
    return changed;
  }

  private async tellTicket(tx: Tx, tenantId: string, conversation: InboxConversation, t: Ticket, madeBy: string) {
    const body = { ticket_id: t.ticketId, status: t.status, priority: t.priority, subject: t.subject };
    await this.entries.add(tx, tenantId, conversation, { kind: 'ticket_changed', body, madeBy });
  }

  /** Gives a conversation that waits to the agent whose turn it is in its team, if there is one. */
  async assign(tx: Tx, tenantId: string, conversation: InboxConversation): Promise<InboxConversation> {
    const settings = await this.settings.of(tx, tenantId);
    const teamId = conversation.teamId ?? settings.teamId;
    if (settings.desk === 'outside' || !teamId || conversation.ownerKind !== 'nobody') return conversation;
    const agent = await this.teams.nextAgent(tx, tenantId, teamId, conversation.skills);
    if (!agent) return conversation;
    return this.move(tx, tenantId, conversation, 'assigned', { agent, teamId, madeBy: 'paloma' });
  }

  /** Somebody has room again: conversations that wait are given out, the longest waiting first. @returns those that were */
  async assignWaiting(tx: Tx, tenantId: string): Promise<string[]> {
    const given: string[] = [];
    for (const conversation of await this.conversations.waiting(tx, tenantId, MORE_WAITING)) {
      const after = await this.assign(tx, tenantId, conversation);
      if (after.ownerKind === 'agent') given.push(after.conversationId);
    }
    return given;
  }
}
