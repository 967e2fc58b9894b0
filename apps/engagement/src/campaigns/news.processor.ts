import { Process, Processor } from '@nestjs/bull';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job } from 'bull';
import { Leases } from '#libs/leases';
import { Database } from '#libs/persistence';
import { type Lanes, Sweeper, Wake } from '#libs/queues';
import { FollowNews, NEWS } from './follow-news.js';

/** News comes from a trigger, which wakes nobody: so long may progress lag behind. */
const SWEEP_MS = 1_000;

/** Drains the lane of a tenant whose campaigns have news. */
@Injectable()
@Processor('engagement.campaign-news')
export class NewsProcessor implements OnApplicationBootstrap {
  constructor(
    private readonly wake: Wake,
    private readonly leases: Leases,
    private readonly followNews: FollowNews,
    private readonly db: Database,
    private readonly sweeper: Sweeper,
  ) {}

  @Process({ concurrency: 2 })
  process(job: Job<Lanes['engagement.campaign-news']>): Promise<void> {
    return this.wake.run('engagement.campaign-news', job, ({ tenantId }, turn) =>
      this.leases.drain(
        tenantId,
        'engagement-campaign-news',
        turn,
        async () => (await this.followNews.takeNext(tenantId)) >= NEWS,
      ),
    );
  }

  onApplicationBootstrap(): void {
    this.sweeper.every('engagement.campaign-news', SWEEP_MS, () =>
      this.db.query('SELECT tenant_id AS "tenantId" FROM door_tenants_with_campaign_news()'),
    );
  }
}
