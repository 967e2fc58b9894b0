import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { type MessageCategory, UNKNOWN_POLICIES } from '#libs/message-status';
import { LOGGER } from '#libs/observability';
import { type Decision, type Doubtful, EXPIRED, failedStatus, NEVER_TOLD, OutboxDoubts } from '#libs/outbox';
import { Periodic, Wake } from '#libs/queues';
import { Channels } from '../channels/channels.js';
import { Telling } from './telling.js';

const LOOK_EVERY_MS = 10_000;
const AT_ONCE = 200;
const GRACE_SECONDS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(UNKNOWN_POLICIES).map(([category, policy]) => [category, policy.graceSeconds]),
);
const SHORTEST_GRACE_MS = Math.min(...Object.values(GRACE_SECONDS)) * 1_000;

/**
 * What becomes of a message that is still unknown when its time of grace is over: the policy of its category, except that
 * nothing is sent a third time, and nothing whose time to live has passed.
 */
export function decideDoubt(message: Doubtful, now: Date): Decision {
  const category = (message.category ?? 'service') as MessageCategory;
  const policy = UNKNOWN_POLICIES[category];
  const detail = { reason: 'outcome_unknown', category, grace_seconds: policy.graceSeconds };
  const { messageId } = message;
  if (policy.outcome === 'accepted') {
    if (message.expiresAt <= now) return { messageId, becomes: 'expired', error: EXPIRED, detail };
    return { messageId, becomes: message.sentAgain ? 'parked' : 'accepted', detail };
  }
  if (policy.outcome === 'failed') return { messageId, becomes: 'failed', error: NEVER_TOLD, detail };
  return { messageId, becomes: 'parked', detail };
}

/** Ends the wait for statuses that never came. */
@Injectable()
export class SettleDoubts implements OnApplicationBootstrap {
  constructor(
    private readonly doubts: OutboxDoubts,
    private readonly telling: Telling,
    private readonly channels: Channels,
    private readonly wake: Wake,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('settle messages in doubt', LOOK_EVERY_MS, () => this.look());
  }

  /** One look over all tenants. */
  async look(): Promise<void> {
    const since = new Date(this.clock.now().getTime() - SHORTEST_GRACE_MS);
    for (const tenantId of await this.doubts.tenants(since)) {
      while ((await this.ofTenant(tenantId)) === AT_ONCE);
    }
  }

  private async ofTenant(tenantId: string): Promise<number> {
    const again = new Set<string>();
    const settled = await this.telling.inTenant(tenantId, async (tx, tell) => {
      const now = this.clock.now();
      const messages = await this.doubts.overdue(tx, tenantId, GRACE_SECONDS, now, AT_ONCE);
      const decisions = messages.map((message) => decideDoubt(message, now));
      await this.doubts.decide(tx, tenantId, decisions, now);
      for (const [i, decision] of decisions.entries()) {
        const message = messages[i] as Doubtful;
        if (decision.becomes === 'accepted') again.add(message.phoneNumberId);
        if (!decision.error) continue;
        const channel = await this.channels.byIdWithin(tx, tenantId, message.phoneNumberId);
        if (!channel) continue;
        await tell(failedStatus(channel, message, decision.error, now));
      }
      return messages.length;
    });
    if (settled > 0) this.logger.warn({ tenantId, messages: settled }, 'no status came for messages in doubt');
    for (const phoneNumberId of again) void this.wake.lane('gateway.dispatch', { tenantId, phoneNumberId });
    return settled;
  }
}
