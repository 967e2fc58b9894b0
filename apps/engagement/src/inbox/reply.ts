import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { type BatchOutcome, GatewayClient } from '#libs/gateway-client';
import { Refusal } from '#libs/http';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { ServiceRefused, ServiceUnreachable } from '#libs/service-calls';
import type { Caller } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { addressedTo } from '../contacts/address-of.js';
import { makerOf } from '../maker-of.js';
import { GiveConversation } from './give-conversation.js';
import { type InboxConversation, InboxConversations } from './inbox-conversations.js';
import { InboxWork } from './inbox-work.js';
import { SilenceBot } from './silence-bot.js';
import { Tickets } from './tickets.js';

/** What an agent writes. */
export interface ReplyWish {
  /** The Cloud API's body; to whom it goes is added. */
  body: Readonly<Record<string, unknown>>;
  /** The newest line that the agent saw: when there is a newer one, nothing is sent. */
  seenLineId?: string | undefined;
  /** Although the conversation is a colleague's. */
  take: boolean;
}

/** An agent answers a customer; the conversation is theirs before anything is sent, so that no bot speaks beside them. */
@Injectable()
export class Reply {
  constructor(
    private readonly work: InboxWork,
    private readonly give: GiveConversation,
    private readonly conversations: InboxConversations,
    private readonly tickets: Tickets,
    private readonly wabas: Wabas,
    private readonly gateway: GatewayClient,
    private readonly bot: SilenceBot,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @returns the message's id, as on the messaging API
   * @throws Refusal 409 when a colleague answers or something was written meanwhile; what the gateway says otherwise
   */
  async reply(caller: Caller, conversationId: string, wish: ReplyWish): Promise<{ id: string; lineId: string }> {
    const { tenantId } = caller;
    const { customer, number, words } = await this.work.on(tenantId, conversationId, async (tx, conversation) => {
      refuseCollision(caller, conversation, wish);
      const words = await this.bot.silence(tx, tenantId, conversation);
      await this.takeOver(tx, caller, conversation);
      const numbers = await this.wabas.phoneNumbers(tx, tenantId);
      return {
        words,
        customer: conversation.customer,
        number: numbers.find((n) => n.phoneNumberId === conversation.phoneNumberId)?.metaPhoneNumberId ?? '',
      };
    });
    await this.bot.untilQuiet(tenantId, words);
    const lineId = newId(this.clock.now());
    const ref = await this.send(tenantId, number, lineId, conversationId, addressedTo(customer, wish.body));
    await this.work.on(tenantId, conversationId, async (tx) => {
      await this.conversations.written(tx, tenantId, conversationId, { lineId, unread: null });
      await this.tickets.replied(tx, tenantId, conversationId);
    });
    return { id: ref, lineId };
  }

  private async takeOver(tx: Tx, caller: Caller, conversation: InboxConversation): Promise<void> {
    const { userId: agent, tenantId } = caller;
    const madeBy = makerOf(caller);
    if (agent && conversation.ownerAgent === agent) return;
    if (!agent && conversation.ownerKind === 'desk') return;
    if (agent) await this.give.move(tx, tenantId, conversation, 'taken', { agent, madeBy });
    else await this.give.move(tx, tenantId, conversation, 'desk_takes', { madeBy });
  }

  private async send(
    tenantId: string,
    number: string,
    id: string,
    conversationId: string,
    body: Record<string, unknown>,
  ): Promise<string> {
    let outcome: BatchOutcome | undefined;
    try {
      const message = { id, body, origin: { kind: 'inbox', id: conversationId } as const };
      [outcome] = await this.gateway.send(tenantId, number, [message]);
    } catch (error) {
      if (error instanceof ServiceRefused) throw new Refusal(422, error.code, error.message);
      if (!(error instanceof ServiceUnreachable)) throw error;
      throw new Refusal(
        503,
        'gateway_unreachable',
        'The message may or may not have been taken: look at the conversation.',
        {
          retryAfterSeconds: 5,
          cause: error,
        },
      );
    }
    if (outcome && 'ref' in outcome) return outcome.ref;
    const { reason = 'refused', details, title = '', advice = '' } = outcome?.refusal ?? {};
    throw new Refusal(422, reason, `${details ?? title} ${advice}`.trim());
  }
}

/** @throws Refusal 409 */
function refuseCollision(caller: Caller, conversation: InboxConversation, wish: ReplyWish): void {
  const { ownerKind, ownerAgent, lastLineId } = conversation;
  if (!wish.take && ownerKind === 'agent' && ownerAgent !== caller.userId) {
    throw Refusal.conflict('This conversation is a colleague’s. Send `take: true` to answer instead of them.');
  }
  if (wish.seenLineId !== undefined && wish.seenLineId !== lastLineId) {
    throw Refusal.conflict(
      'Something was written here meanwhile. Read it, and send the new `last_line_id` as `seen_line_id`.',
    );
  }
}
