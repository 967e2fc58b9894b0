import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { customersReached } from '#libs/outbox';
import { Database, type Tx } from '#libs/persistence';
import {
  DAY_MS,
  daysThatCount,
  downgradeOf,
  type Obstacle,
  type Progress,
  progressOf,
  tierName,
  upgradeRuleAt,
} from '#libs/tier-quota';
import { type HeldLimit, numbersOf, TierReservation } from '#libs/tier-reservation';
import { limitChanges, Standing, Wabas } from '#libs/wabas';
import type { Channel } from '../channels/channels.js';
import { Headroom } from '../headroom/headroom.js';
import type { LimitStoryResponse, ProgressResponse } from './messaging-limit.response.js';

/** Says how a messaging limit became what it is, and how far it is from being raised. */
@Injectable()
export class LimitStory {
  constructor(
    private readonly db: Database,
    private readonly wabas: Wabas,
    private readonly standing: Standing,
    private readonly headroom: Headroom,
    private readonly tier: TierReservation,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(channel: Channel): Promise<LimitStoryResponse> {
    const { tenantId, portfolioId } = channel.portfolio;
    const now = this.clock.now();
    const held = this.tier.limitOf(channel, now);
    const limit = await this.headroom.limitOf(channel);
    const { progress, history, flaggedSince } = await this.db.inTenant(tenantId, async (tx) => ({
      progress: await this.progressOf(tx, channel, held, now),
      history: await limitChanges(tx, tenantId, portfolioId),
      flaggedSince: await this.standing.flaggedSince(tx, tenantId, channel.number.phoneNumberId),
    }));
    const downgrade = downgradeOf(held.limit, held.ladder, flaggedSince);
    return {
      ...limit,
      progress: progress ? show(progress) : null,
      downgrade: downgrade ? { becomes: tierName(downgrade.becomes), at: downgrade.at.toISOString() } : null,
      history: history.map(({ at, was, became, cause }) => ({ at: at.toISOString(), was, became, cause })),
    };
  }

  private async progressOf(
    tx: Tx,
    channel: Channel,
    { limit, ladder }: HeldLimit,
    now: Date,
  ): Promise<Progress | undefined> {
    const rule = upgradeRuleAt(now.toISOString().slice(0, 10));
    const numbers = await numbersOf(tx, this.wabas, this.tier.scopeOf(channel, now));
    const since = new Date(now.getTime() - daysThatCount(limit, ladder, rule) * DAY_MS);
    const ids = numbers.map((n) => n.phoneNumberId);
    const reached = await customersReached(tx, channel.portfolio.tenantId, ids, since);
    const obstacles: Obstacle[] = [];
    // Low is RED; it is a property of each number, and Meta looks at all of them.
    if (numbers.some((n) => n.qualityRating === 'RED')) obstacles.push('quality_low');
    if (!numbers.some((n) => n.status === 'CONNECTED')) obstacles.push('not_connected');
    return progressOf(limit, ladder, rule, reached, obstacles, now);
  }
}

function show(progress: Progress): ProgressResponse {
  const next = tierName(progress.next);
  const { needed, days, reached, missing, obstacles } = progress;
  const [by, earliest] = [progress.by?.toISOString() ?? null, progress.earliest?.toISOString() ?? null];
  const summary =
    missing > 0
      ? `Reaches ${next} after ${missing} more customers${by ? ` by ${by}` : ` in ${days} days`}.`
      : earliest
        ? `Meta may raise it to ${next} from ${earliest} on.`
        : `Enough customers for ${next}; Meta waits for: ${obstacles.join(', ')}.`;
  return {
    next,
    needed,
    days,
    reached,
    missing,
    by,
    earliest,
    or_verify: progress.orVerify,
    obstacles: [...obstacles],
    summary,
  };
}
