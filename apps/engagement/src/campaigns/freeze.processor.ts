import { Process, Processor } from '@nestjs/bull';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { Leases } from '#libs/leases';
import { Database } from '#libs/persistence';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { FreezeAudience } from './freeze-audience.js';

const SWEEP_MS = 5_000;

/** Freezes the audience of a campaign that was launched. */
@Injectable()
@Processor('engagement.freeze')
export class FreezeProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly wake: Wake,
    private readonly leases: Leases,
    private readonly freezeAudience: FreezeAudience,
    private readonly db: Database,
    private readonly sweeper: Sweeper,
  ) {}

  @Process({ concurrency: 2 })
  process(job: Job<Lanes['engagement.freeze']>): Promise<void> {
    return this.wake.run('engagement.freeze', job, (lane, turn) =>
      this.leases.drain(lane.tenantId, `engagement-freeze:${lane.campaignId}`, turn, () => this.freezeNext(lane)),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('engagement.freeze', SWEEP_MS, () =>
      this.db.query('SELECT tenant_id AS "tenantId", campaign_id AS "campaignId" FROM door_campaigns_freezing()'),
    );
  }

  /** @returns whether there may be more to freeze */
  private async freezeNext({ tenantId, campaignId }: Lanes['engagement.freeze']): Promise<boolean> {
    const after = await this.freezeAudience.freezeNext(tenantId, campaignId);
    if (after === 'more') return true;
    for (const phoneNumberId of after?.state === 'running' ? after.plan.phoneNumberIds : []) {
      void this.wake.lane('engagement.campaign', { tenantId, campaignId, phoneNumberId });
    }
    return false;
  }
}
