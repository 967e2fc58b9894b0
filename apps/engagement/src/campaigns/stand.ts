import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { Wabas } from '#libs/wabas';
import type { Campaign } from './campaign.js';
import { CampaignCounts, sumOf } from './campaign-counts.js';
import type { StandingNow } from './reason-to-pause.js';

/** Looks at everything that may stop a campaign. */
@Injectable()
export class Stand {
  constructor(
    private readonly templates: Templates,
    private readonly wabas: Wabas,
    private readonly counts: CampaignCounts,
  ) {}

  async now(tx: Tx, { tenantId, campaignId, wabaId, plan }: Campaign): Promise<StandingNow> {
    const states: Record<string, StandingNow['states'][string]> = {};
    const templates: Record<string, { category: string; quality: string }> = {};
    for (const { template: name, language, templateId } of plan.variants) {
      const template = await this.templates.find(tx, tenantId, { wabaId, name, language });
      states[templateId] = template?.status ?? 'missing';
      if (template) templates[templateId] = { category: template.category, quality: template.quality };
    }
    const numbers: Record<string, string> = {};
    for (const phoneNumberId of plan.phoneNumberIds) {
      numbers[phoneNumberId] =
        (await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId }))?.qualityRating ?? 'UNKNOWN';
    }
    const counts = await this.counts.of(tx, tenantId, [campaignId]);
    return { states, templates, numbers, failed: sumOf(counts, 'failed'), delivered: sumOf(counts, 'delivered') };
  }
}
