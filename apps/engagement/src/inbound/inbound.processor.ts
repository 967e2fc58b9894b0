import { Process, Processor } from '@nestjs/bull';
import { Injectable } from '@nestjs/common';
import type { Job } from 'bull';
import { Leases } from '#libs/leases';
import { type Lanes, Wake } from '#libs/queues';
import { BATCH, TakeInbound } from './take-inbound.js';

const TRY_AGAIN_MS = 1_000;

/** Drains the lane of a tenant whose customers wrote. */
@Injectable()
@Processor('engagement.inbound')
export class InboundProcessor {
  constructor(
    private readonly wake: Wake,
    private readonly leases: Leases,
    private readonly takeInbound: TakeInbound,
  ) {}

  @Process({ concurrency: 4 })
  process(job: Job<Lanes['engagement.inbound']>): Promise<void> {
    return this.wake.run('engagement.inbound', job, ({ tenantId }) => this.drain(tenantId));
  }

  private async drain(tenantId: string): Promise<number | undefined> {
    const drained = await this.leases.hold(tenantId, 'engagement-inbound', async (stillMine) => {
      while (stillMine()) if ((await this.takeInbound.takeNext(tenantId)) < BATCH) return 'empty';
      return 'more';
    });
    return drained === 'empty' ? undefined : TRY_AGAIN_MS;
  }
}
