import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A script that Redis runs by its digest, and is told in full when it does not know it, as after a restart. */
export class RedisScript {
  private readonly digest: string;

  constructor(private readonly text: string) {
    this.digest = createHash('sha1').update(text).digest('hex');
  }

  /** @returns what the script returns: text and whole numbers */
  async run<T>(redis: Redis, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<T> {
    try {
      return (await redis.evalsha(this.digest, keys.length, ...keys, ...args)) as T;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return (await redis.eval(this.text, keys.length, ...keys, ...args)) as T;
    }
  }
}
