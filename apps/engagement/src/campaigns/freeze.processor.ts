import { Process, Processor } from '@nestjs/bull';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { Leases } from '#libs/leases';
import { Database } from '#libs/persistence';
import { type Lanes, Sweeper, type Turn, Wake } from '#libs/queues';
import { FreezeAudience } from './freeze-audience.js';

const TRY_AGAIN_MS = 1_000;
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
    return this.wake.run('engagement.freeze', job, (lane, turn) => this.drain(lane, turn));
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('engagement.freeze', SWEEP_MS, () =>
      this.db.query('SELECT tenant_id AS "tenantId", campaign_id AS "campaignId" FROM door_campaigns_freezing()'),
    );
  }

  private async drain({ tenantId, campaignId }: Lanes['engagement.freeze'], turn: Turn): Promise<number | undefined> {
    const frozen = await this.leases.hold(tenantId, `engagement-freeze:${campaignId}`, async (stillMine) => {
      while (stillMine() && !turn.isOver()) {
        const after = await this.freezeAudience.freezeNext(tenantId, campaignId);
        if (after === 'more') continue;
        for (const phoneNumberId of after?.state === 'running' ? after.plan.phoneNumberIds : []) {
          void this.wake.lane('engagement.campaign', { tenantId, campaignId, phoneNumberId });
        }
        return 'all';
      }
      return 'more';
    });
    if (frozen === 'all') return undefined;
    return turn.isOver() ? 0 : TRY_AGAIN_MS;
  }
}
