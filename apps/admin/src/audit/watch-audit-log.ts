import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Periodic, REDIS } from '#libs/queues';
import { headOfAuditLog } from '#libs/staff';

const EVERY_MS = 30_000;
const KEY = 'audit-log:end';

/**
 * Keeps witnesses of the audit log's end outside PostgreSQL: a line in our log, which is shipped elsewhere, and a place in
 * Redis. A log that is shorter than it was is reported within half a minute, also when all of the database went back.
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
  async look(): Promise<'grown' | 'same' | 'shorter'> {
    const seen = await this.redis.get(KEY);
    const head = await this.db.asStaff((tx) => headOfAuditLog(tx));
    if (head === seen) return 'same';
    if (seen && placeOf(head) <= placeOf(seen)) {
      this.logger.error({ seen, head }, 'the audit log lost entries: it ended further on before');
      return 'shorter';
    }
    this.logger.info({ head }, 'the audit log ends here; npm run audit:verify -- --expect takes it');
    await this.redis.set(KEY, head);
    return 'grown';
  }
}

const placeOf = (head: string): number => Number(head.split(':')[0]);
