import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';

const DAILY_MS = 86_400_000;

/** Makes the months to come their own partitions; rows of a month without one wait in the default partition. */
@Injectable()
export class PartitionUpkeep implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('partition upkeep', DAILY_MS, () => this.look());
  }

  async look(): Promise<void> {
    await this.db.query('SELECT paloma_partition_ahead($1)', [this.clock.now()]);
  }
}
