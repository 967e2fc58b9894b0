import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { Refusal } from '#libs/http';
import { LOGGER } from '#libs/observability';
import { REDIS } from '#libs/queues';

interface Limit {
  /** Attempts that nobody waits for. */
  free: number;
  /** After them one attempt per delay, which doubles from a second up to this. */
  longestMs: number;
}

/**
 * Someone who guesses one address's password waits longer and longer; so does a source that guesses many addresses. No
 * limit counts an address alone, so nobody can lock its owner out from elsewhere.
 */
const BY_ADDRESS_AND_SOURCE: Limit = { free: 5, longestMs: 15 * 60_000 };
const BY_SOURCE: Limit = { free: 60, longestMs: 60_000 };
const FORGET_AFTER_MS = 24 * 3_600_000;

/** A provider gives a home one IPv6 network of 64 bits, so its hosts are one source. */
export const sourceOf = (ip: string): string =>
  ip.includes(':') && !ip.startsWith('::ffff:') ? ip.split(':').slice(0, 4).join(':') : ip.replace('::ffff:', '');

export const delayMs = (attempt: number, { free, longestMs }: Limit): number =>
  attempt <= free ? 0 : Math.min(1_000 * 2 ** Math.min(attempt - free - 1, 30), longestMs);

/** Slows guessing down. Redis keeps the counts; without it nobody is slowed, and the hash of passwords is slow by itself. */
@Injectable()
export class SignInThrottle {
  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Call before an attempt; it counts as failed until `succeeded`.
   *
   * @throws Refusal 429 with the seconds to wait, counted as nothing
   */
  async attempt(what: string, address: string, ip: string): Promise<void> {
    const source = sourceOf(ip);
    const waitMs =
      (await this.take(keyOf(what, address.toLowerCase(), source), BY_ADDRESS_AND_SOURCE)) ??
      (await this.take(keyOf(what, '', source), BY_SOURCE));
    if (waitMs === undefined) return;
    this.logger.warn({ ip, what, waitMs }, 'attempts are slowed down');
    throw new Refusal(429, 'slow_down', 'There were too many attempts. Wait a little, then try again.', {
      retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)),
    });
  }

  async succeeded(what: string, address: string, ip: string): Promise<void> {
    const source = sourceOf(ip);
    const keys = [keyOf(what, address.toLowerCase(), source), keyOf(what, '', source)];
    await this.redis.del(keys[0] as string, `${keys[0]}:wait`).catch(() => 0);
    // One good sign-in does not excuse a source for its guesses at others; it just does not count as one.
    await this.redis.decr(keys[1] as string).catch(() => 0);
  }

  /** @returns milliseconds to wait, absent when the attempt may be made */
  private async take(key: string, limit: Limit): Promise<number | undefined> {
    try {
      const attempt = await this.redis.incr(key);
      await this.redis.pexpire(key, FORGET_AFTER_MS);
      const delay = delayMs(attempt, limit);
      // Whoever sets the wait may try; all others, also those at the same moment, are asked to come later.
      if (delay === 0 || (await this.redis.set(`${key}:wait`, '1', 'PX', delay, 'NX'))) return undefined;
      await this.redis.decr(key);
      return await this.redis.pttl(`${key}:wait`);
    } catch {
      return undefined;
    }
  }
}

const keyOf = (what: string, address: string, source: string): string =>
  `throttle:${createHash('sha256').update(`${what}\n${address}\n${source}`).digest('base64url')}`;
