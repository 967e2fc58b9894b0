import { Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { Database } from '#libs/persistence';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { SayNext } from './say-next.js';

const SWEEP_MS = 5_000;

/** Drains what Paloma says by itself for one tenant, in order. */
@Injectable()
@Processor('engagement.sayings')
export class SayingsProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly wake: Wake,
    private readonly leases: Leases,
    private readonly next: SayNext,
    private readonly db: Database,
    private readonly sweeper: Sweeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Process({ concurrency: 8 })
  process(job: Job<Lanes['engagement.sayings']>): Promise<void> {
    return this.wake.run('engagement.sayings', job, ({ tenantId }, turn) =>
      this.leases.drain(tenantId, 'engagement-sayings', turn, async () => (await this.next.sayNext(tenantId)) > 0),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('engagement.sayings', SWEEP_MS, () =>
      this.db.query('SELECT tenant_id AS "tenantId" FROM door_tenants_with_sayings($1)', [this.clock.now()]),
    );
  }
}
