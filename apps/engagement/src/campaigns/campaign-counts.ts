import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';

/** What is counted of a campaign, by variant. */
export type Counted =
  | 'audience'
  | 'accepted'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'refused'
  | 'retried'
  | 'replied'
  | 'clicked';

export interface Count {
  variant: number;
  what: Counted;
  /** Of what was refused or failed: our reason, or Meta's code. */
  cause: string;
  n: number;
}

/** The one writer of campaigns' counts: progress is a few rows, however many recipients there are. */
@Injectable()
export class CampaignCounts {
  async add(tx: Tx, of: { tenantId: string; campaignId: string }, given: readonly Count[]): Promise<void> {
    const sums = new Map<string, Count>();
    for (const one of given) {
      const key = `${one.variant} ${one.what} ${one.cause}`;
      sums.set(key, { ...one, n: (sums.get(key)?.n ?? 0) + one.n });
    }
    // In one order, so that two who count never wait for each other in a circle.
    const all = [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, sum]) => (sum.n === 0 ? [] : [sum]));
    if (all.length === 0) return;
    await tx.query(
      `INSERT INTO campaign_counts AS c (tenant_id, campaign_id, variant, what, cause, n)
       SELECT $1, $2, g.* FROM unnest($3::smallint[], $4::text[], $5::text[], $6::bigint[]) AS g
       ON CONFLICT (tenant_id, campaign_id, variant, what, cause) DO UPDATE SET n = c.n + excluded.n`,
      [
        of.tenantId,
        of.campaignId,
        all.map((c) => c.variant),
        all.map((c) => c.what),
        all.map((c) => c.cause),
        all.map((c) => c.n),
      ],
    );
  }

  async of(tx: Tx, tenantId: string, campaignIds: readonly string[]): Promise<(Count & { campaignId: string })[]> {
    return tx.query(
      `SELECT campaign_id AS "campaignId", variant, what, cause, n::float8 AS n FROM campaign_counts
        WHERE tenant_id = $1 AND campaign_id = ANY ($2::uuid[]) AND n <> 0 ORDER BY campaign_id, variant, what, cause`,
      [tenantId, campaignIds],
    );
  }
}

/** The sum of what was counted, over variants and causes. */
export const sumOf = (counts: readonly Count[], what: Counted): number =>
  counts.reduce((sum, c) => (c.what === what ? sum + c.n : sum), 0);
