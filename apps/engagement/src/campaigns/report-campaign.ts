import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { metaError } from '#libs/error-catalogue';
import { originOf } from '#libs/gateway-client';
import { firstIdAt } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import { ServiceCalls, ServiceUnreachable } from '#libs/service-calls';
import type { Campaign } from './campaign.js';
import { ProgressResponse } from './campaign.response.js';
import { CampaignCounts, type Count } from './campaign-counts.js';
import type { CauseResponse, CostResponse, ReportResponse } from './report.response.js';

/** What a campaign did, by variant, with causes and cost. */
@Injectable()
export class ReportCampaign {
  constructor(
    private readonly db: Database,
    private readonly counts: CampaignCounts,
    private readonly calls: ServiceCalls,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(campaign: Campaign): Promise<ReportResponse> {
    const { tenantId, campaignId, plan } = campaign;
    const { counts, optedOut } = await this.db.inTenant(tenantId, async (tx) => ({
      counts: await this.counts.of(tx, tenantId, [campaignId]),
      optedOut: await this.optedOut(tx, campaign),
    }));
    return {
      ...ProgressResponse.of(counts),
      opted_out: optedOut,
      variants: plan.variants.map(({ name, template }, i) => ({
        name,
        template,
        ...ProgressResponse.of(counts.filter((c) => c.variant === i)),
      })),
      failures: causesOf(counts, 'failed'),
      refusals: causesOf(counts, 'refused'),
      cost: await this.cost(campaign),
    };
  }

  /** Recipients who withdrew their consent since their message was sent, and did not give it back. Few ever do. */
  private async optedOut(tx: Tx, { tenantId, campaignId, launchedAt }: Campaign): Promise<number> {
    if (!launchedAt) return 0;
    const [row]: { n: number }[] = await tx.query(
      `SELECT count(*)::int AS n FROM consent_states s
         JOIN campaign_recipients r ON r.tenant_id = s.tenant_id AND r.campaign_id = $2 AND r.line = s.line
        WHERE s.tenant_id = $1 AND s.purpose = 'marketing' AND s.state = 'withdrawn' AND s.record_id >= $3
          AND r.state = 'accepted' AND paloma_first_id(s.at) > r.message_id`,
      [tenantId, campaignId, firstIdAt(launchedAt)],
    );
    return row?.n ?? 0;
  }

  /** By billing's own books: what was charged for messages of this campaign so far; null while billing does not answer. */
  private async cost({ tenantId, campaignId, launchedAt }: Campaign): Promise<CostResponse[] | null> {
    if (!launchedAt) return [];
    // Charges stand on local days of the account, which may be a day off on either side.
    const from = new Date(launchedAt.getTime() - 86_400_000).toISOString().slice(0, 10);
    const to = new Date(this.clock.now().getTime() + 86_400_000).toISOString().slice(0, 10);
    const campaign = encodeURIComponent(originOf({ kind: 'campaign', id: campaignId }));
    const path = `/api/v1/usage?from=${from}&to=${to}&by=category&campaign=${campaign}`;
    try {
      const call = { app: 'engagement', tenantId } as const;
      const { data } = (await this.calls.call('billing', call, 'GET', path)) as { data: CostResponse[] };
      return data;
    } catch (error) {
      if (error instanceof ServiceUnreachable) return null;
      throw error;
    }
  }
}

function causesOf(counts: readonly Count[], what: 'failed' | 'refused'): CauseResponse[] {
  const sums = new Map<string, number>();
  for (const c of counts) if (c.what === what) sums.set(c.cause, (sums.get(c.cause) ?? 0) + c.n);
  return [...sums]
    .filter(([, n]) => n > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([cause, n]) => {
      const known = what === 'failed' && /^\d+$/.test(cause) ? metaError(Number(cause)) : undefined;
      return { cause, messages: n, ...(known ? { meaning: known.meaning, advice: known.advice } : {}) };
    });
}
