import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { type BatchOutcome, GatewayClient } from '#libs/gateway-client';
import { Database, type Tx } from '#libs/persistence';
import { ServiceRefused } from '#libs/service-calls';
import { Wabas } from '#libs/wabas';
import { addressedTo } from '../contacts/address-of.js';
import { GiveConversation } from './give-conversation.js';
import { BotEar } from './hear-customer.js';
import { type InboxConversation, InboxConversations } from './inbox-conversations.js';
import { LiveUpdates } from './live-updates.js';
import { type Saying, Sayings } from './sayings.js';

/** Sayings of one call. */
const BATCH = 100;
const TRY_AGAIN_MS = 2_000;

/** Whether something planned may still be said in a conversation as it is now. Read aloud: a bot speaks only in its own turn. */
export const maySay = (
  saying: Pick<Saying, 'ownerTurn'>,
  conversation: Pick<InboxConversation, 'ownerKind' | 'ownerTurn'>,
): boolean =>
  saying.ownerTurn === null || (conversation.ownerKind === 'bot' && conversation.ownerTurn === saying.ownerTurn);

/**
 * Hands what Paloma says by itself to the gateway. The conversations are locked while it does: an agent who takes one at the same
 * moment waits until the gateway has answered, and from then on nothing of the bot's is accepted. Should this process be
 * killed in between, the next one finds the same sayings with the same ids, and their conversations as they are then.
 */
@Injectable()
export class SayNext {
  constructor(
    private readonly db: Database,
    private readonly sayings: Sayings,
    private readonly conversations: InboxConversations,
    private readonly wabas: Wabas,
    private readonly gateway: GatewayClient,
    private readonly gives: GiveConversation,
    private readonly bots: BotEar,
    private readonly live: LiveUpdates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Says the tenant's next things, of one number at a time.
   *
   * @returns how many were settled; none when nothing waits, or what waits cannot be said now
   */
  async sayNext(tenantId: string): Promise<number> {
    let changed: string[] = [];
    const settled = await this.db.inTenant(tenantId, async (tx) => {
      const waiting = await this.sayings.waiting(tx, tenantId, BATCH);
      const ids = [...new Set(waiting.map((s) => s.conversationId))];
      const held = await this.conversations.lockForSaying(tx, tenantId, ids);
      const byId = new Map(held.map((c) => [c.conversationId, c]));
      const numbers = new Map<string, Saying[]>();
      /** Conversations that are to be given away: what follows there is of another turn. */
      const gifts = new Map<string, Saying>();
      let settled = 0;
      for (const saying of waiting) {
        const conversation = byId.get(saying.conversationId);
        // Somebody handles it at this moment; whose it is then is seen the next time.
        if (!conversation || gifts.has(saying.conversationId)) continue;
        if (!maySay(saying, conversation)) {
          await this.sayings.settle(tx, tenantId, saying.sayingId, 'dropped', `${conversation.ownerKind} answers now`);
          settled++;
        } else if (saying.gives) gifts.set(saying.conversationId, saying);
        else {
          const { phoneNumberId } = conversation;
          numbers.set(phoneNumberId, [...(numbers.get(phoneNumberId) ?? []), saying]);
        }
      }
      for (const [phoneNumberId, sayings] of numbers) {
        settled += await this.say(tx, tenantId, phoneNumberId, sayings, byId);
      }
      for (const [conversationId, saying] of gifts) {
        const conversation = byId.get(conversationId);
        if (conversation) settled += await this.giveAway(tx, tenantId, conversation, saying);
      }
      changed = ids;
      return settled;
    });
    if (settled > 0) this.live.changed(tenantId, changed);
    return settled;
  }

  /** @returns 0 while something that was to be said before still waits */
  private async giveAway(tx: Tx, tenantId: string, conversation: InboxConversation, saying: Saying): Promise<number> {
    if (!saying.gives || (await this.sayings.waitsBefore(tx, tenantId, saying))) return 0;
    const { to, team, skills, why, runId } = saying.gives;
    if (await this.bots.hasBegunAnew(tx, tenantId, conversation, runId)) {
      await this.sayings.settle(tx, tenantId, saying.sayingId, 'dropped', 'the customer has begun anew');
      return 1;
    }
    const giving = { madeBy: `bot:${saying.origin.id}`, why, skills, ...(team ? { teamId: team } : {}) };
    if (to === 'people') await this.gives.queue(tx, tenantId, conversation, giving);
    else await this.gives.move(tx, tenantId, conversation, 'released', giving);
    await this.sayings.settle(tx, tenantId, saying.sayingId, 'sent', null);
    return 1;
  }

  private async say(
    tx: Tx,
    tenantId: string,
    phoneNumberId: string,
    sayings: readonly Saying[],
    conversations: ReadonlyMap<string, InboxConversation>,
  ): Promise<number> {
    const numbers = await this.wabas.phoneNumbers(tx, tenantId);
    const number = numbers.find((n) => n.phoneNumberId === phoneNumberId);
    const messages = sayings.map(({ sayingId, conversationId, origin, body }) => {
      const { customer } = conversations.get(conversationId) as InboxConversation;
      return { id: sayingId, body: addressedTo(customer, body ?? {}), origin };
    });
    let outcomes: BatchOutcome[];
    try {
      outcomes = number ? await this.gateway.send(tenantId, number.metaPhoneNumberId, messages) : [];
    } catch (error) {
      if (!(error instanceof ServiceRefused)) throw error;
      for (const { sayingId } of sayings) await this.sayings.settle(tx, tenantId, sayingId, 'refused', error.message);
      return sayings.length;
    }
    let settled = 0;
    for (const { sayingId, conversationId } of sayings) {
      const outcome = outcomes.find((o) => o.id === sayingId);
      if (outcome && 'refusal' in outcome && outcome.refusal.retry === 'backoff') {
        const dueAt = new Date(this.clock.now().getTime() + (outcome.refusal.retry_after ?? 0) * 1_000 + TRY_AGAIN_MS);
        await this.sayings.later(tx, tenantId, [sayingId], dueAt);
        continue;
      }
      settled++;
      if (outcome && 'ref' in outcome) {
        await this.sayings.settle(tx, tenantId, sayingId, 'sent', null);
        await this.conversations.written(tx, tenantId, conversationId, { lineId: sayingId, unread: 0 });
      } else {
        const why = outcome
          ? `${outcome.refusal.reason}: ${outcome.refusal.details ?? outcome.refusal.title}`
          : 'the number is gone';
        await this.sayings.settle(tx, tenantId, sayingId, 'refused', why);
      }
    }
    return settled;
  }
}
