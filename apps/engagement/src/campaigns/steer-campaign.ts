import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database, type Tx } from '#libs/persistence';
import { Features } from '#libs/provider-settings';
import { Wake } from '#libs/queues';
import { isSendable } from '#libs/template-state';
import { Audiences } from './audiences.js';
import type { Campaign } from './campaign.js';
import { type CampaignState, canMove } from './campaign-state.js';
import { Campaigns } from './campaigns.js';
import { Recipients } from './recipients.js';
import { mustBeAhead } from './schedule.js';
import { Stand } from './stand.js';

/** Launches, pauses, resumes and cancels. */
@Injectable()
export class SteerCampaign {
  constructor(
    private readonly db: Database,
    private readonly campaigns: Campaigns,
    private readonly audiences: Audiences,
    private readonly recipients: Recipients,
    private readonly stand: Stand,
    private readonly wake: Wake,
    private readonly features: Features,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Freezes the audience as it is now; what follows is the worker's. @throws Refusal */
  async launch(tenantId: string, campaignId: string): Promise<Campaign> {
    this.features.require('campaigns', tenantId);
    const launched = await this.move(tenantId, campaignId, 'freezing', async (tx, campaign) => {
      mustBeAhead(campaign.plan.schedule, this.clock.now());
      const standing = await this.stand.now(tx, campaign);
      const stopped = Object.values(standing.states).find((state) => state === 'missing' || !isSendable(state));
      if (stopped) throw Refusal.conflict(`A template of this campaign is ${stopped}, so it cannot be sent.`);
      const moved = campaign.plan.variants.find((v) => standing.templates[v.templateId]?.category !== v.category);
      if (moved) {
        const now = standing.templates[moved.templateId]?.category;
        throw Refusal.conflict(
          `Meta moved the template ${moved.template} from ${moved.category} to ${now} since it was drafted, and with it ` +
            'its price and the consent that it needs. Save the draft again to accept that.',
        );
      }
      // It may have been drafted for a list first: a contact who stands in it would be taken for one who is frozen.
      if (campaign.audience.kind !== 'list') await this.recipients.unlist(tx, campaign);
      await this.campaigns.settleAudience(tx, campaign, await this.audiences.settled(tx, tenantId, campaign.audience));
      await this.campaigns.stand(tx, campaign, standing);
      await this.campaigns.nameNumbers(tx, campaign);
    });
    void this.wake.lane('engagement.freeze', { tenantId, campaignId });
    return launched;
  }

  /** What is with the gateway already, a few seconds of it, still goes out. @throws Refusal */
  pause(tenantId: string, campaignId: string): Promise<Campaign> {
    return this.move(tenantId, campaignId, 'paused', undefined, { cause: 'by_hand' });
  }

  /** Goes on, and accepts what stopped it: a category, a quality, failures so far. @throws Refusal */
  async resume(tenantId: string, campaignId: string): Promise<Campaign> {
    const resumed = await this.move(tenantId, campaignId, 'running', async (tx, campaign) =>
      this.campaigns.stand(tx, campaign, await this.stand.now(tx, campaign)),
    );
    this.wakeNumbers(resumed);
    return resumed;
  }

  /** For good: its numbers take back what Meta has not got yet. @throws Refusal */
  async cancel(tenantId: string, campaignId: string): Promise<Campaign> {
    const cancelled = await this.move(tenantId, campaignId, 'cancelled');
    this.wakeNumbers(cancelled);
    return cancelled;
  }

  private wakeNumbers({ tenantId, campaignId, plan }: Campaign): void {
    for (const phoneNumberId of plan.phoneNumberIds) {
      void this.wake.lane('engagement.campaign', { tenantId, campaignId, phoneNumberId });
    }
  }

  private move(
    tenantId: string,
    campaignId: string,
    to: CampaignState,
    before?: (tx: Tx, campaign: Campaign) => Promise<void>,
    why?: { cause: string },
  ): Promise<Campaign> {
    return this.db.inTenant(tenantId, async (tx) => {
      const campaign = await this.campaigns.find(tx, tenantId, campaignId, 'update');
      if (!campaign) throw Refusal.notFound('campaign');
      // Only a paused one is resumed by hand: the worker alone takes up one that it had finished or is freezing.
      const may = to === 'running' ? campaign.state === 'paused' : canMove(campaign.state, to);
      if (!may) throw Refusal.conflict(`This campaign is ${campaign.state}, so that is not possible.`);
      await before?.(tx, campaign);
      return (await this.campaigns.move(tx, tenantId, campaignId, to, why)) as Campaign;
    });
  }
}
