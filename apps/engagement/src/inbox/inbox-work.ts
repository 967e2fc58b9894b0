import { Injectable } from '@nestjs/common';
import { Refusal } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
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

  /** @throws Refusal 404 for a conversation that is not the tenant's */
  async on<T>(
    tenantId: string,
    conversationId: string,
    work: (tx: Tx, conversation: InboxConversation) => Promise<T>,
  ): Promise<T> {
    const done = await this.db.inTenant(tenantId, async (tx) => {
      const conversation = await this.conversations.lock(tx, tenantId, conversationId);
      if (!conversation) throw Refusal.notFound('conversation');
      return work(tx, conversation);
    });
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
