import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { CLOCK, type Clock } from '#libs/clock';
import { loadConfig } from '#libs/config';
import { Outbox } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { REDIS } from '#libs/queues';
import { remaining } from '#libs/tier-quota';
import { TierReservation } from '#libs/tier-reservation';
import type { Channel } from '../channels/channels.js';
import { seenPace } from '../channels/pace-board.js';
import { shownRefusal } from '../channels/refused-number.js';
import { perSecondOf } from '../dispatch/throughput.js';
import type { HeadroomResponse, MessagingLimitResponse, ThroughputResponse } from './headroom.response.js';

/** Says what a number may still send: in this second, and in the moving 24 hours of its messaging limit. */
@Injectable()
export class Headroom {
  private readonly high = loadConfig(['META_HIGH_THROUGHPUT']).META_HIGH_THROUGHPUT;

  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
    private readonly tier: TierReservation,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(channel: Channel): Promise<HeadroomResponse> {
    const { number } = channel;
    const [limit, throughput] = await Promise.all([this.limitOf(channel), this.throughputOf(channel)]);
    return {
      phone_number_id: number.metaPhoneNumberId,
      display_phone_number: number.displayPhoneNumber,
      status: number.status,
      quality_rating: number.qualityRating,
      refused: channel.refused ? shownRefusal(channel.refused) : null,
      messaging_limit: limit,
      throughput,
    };
  }

  /** What is used of the messaging limit of a number. */
  async limitOf(channel: Channel): Promise<MessagingLimitResponse> {
    const now = this.clock.now();
    const scope = this.tier.scopeOf(channel, now);
    const { told, ladder } = this.tier.limitOf(channel, now);
    const said = { tier: told, scope: ladder.scope, held_until: scope.heldUntil?.toISOString() ?? null };
    if (scope.cap === Number.POSITIVE_INFINITY) {
      return { ...said, limit: null, used: null, room: null, next_room_at: null };
    }
    const { used, nextLeavesAt } = await this.tier.use(scope, now);
    return {
      ...said,
      limit: scope.cap,
      used,
      room: remaining({ cap: scope.cap, used }),
      next_room_at: nextLeavesAt?.toISOString() ?? null,
    };
  }

  private async throughputOf({ number }: Channel): Promise<ThroughputResponse> {
    const { tenantId, phoneNumberId } = number;
    const [pace, waiting] = await Promise.all([
      seenPace(this.redis, phoneNumberId),
      this.db.inTenant(tenantId, (tx) => this.outbox.waiting(tx, tenantId, phoneNumberId)),
    ]);
    const perSecond = perSecondOf(number, this.high);
    const paused = pace.pausedForMs > 0;
    return {
      level: number.throughputLevel,
      per_second: perSecond,
      used: pace.used,
      room: paused ? 0 : Math.max(0, perSecond - pace.used),
      paused_until: paused ? new Date(this.clock.now().getTime() + pace.pausedForMs).toISOString() : null,
      waiting: { replies: waiting[0], ordinary: waiting[1], broadcasts: waiting[2] },
    };
  }
}
