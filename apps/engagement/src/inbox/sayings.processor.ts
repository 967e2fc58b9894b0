import { Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { Database } from '#libs/persistence';
import { type Lanes, Sweeper, type Turn, Wake } from '#libs/queues';
import { SayNext } from './say-next.js';

const TRY_AGAIN_MS = 1_000;
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
    return this.wake.run('engagement.sayings', job, ({ tenantId }, turn) => this.drain(tenantId, turn));
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('engagement.sayings', SWEEP_MS, () =>
      this.db.query('SELECT tenant_id AS "tenantId" FROM door_tenants_with_sayings($1)', [this.clock.now()]),
    );
  }

  private async drain(tenantId: string, turn: Turn): Promise<number | undefined> {
    const drained = await this.leases.hold(tenantId, 'engagement-sayings', async (stillMine) => {
      while (stillMine() && !turn.isOver()) if ((await this.next.sayNext(tenantId)) === 0) return 'empty';
      return 'more';
    });
    if (drained === 'empty') return undefined;
    return turn.isOver() ? 0 : TRY_AGAIN_MS;
  }
}
