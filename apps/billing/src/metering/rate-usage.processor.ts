import { Process, Processor } from '@nestjs/bull';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { Leases } from '#libs/leases';
import { Database } from '#libs/persistence';
import { type Gathering, type Lanes, Sweeper, type Turn, Wake } from '#libs/queues';
import { BATCH, RateUsage } from './rate-usage.js';

const SWEEP_MS = 5_000;
/** So long facts gather at a tenant that had no more of them, while it is at work. */
const GATHERING: Gathering = { times: 4, least: 0, most: 500 };

/** Drains the lane of a tenant whose delivered messages wait to be rated. */
@Injectable()
@Processor('billing.rate')
export class RateUsageProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly wake: Wake,
    private readonly leases: Leases,
    private readonly rateUsage: RateUsage,
    private readonly db: Database,
    private readonly sweeper: Sweeper,
  ) {}

  @Process({ concurrency: 4 })
  process(job: Job<Lanes['billing.rate']>): Promise<void> {
    return this.wake.run('billing.rate', job, ({ tenantId }, turn) =>
      this.leases.drain(tenantId, 'rate', turn, () => this.rateNext(tenantId, turn)),
    );
  }

  /** @returns whether there may be more */
  private async rateNext(tenantId: string, turn: Turn): Promise<boolean> {
    const from = performance.now();
    const taken = await this.rateUsage.rateNext(tenantId);
    if (taken > 0 && taken < BATCH) await turn.rest(performance.now() - from, GATHERING);
    return taken > 0;
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('billing.rate', SWEEP_MS, () =>
      this.db.query('SELECT tenant_id AS "tenantId" FROM door_tenants_to_rate()'),
    );
  }
}
