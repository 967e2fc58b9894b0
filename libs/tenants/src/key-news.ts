import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { REDIS } from '#libs/queues';

/** Not under the prefix of keys: Redis channels are shared by all installations of a server, and names of ours are UUIDs. */
const CHANNEL = 'paloma:api-keys';

/**
 * Tells every process that a key has changed, so that none goes on believing what it remembers. Redis may be away: then
 * what is remembered ends by itself within seconds.
 */
@Injectable()
export class KeyNews implements OnApplicationShutdown {
  private listener: Redis | undefined;

  constructor(@Inject(REDIS) private readonly redis: Redis) {}

  async tell(apiKeyId: string): Promise<void> {
    await this.redis.publish(CHANNEL, apiKeyId).catch(() => 0);
  }

  hear(changed: (apiKeyId: string) => void): void {
    this.listener ??= this.redis.duplicate({ maxRetriesPerRequest: null });
    this.listener.on('message', (_, apiKeyId: string) => changed(apiKeyId));
    this.listener.on('error', () => {});
    void this.listener.subscribe(CHANNEL).catch(() => {});
  }

  onApplicationShutdown(): void {
    this.listener?.disconnect();
  }
}
