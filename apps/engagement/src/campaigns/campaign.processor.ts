import { Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { CLOCK, type Clock } from '#libs/clock';
import { Leases } from '#libs/leases';
import { Database } from '#libs/persistence';
import { type Lanes, Sweeper, type Turn, Wake } from '#libs/queues';
import { HandOver } from './hand-over.js';

const TRY_AGAIN_MS = 1_000;
const SWEEP_MS = 2_000;

/** Drains the lane of a number that sends for a campaign. */
@Injectable()
@Processor('engagement.campaign')
export class CampaignProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly wake: Wake,
    private readonly leases: Leases,
    private readonly handOver: HandOver,
    private readonly db: Database,
    private readonly sweeper: Sweeper,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Process({ concurrency: 8 })
  process(job: Job<Lanes['engagement.campaign']>): Promise<void> {
    return this.wake.run('engagement.campaign', job, (lane, turn) => this.drain(lane, turn));
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('engagement.campaign', SWEEP_MS, () =>
      this.db.query(
        `SELECT tenant_id AS "tenantId", campaign_id AS "campaignId", phone_number_id AS "phoneNumberId"
           FROM door_campaigns_due($1)`,
        [this.clock.now()],
      ),
    );
  }

  private async drain(lane: Lanes['engagement.campaign'], turn: Turn): Promise<number | undefined> {
    const name = `engagement-campaign:${lane.campaignId}:${lane.phoneNumberId}`;
    const again = await this.leases.hold(lane.tenantId, name, async (stillMine) => {
      while (stillMine() && !turn.isOver()) {
        const next = await this.handOver.next(lane);
        if (next !== 0) return next;
      }
      return turn.isOver() ? 0 : TRY_AGAIN_MS;
    });
    return again === 'held-by-another' ? TRY_AGAIN_MS : again;
  }
}
