import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { REDIS } from '#libs/queues';
import type { PhoneNumber } from '#libs/wabas';
import { InboundTraffic } from '../channels/inbound-traffic.js';
import { SlidingSecond } from './sliding-second.js';

/** Messages a second by Meta's level (throughput page of 2025-11-21); a number in coexistence has its own, fixed. */
const PER_SECOND: Readonly<Record<string, number>> = { HIGH: 1_000, STANDARD: 80 };
const COEXISTENCE = 20;
const HANDOVER_MS = 1_200;
const HEAR_EVERY_MS = 200;

export const perSecondOf = (number: PhoneNumber): number =>
  number.coexistence ? COEXISTENCE : (PER_SECOND[number.throughputLevel] ?? 80);

/** Of each second so much is kept for replies and one-time codes while a broadcast goes out. */
const BROADCAST_SHARE = 0.8;

/** The pace of one number in this process. */
export interface Pace {
  second: SlidingSecond;
  /** What broadcasts may use of it. */
  broadcast: SlidingSecond;
  /** On the steady clock; no send before. */
  pausedUntil: number;
  /** When inbound messages were last counted in, on the steady clock. */
  heardAt: number;
}

/**
 * The pace of every number that this process has sent from. One process at a time sends from a number (the lease), so the
 * count is kept in its memory; what was just sent goes to the next one through Redis. Without Redis the next one begins
 * with a full allowance, which may for one second be exceeded; Meta then answers 130429 and we back off.
 */
@Injectable()
export class Throughput {
  private readonly paces = new Map<string, Pace>();
  private readonly me = randomUUID();

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly inbound: InboundTraffic,
  ) {}

  paceOf(number: PhoneNumber): Pace {
    const perSecond = perSecondOf(number);
    let pace = this.paces.get(number.phoneNumberId);
    if (pace?.second.perSecond !== perSecond) {
      const second = new SlidingSecond(perSecond);
      // A level that changes begins as if the old one had just been used up.
      if (pace) second.take(pace.second.perSecond, performance.now());
      const broadcast = new SlidingSecond(Math.max(1, Math.floor(perSecond * BROADCAST_SHARE)));
      pace = { second, broadcast, pausedUntil: pace?.pausedUntil ?? 0, heardAt: pace?.heardAt ?? 0 };
      this.paces.set(number.phoneNumberId, pace);
    }
    return pace;
  }

  /** Counts in what customers wrote; asks a few times a second, and nobody waits for it. */
  hear(number: PhoneNumber, pace: Pace): void {
    const now = performance.now();
    if (now - pace.heardAt < HEAR_EVERY_MS) return;
    pace.heardAt = now;
    void this.inbound.take(number.metaPhoneNumberId).then((messages) => {
      if (messages > 0) pace.second.take(messages, performance.now());
    });
  }

  /** Before the first send under a lease: counts what another process has just sent. */
  async takeOver(number: PhoneNumber): Promise<Pace> {
    const pace = this.paceOf(number);
    const left = await this.redis.get(keyOf(number)).catch(() => null);
    const [by, count] = left?.split(' ') ?? [];
    if (by && by !== this.me) pace.second.take(Number(count), performance.now());
    return pace;
  }

  /** After the last send under a lease. */
  async handOver(number: PhoneNumber): Promise<void> {
    const { second } = this.paceOf(number);
    const used = second.perSecond - second.room(performance.now());
    if (used > 0) await this.redis.set(keyOf(number), `${this.me} ${used}`, 'PX', HANDOVER_MS).catch(() => null);
  }
}

const keyOf = (number: PhoneNumber) => `pace:${number.phoneNumberId}`;
