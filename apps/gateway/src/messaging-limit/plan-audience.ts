import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Inbound } from '#libs/inbound';
import { Database } from '#libs/persistence';
import { windowAt } from '#libs/service-window';
import { hoursOf, type PlanRule } from '#libs/tier-quota';
import { TierReservation } from '#libs/tier-reservation';
import type { Channel } from '../channels/channels.js';
import { looksLikeNumber, recipientDigits } from '../messages/recipient.js';
import type { PlanResponse } from './messaging-limit.response.js';

/** Says how many of an audience a number can send to now, and when it can send to the rest. Nothing is sent or reserved. */
@Injectable()
export class PlanAudience {
  constructor(
    private readonly db: Database,
    private readonly inbound: Inbound,
    private readonly tier: TierReservation,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param asked as a sender would write them; the same customer twice is one */
  async plan(channel: Channel, asked: readonly string[]): Promise<PlanResponse> {
    const { tenantId, phoneNumberId, displayPhoneNumber } = channel.number;
    const now = this.clock.now();
    const digits = asked.map((one) => (looksLikeNumber(one) ? recipientDigits(one, displayPhoneNumber) : one));
    const customers = [...new Set(digits)];
    const heard = await this.db.inTenant(tenantId, (tx) =>
      this.inbound.lastUserMessagesAt(
        tx,
        tenantId,
        customers.map((customer) => ({ phoneNumberId, customer })),
      ),
    );
    const audience = customers.map((customer, i) => ({ customer, insideWindow: windowAt(heard[i], now).open }));
    const plan = await this.tier.plan(this.tier.scopeOf(channel, now), audience, now);
    const by = (rule: PlanRule) => plan.filter((p) => p.rule === rule).length;
    const held = by('tier_exhausted');
    return {
      audience: plan.length,
      now: {
        total: plan.length - held,
        inside_window: by('inside_window'),
        counted_already: by('counted_already'),
        place_free: by('place_free'),
      },
      held,
      later: hoursOf(plan).map(({ from, until, customers: count }) => ({
        from: from.toISOString(),
        until: until.toISOString(),
        customers: count,
      })),
      customers: plan.map(({ customer, rule, at }) => ({ customer, rule, at: at?.toISOString() ?? null })),
    };
  }
}
