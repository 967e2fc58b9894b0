import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { loadConfig } from '#libs/config';
import { REDIS } from '#libs/queues';
import type { PhoneNumber } from '#libs/wabas';
import { InboundTraffic } from '../channels/inbound-traffic.js';
import { seenPace, showPace } from '../channels/pace-board.js';
import { Pace } from './pace.js';

/** Messages a second (throughput page of 2025-11-21); a number that Meta upgraded has its own, one in coexistence too. */
const STANDARD = 80;
const COEXISTENCE = 20;
const HANDOVER_MS = 1_200;
const HEAR_EVERY_MS = 200;

/** @param high what a number of level HIGH may send in a second */
export const perSecondOf = (number: PhoneNumber, high: number): number => {
  if (number.coexistence) return COEXISTENCE;
  return number.throughputLevel === 'HIGH' ? high : STANDARD;
};

// What the process that had the number before says it has just sent, and for how many ms Redis has kept what it is told:
// one that was flushed within the last second may have lost what it was told.
const TAKE_OVER = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', KEYS[2], string.format('%.0f', now), 'NX')
return {redis.call('GET', KEYS[1]), now - tonumber(redis.call('GET', KEYS[2]))}`;
const REMEMBERS_SINCE = 'pace-remembered-since';

/**
 * The pace of every number that this process has sent from. One process at a time sends from a number (the lease), so the
 * count is kept in its memory; what was just sent goes to the next one through Redis. Where Redis cannot say, the next
 * one begins as if the whole allowance had just been used. After a process that was killed nothing was just sent: its
 * lease runs out three seconds after its last send at the earliest.
 */
@Injectable()
export class Throughput {
  private readonly paces = new Map<string, Pace>();
  private readonly me = randomUUID();
  private readonly high = loadConfig(['META_HIGH_THROUGHPUT']).META_HIGH_THROUGHPUT;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly inbound: InboundTraffic,
  ) {}

  paceOf(number: PhoneNumber): Pace {
    const perSecond = perSecondOf(number, this.high);
    let pace = this.paces.get(number.phoneNumberId);
    if (!pace) {
      pace = new Pace(perSecond);
      this.paces.set(number.phoneNumberId, pace);
    }
    if (pace.second.perSecond !== perSecond) pace.allow(perSecond);
    return pace;
  }

  /** Counts in what customers wrote and shows the pace, a few times a second, and nobody waits for it. */
  hear(number: PhoneNumber, pace: Pace): void {
    const now = performance.now();
    if (now - pace.heardAt < HEAR_EVERY_MS) return;
    pace.heardAt = now;
    this.show(number, pace);
    void this.inbound.take(number.metaPhoneNumberId).then((messages) => {
      if (messages > 0) pace.second.count(messages, performance.now());
    });
  }

  /** Before the first send under a lease: counts what another process has just sent, and rests as long as that had to. */
  async takeOver(number: PhoneNumber): Promise<Pace> {
    const pace = this.paceOf(number);
    const { perSecond } = pace.second;
    try {
      const [answer, { pausedForMs }] = await Promise.all([
        this.redis.eval(TAKE_OVER, 2, keyOf(number), REMEMBERS_SINCE),
        seenPace(this.redis, number.phoneNumberId),
      ]);
      pace.restAsToldBy(pausedForMs, performance.now());
      const [left, remembersMs] = answer as [string | null, number];
      const [by, count] = left?.split(' ') ?? [];
      if (by && by !== this.me) pace.second.count(Number(count), performance.now());
      else if (!by && remembersMs < HANDOVER_MS) pace.second.count(perSecond, performance.now());
    } catch {
      pace.second.count(perSecond, performance.now());
    }
    return pace;
  }

  /** After the last send under a lease. What Redis cannot be told, the next process must not need to know. */
  async handOver(number: PhoneNumber): Promise<void> {
    const pace = this.paceOf(number);
    const { second } = pace;
    this.show(number, pace);
    const used = second.perSecond - second.room(performance.now());
    if (used === 0) return;
    await this.redis
      .set(keyOf(number), `${this.me} ${used}`, 'PX', HANDOVER_MS)
      .catch(() => new Promise<void>((resolve) => setTimeout(resolve, HANDOVER_MS)));
  }

  private show({ phoneNumberId }: PhoneNumber, { second, pausedUntil }: Pace): void {
    const now = performance.now();
    showPace(this.redis, phoneNumberId, {
      used: second.perSecond - second.room(now),
      pausedForMs: pausedUntil - now,
    });
  }
}

const keyOf = (number: PhoneNumber) => `pace:${number.phoneNumberId}`;
