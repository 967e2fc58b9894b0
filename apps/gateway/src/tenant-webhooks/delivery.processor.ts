import { Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { Delivery } from './delivery.js';

const SWEEP_MS = 5_000;

/** Unwraps the wake of an endpoint, and wakes the endpoints that Redis forgot. */
@Injectable()
@Processor('gateway.deliver')
export class DeliveryProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly delivery: Delivery,
    private readonly db: Database,
    private readonly wake: Wake,
    private readonly sweeper: Sweeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Process({ concurrency: 16 })
  process(job: Job<Lanes['gateway.deliver']>): Promise<void> {
    return this.wake.run('gateway.deliver', job, (lane, turn) => this.delivery.drain(lane, turn));
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('gateway.deliver', SWEEP_MS, () =>
      this.db.query(
        'SELECT tenant_id AS "tenantId", endpoint_id AS "endpointId" FROM door_endpoints_with_deliveries($1)',
        [this.clock.now()],
      ),
    );
  }
}
