import { Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { Database } from '#libs/persistence';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { DueBots } from './due-bots.js';

const SWEEP_MS = 2_000;

/** Does what bots have to do at a time. */
@Injectable()
@Processor('engagement.bots')
export class BotsProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly wake: Wake,
    private readonly leases: Leases,
    private readonly due: DueBots,
    private readonly db: Database,
    private readonly sweeper: Sweeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Process({ concurrency: 8 })
  process(job: Job<Lanes['engagement.bots']>): Promise<void> {
    return this.wake.run('engagement.bots', job, ({ tenantId }, turn) =>
      this.leases.drain(tenantId, 'engagement-bots', turn, async () => (await this.due.next(tenantId)).more),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('engagement.bots', SWEEP_MS, () =>
      this.db.query('SELECT tenant_id AS "tenantId" FROM door_tenants_with_due_runs($1)', [this.clock.now()]),
    );
  }
}
