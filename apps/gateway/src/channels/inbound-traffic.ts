import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { REDIS } from '#libs/queues';

const SECOND_MS = 1_000;

/**
 * What customers write counts into a number's throughput as what it sends does (Meta, throughput page of 2025-11-21). It
 * is counted where webhooks arrive and taken by the number's dispatcher; without Redis only what is sent counts, and Meta
 * answers 130429.
 */
@Injectable()
export class InboundTraffic {
  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  /** Messages of customers have just arrived. Nobody waits for the counting. */
  saw(metaPhoneNumberId: string, messages: number): void {
    const key = keyOf(metaPhoneNumberId);
    void this.redis
      .multi()
      .incrby(key, messages)
      .pexpire(key, SECOND_MS)
      .exec()
      .catch(() => {});
  }

  /** How many arrived lately that were not taken before. */
  async take(metaPhoneNumberId: string): Promise<number> {
    return Number(await this.redis.getdel(keyOf(metaPhoneNumberId)).catch(() => 0));
  }
}

const keyOf = (metaPhoneNumberId: string) => `inbound:${metaPhoneNumberId}`;
