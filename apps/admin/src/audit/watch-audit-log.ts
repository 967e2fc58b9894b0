import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Periodic, REDIS } from '#libs/queues';
import { headOfAuditLog, wentThrough } from '#libs/staff';

const EVERY_MS = 30_000;
const KEY = 'audit-log:end';

/**
 * Keeps witnesses of the audit log's end outside PostgreSQL: a line in our log, which is shipped elsewhere, and a place in
 * Redis. A log that is no longer what it was is reported within half a minute, also when all of the database went back and
 * has grown since.
 */
@Injectable()
export class WatchAuditLog implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly periodic: Periodic,
    @Inject(REDIS) private readonly redis: Redis,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('audit-log', EVERY_MS, async () => {
      await this.look();
    });
  }

  /** Compares the end of the log with what was seen before, and remembers it. */
  async look(): Promise<'grown' | 'same' | 'another'> {
    const seen = await this.redis.get(KEY);
    const { head, isKept } = await this.db.asStaff(async (tx) => ({
      head: await headOfAuditLog(tx),
      isKept: seen === null || (await wentThrough(tx, seen)),
    }));
    if (!isKept) {
      this.logger.error(
        { seen, head },
        'the audit log lost entries: where it ended before there is another one, or none',
      );
      return 'another';
    }
    if (head === seen) return 'same';
    this.logger.info({ head }, 'the audit log ends here; npm run audit:verify -- --expect takes it');
    await this.redis.set(KEY, head);
    return 'grown';
  }
}
