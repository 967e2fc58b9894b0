import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { InboundRow } from '#libs/inbound';
import type { Tx } from '#libs/persistence';
import { opensWindow } from '#libs/service-window';
import { GiveConversation } from './give-conversation.js';
import { type InboxConversation, InboxConversations } from './inbox-conversations.js';
import { KeepSettings } from './keep-settings.js';
import { mayBotStart } from './owner.js';
import { Sayings } from './sayings.js';
import { tellsAway } from './settings.js';
import { Tickets } from './tickets.js';
import { isOpen } from './working-hours.js';

/** What listens before people do. */
export abstract class BotEar {
  /** The bot owns the conversation and takes the message. It may give it to people in there. */
  abstract heard(tx: Tx, tenantId: string, conversation: InboxConversation, message: InboundRow): Promise<void>;
  /** Nobody answers: whether a bot does. @returns false when none of them wants to */
  abstract starts(tx: Tx, tenantId: string, conversation: InboxConversation, message: InboundRow): Promise<boolean>;
  /** People gave the conversation (back) to the bot. @returns false when there is none that could go on */
  abstract givenBack(tx: Tx, tenantId: string, conversation: InboxConversation): Promise<boolean>;
  /** Whether the customer has begun anew with a bot since a run that is over: what that run gives away is not its any more. */
  abstract hasBegunAnew(tx: Tx, tenantId: string, conversation: InboxConversation, runId: string): Promise<boolean>;
}

/** Meta's types of what asks for no answer; a reaction to the last thanks would open a ticket. */
const SMALL = new Set(['reaction', 'unsupported']);

/** A customer wrote: the message finds the bot or the people who answer it. */
@Injectable()
export class HearCustomer {
  constructor(
    private readonly conversations: InboxConversations,
    private readonly give: GiveConversation,
    private readonly tickets: Tickets,
    private readonly settings: KeepSettings,
    private readonly sayings: Sayings,
    private readonly bots: BotEar,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * In the transaction that takes the message. Wake lane `engagement.sayings` afterwards.
   *
   * @returns the conversation that has changed
   */
  async hear(tx: Tx, tenantId: string, contactId: string, message: InboundRow): Promise<string> {
    const { phoneNumberId, customer, inboundId } = message;
    const conversation = await this.conversations.open(tx, tenantId, { contactId, phoneNumberId, customer });
    const { conversationId, ownerKind } = conversation;
    await this.conversations.written(tx, tenantId, conversationId, { lineId: inboundId, unread: 1 });
    if (SMALL.has(message.type) || !opensWindow(message.type)) return conversationId;
    if (ownerKind === 'bot') {
      await this.bots.heard(tx, tenantId, conversation, message);
      return conversationId;
    }
    const ticket = await this.tickets.unsolvedOf(tx, tenantId, conversationId);
    const toBot =
      mayBotStart(ownerKind, ticket !== undefined) && (await this.bots.starts(tx, tenantId, conversation, message));
    if (!toBot) await this.toPeople(tx, tenantId, conversation);
    return conversationId;
  }

  private async toPeople(tx: Tx, tenantId: string, conversation: InboxConversation): Promise<void> {
    const settings = await this.settings.of(tx, tenantId);
    if (conversation.ownerKind === 'nobody') await this.give.queue(tx, tenantId, conversation, { madeBy: 'paloma' });
    else await this.give.openTicket(tx, tenantId, conversation, 'paloma');
    const now = this.clock.now();
    if (settings.desk === 'outside' || conversation.ownerKind === 'desk') return;
    if (!tellsAway(isOpen(settings.workingHours ?? undefined, now), settings, conversation.awayToldAt, now)) return;
    const { conversationId } = conversation;
    await this.conversations.toldAway(tx, tenantId, conversationId, now);
    await this.sayings.plan(tx, tenantId, [
      {
        conversationId,
        ownerTurn: null,
        origin: { kind: 'inbox', id: conversationId },
        body: { type: 'text', text: { body: settings.awayMessage } },
        gives: null,
      },
    ]);
  }
}
