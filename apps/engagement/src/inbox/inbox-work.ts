import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { Database, despiteDeadlock, type Tx } from '#libs/persistence';
import { Wake } from '#libs/queues';
import { type InboxConversation, InboxConversations } from './inbox-conversations.js';
import { LiveUpdates } from './live-updates.js';

/** Work on one conversation: it is locked, and every screen hears of it once it is committed. */
@Injectable()
export class InboxWork {
  constructor(
    private readonly db: Database,
    private readonly conversations: InboxConversations,
    private readonly live: LiveUpdates,
    private readonly wake: Wake,
  ) {}

  /**
   * A batch of customers' messages holds its team while it takes the next conversation, and work on a conversation may take
   * the team: whoever has to yield is done again.
   *
   * @param work does nothing outside its transaction, and may run again
   * @throws Refusal 404 for a conversation that is not the tenant's
   */
  async on<T>(
    tenantId: string,
    conversationId: string,
    work: (tx: Tx, conversation: InboxConversation) => Promise<T>,
  ): Promise<T> {
    const done = await despiteDeadlock(() =>
      this.db.inTenant(tenantId, async (tx) => {
        const conversation = await this.conversations.lock(tx, tenantId, conversationId);
        if (!conversation) throw Refusal.notFound('conversation');
        return work(tx, conversation);
      }),
    );
    this.committed(tenantId, [conversationId]);
    return done;
  }

  /** Conversations have changed, and there may be something to say in them. */
  committed(tenantId: string, conversationIds: readonly string[]): void {
    if (conversationIds.length === 0) return;
    this.live.changed(tenantId, conversationIds);
    void this.wake.lane('engagement.sayings', { tenantId });
    void this.wake.lane('engagement.bots', { tenantId });
  }
}
