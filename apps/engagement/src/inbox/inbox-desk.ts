import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import type { Tx } from '#libs/persistence';
import type { Caller } from '#libs/tenants';
import { makerOf } from '../maker-of.js';
import { GiveConversation, type Giving } from './give-conversation.js';
import { BotEar } from './hear-customer.js';
import type { GiveRequest } from './inbox.request.js';
import { type InboxConversation, InboxConversations } from './inbox-conversations.js';
import { InboxEntries } from './inbox-entries.js';
import { InboxTeams } from './inbox-teams.js';
import { InboxWork } from './inbox-work.js';
import { SilenceBot } from './silence-bot.js';
import { isUnsolved } from './ticket.js';
import { type Ticket, Tickets } from './tickets.js';

/** What people do with conversations and tickets, beside answering. */
@Injectable()
export class InboxDesk {
  constructor(
    private readonly work: InboxWork,
    private readonly gives: GiveConversation,
    private readonly conversations: InboxConversations,
    private readonly entries: InboxEntries,
    private readonly teams: InboxTeams,
    private readonly tickets: Tickets,
    private readonly bots: BotEar,
    private readonly bot: SilenceBot,
  ) {}

  async give(caller: Caller, conversationId: string, { to, agent, team, skills, why }: GiveRequest): Promise<void> {
    const { tenantId } = caller;
    const giving: Giving = {
      madeBy: makerOf(caller),
      ...(skills ? { skills } : {}),
      ...(why ? { why } : {}),
    };
    const words = await this.work.on(tenantId, conversationId, async (tx, conversation) => {
      const words = await this.bot.silence(tx, tenantId, conversation);
      await this.move(tx, caller, conversation, { to, agent, team }, giving);
      return words;
    });
    await this.bot.untilQuiet(tenantId, words);
  }

  private async move(
    tx: Tx,
    { tenantId, userId: caller }: Caller,
    conversation: InboxConversation,
    { to, agent, team }: Pick<GiveRequest, 'to' | 'agent' | 'team'>,
    giving: Giving,
  ): Promise<void> {
    if (to === 'bot') await this.toBot(tx, tenantId, conversation, giving);
    else if (to === 'desk') await this.gives.move(tx, tenantId, conversation, 'desk_takes', giving);
    else if (to === 'queue') await this.gives.queue(tx, tenantId, conversation, giving);
    else if (to === 'team') {
      if (!team || !(await this.teams.team(tx, tenantId, team))) throw Refusal.notFound('team');
      await this.gives.queue(tx, tenantId, conversation, { ...giving, teamId: team });
    } else {
      const userId = to === 'me' ? caller : agent;
      if (!userId || !(await this.teams.agent(tx, tenantId, userId))) throw Refusal.notFound('agent');
      const move = to === 'me' ? 'taken' : 'assigned';
      await this.gives.move(tx, tenantId, conversation, move, { ...giving, agent: userId });
    }
  }

  /** People are done: what they had to do is solved, and the bot goes on where it gave the customer away. */
  private async toBot(tx: Tx, tenantId: string, conversation: InboxConversation, giving: Giving): Promise<void> {
    const given = await this.gives.move(tx, tenantId, conversation, 'given_to_bot', giving);
    const ticket = await this.tickets.unsolvedOf(tx, tenantId, conversation.conversationId);
    if (ticket) await this.gives.changeTicket(tx, tenantId, given, ticket, { status: 'solved' }, giving.madeBy);
    if (!(await this.bots.givenBack(tx, tenantId, given))) {
      throw Refusal.conflict(
        'No bot has been in this conversation, or it is switched off. Put it into the queue instead.',
      );
    }
  }

  async label(caller: Caller, conversationId: string, labels: readonly string[]): Promise<void> {
    const { tenantId } = caller;
    await this.work.on(tenantId, conversationId, async (tx, conversation) => {
      await this.conversations.setLabels(tx, tenantId, conversationId, labels);
      const entry = { kind: 'labels_changed', body: { labels }, madeBy: makerOf(caller) } as const;
      await this.entries.add(tx, tenantId, conversation, entry);
    });
  }

  /** @throws Refusal 409 where the customer has written since and the conversation has another ticket to solve */
  private async refuseSecond(tx: Tx, tenantId: string, { conversationId, ticketId }: Ticket): Promise<void> {
    const other = await this.tickets.unsolvedOf(tx, tenantId, conversationId);
    if (!other || other.ticketId === ticketId) return;
    throw Refusal.conflict(
      `status: ticket ${other.ticketId} of this conversation is ${other.status}: go on with that one.`,
    );
  }

  /**
   * A solved conversation is nobody's, so that a bot may greet the customer the next time, and whoever had it has room.
   *
   * @param judge throws a Refusal for a change that may not be
   */
  async changeTicket(
    caller: Caller,
    ticketOf: (tx: Tx) => Promise<Ticket>,
    conversationId: string,
    change: Partial<Pick<Ticket, 'status' | 'priority' | 'subject'>>,
    judge: (ticket: Ticket) => void,
  ): Promise<Ticket> {
    const { tenantId } = caller;
    const madeBy = makerOf(caller);
    let given: string[] = [];
    const changed = await this.work.on(tenantId, conversationId, async (tx, conversation) => {
      const ticket = await ticketOf(tx);
      judge(ticket);
      if (change.status && isUnsolved(change.status)) await this.refuseSecond(tx, tenantId, ticket);
      const after = await this.gives.changeTicket(tx, tenantId, conversation, ticket, change, madeBy);
      const solved = isUnsolved(ticket.status) && !isUnsolved(after.status);
      if (solved && (conversation.ownerKind === 'agent' || conversation.ownerKind === 'desk')) {
        await this.gives.move(tx, tenantId, conversation, 'released', { madeBy, why: after.status });
        given = await this.gives.assignWaiting(tx, tenantId);
      }
      return after;
    });
    this.work.committed(tenantId, given);
    return changed;
  }
}
