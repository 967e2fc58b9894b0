import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { InboxConversations } from './inbox-conversations.js';
import { InboxEntries } from './inbox-entries.js';
import { LiveUpdates } from './live-updates.js';
import { Tickets } from './tickets.js';

const LOOK_EVERY_MS = 15_000;

/** Tells of tickets whose service time has passed, once for each time. */
@Injectable()
export class LateTickets implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly tickets: Tickets,
    private readonly conversations: InboxConversations,
    private readonly entries: InboxEntries,
    private readonly live: LiveUpdates,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('late tickets', LOOK_EVERY_MS, () => this.tellAll());
  }

  async tellAll(): Promise<void> {
    const late = await this.db.query<{ tenantId: string }>(
      'SELECT tenant_id AS "tenantId" FROM door_tenants_with_late_tickets($1)',
      [this.clock.now()],
    );
    for (const { tenantId } of late) await this.tell(tenantId);
  }

  private async tell(tenantId: string): Promise<void> {
    const changed = await this.db.inTenant(tenantId, async (tx) => {
      const late = await this.tickets.takeLate(tx, tenantId);
      for (const { ticketId, conversationId, late: what } of late) {
        const conversation = await this.conversations.find(tx, tenantId, conversationId);
        if (!conversation) continue;
        const body = { ticket_id: ticketId, late: what };
        await this.entries.add(tx, tenantId, conversation, { kind: 'ticket_late', body, madeBy: 'paloma' });
      }
      return late.map((l) => l.conversationId);
    });
    this.live.changed(tenantId, changed);
  }
}
