import { Process, Processor } from '@nestjs/bull';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { Leases } from '#libs/leases';
import { Database } from '#libs/persistence';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { BATCH, TakeInbound } from './take-inbound.js';

const SWEEP_MS = 5_000;

/** Drains the lane of a tenant whose customers wrote. */
@Injectable()
@Processor('engagement.inbound')
export class InboundProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly wake: Wake,
    private readonly leases: Leases,
    private readonly takeInbound: TakeInbound,
    private readonly db: Database,
    private readonly sweeper: Sweeper,
  ) {}

  @Process({ concurrency: 4 })
  process(job: Job<Lanes['engagement.inbound']>): Promise<void> {
    return this.wake.run('engagement.inbound', job, ({ tenantId }, turn) =>
      this.leases.drain(
        tenantId,
        'engagement-inbound',
        turn,
        async () => (await this.takeInbound.takeNext(tenantId)) >= BATCH,
      ),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('engagement.inbound', SWEEP_MS, () =>
      this.db.query('SELECT tenant_id AS "tenantId" FROM door_tenants_with_unseen()'),
    );
  }
}
