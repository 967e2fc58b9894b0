import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { loadConfig } from '#libs/config';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';

const DAILY_MS = 86_400_000;

/**
 * Makes the months to come their own partitions; rows of a month without one wait in the default partition. Drops months
 * of raw webhooks, tenants' events and their posts once all of a month is older than RETENTION_DAYS, unless an event of it
 * is still to be applied. What is parked of a tenant's outlives its month until it is settled.
 */
@Injectable()
export class PartitionUpkeep implements OnApplicationBootstrap {
  private readonly keptMs = loadConfig(['RETENTION_DAYS']).RETENTION_DAYS * DAILY_MS;

  constructor(
    private readonly db: Database,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('partition upkeep', DAILY_MS, () => this.look());
    this.periodic.every('retention', DAILY_MS, () => this.forget());
  }

  async look(): Promise<void> {
    await this.db.query('SELECT paloma_partition_ahead($1)', [this.clock.now()]);
  }

  async forget(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - this.keptMs);
    const dropped = await this.db.query<{ name: string }>('SELECT name FROM paloma_forget_before($1) AS name', [
      before,
    ]);
    if (dropped.length > 0) this.logger.info({ partitions: dropped.map((d) => d.name) }, 'old events were dropped');
  }
}
