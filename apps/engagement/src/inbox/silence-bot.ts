import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { isUnderWay, withdraw } from '#libs/outbox';
import { Database, type Tx } from '#libs/persistence';
import type { InboxConversation } from './inbox-conversations.js';
import { Sayings } from './sayings.js';

/** A call to Meta that has begun is waited for so long; the person is answered then all the same. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 25;

/**
 * People take a conversation from its bot: from the moment they are answered nothing of the bot's is handed to Meta. What it had
 * planned is dropped, and what the gateway has is withdrawn by its id: also a message of which nobody here knows whether
 * the gateway has it yet, because the worker that was handing it over was killed.
 */
@Injectable()
export class SilenceBot {
  constructor(
    private readonly db: Database,
    private readonly sayings: Sayings,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * In the transaction of the take-over, before the turn changes.
   *
   * @param conversation locked, whoever owns it
   * @returns ids of the bot's messages, for `untilQuiet`
   */
  async silence(tx: Tx, tenantId: string, conversation: InboxConversation): Promise<string[]> {
    if (conversation.ownerKind !== 'bot') return [];
    const words = await this.sayings.drop(tx, tenantId, conversation, 'people answer now');
    await withdraw(tx, tenantId, words, this.clock.now());
    return words;
  }

  /** After its commit: until no call to Meta is under way for any of them, within patience. */
  async untilQuiet(tenantId: string, words: readonly string[]): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (
      performance.now() < deadline &&
      (await this.db.inTenant(tenantId, (tx) => isUnderWay(tx, tenantId, words)))
    ) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
