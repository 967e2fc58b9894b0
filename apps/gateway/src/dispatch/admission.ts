import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { timeOfId } from '#libs/ids';
import { Inbound } from '#libs/inbound';
import { type Candidate, type MessageLane, OutboxLanes } from '#libs/outbox';
import { Database, type Tx } from '#libs/persistence';
import { windowAt } from '#libs/service-window';
import { DAY_MS } from '#libs/tier-quota';
import { type Reservation, TierReservation, type TierScope } from '#libs/tier-reservation';
import { Standing, Wabas } from '#libs/wabas';
import { type Channel, REMEMBER_MS } from '../channels/channels.js';
import { isProviders, restrictionsOf, stoppedBy } from '../channels/restrictions.js';
import { PairRate } from './pair-rate.js';

/** A template that was accepted outside a window may find one open after so long; before, it is not worth asking. */
const MAY_HAVE_WRITTEN_MS = 60_000;
/** What a restriction stops is looked at again after this long: the end of one may be told while messages are put off. */
const LONGEST_HOLD_MS = 15 * 60_000;

/** Says which of the waiting messages may be claimed now, and takes their places of the messaging limit. */
@Injectable()
export class Admission {
  constructor(
    private readonly db: Database,
    private readonly lanes: OutboxLanes,
    private readonly inbound: Inbound,
    private readonly standing: Standing,
    private readonly wabas: Wabas,
    private readonly tier: TierReservation,
    private readonly pairs: PairRate,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param lanesAfter lanes after this one are left out
   * @returns ids that may be claimed; `refused`: others were put off for want of room; the reservation to be asked again
   *   after claiming
   */
  async next(
    channel: Channel,
    scope: TierScope,
    limit: number,
    lanesAfter: MessageLane,
  ): Promise<{ allowed: string[]; refused: boolean; reservation: Reservation | undefined }> {
    const { tenantId, phoneNumberId } = channel.number;
    const now = this.clock.now();
    const { recipients } = this.pairs.blocked(phoneNumberId, now);
    const limited = scope.cap !== Number.POSITIVE_INFINITY;
    const found = await this.db.inTenant(tenantId, async (tx) => {
      const peeked = await this.lanes.peek(tx, tenantId, phoneNumberId, now, limit, { lanesAfter, recipients });
      return limited || channel.restrictions.length > 0 ? this.withWindowsOfNow(tx, channel, peeked, now) : peeked;
    });
    const stopped = await this.holdStopped(channel, found, now);
    const candidates = found.filter((c) => !stopped.has(c.messageId));
    const counting = limited ? candidates.filter((c) => !c.inWindow && c.expiresAt > now) : [];
    const refused = new Set<string>();
    let reservation: Reservation | undefined;
    if (counting.length > 0) {
      const asked = counting.map((c) => c.recipient);
      const reserved = await this.tier.reserve(scope, asked, now);
      reservation = reserved;
      const roomAt = reserved.refusal?.retryAt ?? new Date(now.getTime() + DAY_MS);
      // A hold of the provider's ends by itself, and may make room before anybody stops counting.
      const until = scope.heldUntil && scope.heldUntil < roomAt ? scope.heldUntil : roomAt;
      const waits = counting
        .filter((c) => !reserved.admitted.has(c.recipient))
        .map((c) => ({ messageId: c.messageId, until }));
      for (const wait of waits) refused.add(wait.messageId);
      if (waits.length > 0) await this.holdForRoom(channel, waits, now);
    }
    const admitted = candidates.filter((c) => !refused.has(c.messageId));
    // What has run out is claimed to say so; it is no call.
    const calls = admitted.filter((c) => c.expiresAt > now);
    const may = await this.pairs.take(
      phoneNumberId,
      calls.map((c) => c.recipient),
      now,
    );
    const tooSoon = new Set(calls.filter((_, i) => !may[i]));
    return {
      allowed: admitted.filter((c) => !tooSoon.has(c)).map((c) => c.messageId),
      refused: refused.size > 0 || tooSoon.size > 0 || stopped.size > 0,
      reservation,
    };
  }

  /**
   * Lets messages wait for room. The channel is remembered for a moment, in which Meta may have raised the limit, or the provider ended a hold: who tells of
   * that looks for what waits by then, so what goes by the old limit must not be put off behind its back.
   */
  private async holdForRoom(
    { number: { tenantId }, portfolio }: Channel,
    waits: readonly { messageId: string; until: Date }[],
    now: Date,
  ): Promise<void> {
    const soon = new Date(now.getTime() + REMEMBER_MS);
    await this.db.inTenant(tenantId, async (tx) => {
      const held = await this.wabas.portfolioHeld(tx, tenantId, portfolio.portfolioId);
      const isOld =
        held?.messagingLimit !== portfolio.messagingLimit ||
        held.heldTo !== portfolio.heldTo ||
        held.heldUntil?.getTime() !== portfolio.heldUntil?.getTime();
      const all = isOld ? waits.map(({ messageId }) => ({ messageId, until: soon })) : waits;
      await this.lanes.postpone(tx, tenantId, all, 'tier_exhausted', now);
    });
  }

  /** Lets messages wait that restrictions of Meta or the provider stop; what has run out is claimed to say so. */
  private async holdStopped(channel: Channel, found: readonly Candidate[], now: Date): Promise<Set<string>> {
    if (channel.restrictions.length === 0) return new Set();
    const { tenantId } = channel.number;
    return this.db.inTenant(tenantId, async (tx) => {
      // As they are now: the channel is remembered for a moment, in which Meta may have lifted one.
      const restrictions = await restrictionsOf(tx, this.standing, channel.number, now);
      const latest = new Date(now.getTime() + LONGEST_HOLD_MS);
      const waits = found.flatMap((c) => {
        const stopping = c.expiresAt > now ? stoppedBy(restrictions, c, now) : undefined;
        if (!stopping) return [];
        const until = stopping.until && stopping.until < latest ? stopping.until : latest;
        return [{ messageId: c.messageId, until, byProvider: isProviders(stopping) }];
      });
      const [ours, metas] = [waits.filter((w) => w.byProvider), waits.filter((w) => !w.byProvider)];
      await this.lanes.postpone(tx, tenantId, ours, 'tenant_suspended', now);
      await this.lanes.postpone(tx, tenantId, metas, 'account_restricted', now);
      return new Set(waits.map((w) => w.messageId));
    });
  }

  /** A template may have waited past the end of a window, or into a new one: the limit counts by the moment of sending. */
  private async withWindowsOfNow(tx: Tx, channel: Channel, candidates: Candidate[], now: Date): Promise<Candidate[]> {
    const { tenantId, phoneNumberId } = channel.number;
    const unsure = candidates.filter(
      (c) => c.isTemplate && (c.inWindow || now.getTime() - timeOfId(c.messageId).getTime() > MAY_HAVE_WRITTEN_MS),
    );
    if (unsure.length === 0) return candidates;
    const heard = await this.inbound.lastUserMessagesAt(
      tx,
      tenantId,
      unsure.map((c) => ({ phoneNumberId, customer: c.recipient })),
    );
    const open = new Map(unsure.map((c, i) => [c, windowAt(heard[i], now).open]));
    for (const inWindow of [true, false]) {
      const moved = unsure.filter((c) => open.get(c) === inWindow && c.inWindow !== inWindow);
      await this.lanes.moveWindows(
        tx,
        tenantId,
        moved.map((c) => c.messageId),
        inWindow,
      );
    }
    return candidates.map((c) => ({ ...c, inWindow: open.get(c) ?? c.inWindow }));
  }
}
