import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';
import { CampaignCounts, type Count } from './campaign-counts.js';
import { Campaigns } from './campaigns.js';
import { didNotArrive, mayArriveLater, reachedBy, stepsPassed } from './funnel.js';

/** News of one transaction. */
export const NEWS = 1_000;
/** A message that failed for a reason that passes is sent anew so long after. */
const AGAIN_MS = 24 * 3_600_000;

interface News {
  messageId: string;
  status: string;
  code: string | null;
}
interface Followed {
  campaignId: string;
  line: string;
  messageId: string;
  phoneNumberId: string;
  variant: number;
  state: string;
  reached: number;
  tries: number;
  cause: string | null;
}
interface Moved extends Followed {
  sendAfter: Date | null;
}

/** Takes in what became of campaigns' messages: progress, failures by cause, and who is tried again. */
@Injectable()
export class FollowNews {
  constructor(
    private readonly db: Database,
    private readonly campaigns: Campaigns,
    private readonly counts: CampaignCounts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns how much news was taken; fewer than NEWS when no more is left */
  async takeNext(tenantId: string): Promise<number> {
    return this.db.inTenant(tenantId, async (tx) => {
      const news = await this.takeNews(tx, tenantId);
      const byMessage = new Map<string, News[]>();
      for (const one of news) byMessage.set(one.messageId, [...(byMessage.get(one.messageId) ?? []), one]);
      const held: Followed[] = await tx.query(
        `SELECT campaign_id AS "campaignId", line, message_id AS "messageId", phone_number_id AS "phoneNumberId", variant,
                state, reached, tries, cause FROM campaign_recipients
          WHERE tenant_id = $1 AND message_id = ANY ($2::uuid[]) ORDER BY campaign_id, line FOR UPDATE`,
        [tenantId, [...byMessage.keys()]],
      );
      const plans = new Map<string, { retries: number }>();
      for (const id of new Set(held.map((h) => h.campaignId))) {
        plans.set(id, { retries: (await this.campaigns.find(tx, tenantId, id))?.plan.retries ?? 0 });
      }
      const counts = new Map<string, Count[]>();
      const moved = held.map((one) => {
        const counted: Count[] = [];
        const retries = plans.get(one.campaignId)?.retries ?? 0;
        const after = follow(one, byMessage.get(one.messageId) ?? [], retries, this.clock.now(), counted);
        counts.set(one.campaignId, [...(counts.get(one.campaignId) ?? []), ...counted]);
        return after;
      });
      await this.save(tx, tenantId, moved);
      for (const [campaignId, counted] of [...counts].sort())
        await this.counts.add(tx, { tenantId, campaignId }, counted);
      await this.sendAgain(tx, tenantId, moved);
      return news.length;
    });
  }

  private async takeNews(tx: Tx, tenantId: string): Promise<News[]> {
    return tx.query(
      `WITH next AS (
         SELECT message_id, status FROM campaign_news WHERE tenant_id = $1
          ORDER BY message_id, status LIMIT $2 FOR UPDATE SKIP LOCKED),
       gone AS (
         DELETE FROM campaign_news n USING next
          WHERE n.tenant_id = $1 AND n.message_id = next.message_id AND n.status = next.status
         RETURNING n.message_id, n.status, n.code)
       SELECT message_id AS "messageId", status, code FROM gone`,
      [tenantId, NEWS],
    );
  }

  private async save(tx: Tx, tenantId: string, moved: readonly Moved[]): Promise<void> {
    if (moved.length === 0) return;
    await tx.query(
      `UPDATE campaign_recipients r
          SET state = g.state, reached = g.reached, tries = g.tries, cause = g.cause,
              send_after = coalesce(g.send_after, r.send_after),
              message_id = CASE WHEN g.state = 'waiting' THEN NULL ELSE r.message_id END
         FROM unnest($2::uuid[], $3::text[], $4::text[], $5::smallint[], $6::smallint[], $7::text[], $8::timestamptz[])
           AS g(campaign_id, line, state, reached, tries, cause, send_after)
        WHERE r.tenant_id = $1 AND r.campaign_id = g.campaign_id AND r.line = g.line`,
      [
        tenantId,
        moved.map((m) => m.campaignId),
        moved.map((m) => m.line),
        moved.map((m) => m.state),
        moved.map((m) => m.reached),
        moved.map((m) => m.tries),
        moved.map((m) => m.cause),
        moved.map((m) => m.sendAfter),
      ],
    );
  }

  /** Numbers that have somebody to try again are due again, also where their campaign had finished. */
  private async sendAgain(tx: Tx, tenantId: string, moved: readonly Moved[]): Promise<void> {
    const again = new Set(moved.filter((m) => m.sendAfter).map((m) => m.campaignId));
    for (const campaignId of [...again].sort()) {
      const campaign = await this.campaigns.find(tx, tenantId, campaignId, 'update');
      if (campaign?.state === 'running') await this.campaigns.setDue(tx, campaign, this.clock.now());
      if (campaign?.state === 'finished') await this.campaigns.move(tx, tenantId, campaignId, 'running');
    }
  }
}

/** What a recipient is after news of its message: pure, but for what it puts into `counted`. */
export function follow(held: Followed, news: readonly News[], retries: number, now: Date, counted: Count[]): Moved {
  const { variant } = held;
  const count = (what: Count['what'], n = 1, cause = '') => counted.push({ variant, what, cause, n });
  const after: Moved = { ...held, sendAfter: null };
  // The message was sent before its sender heard that it was accepted, or after it gave it up.
  if (after.state === 'sending' || after.state === 'refused') {
    if (after.state === 'refused') count('refused', -1, after.cause ?? '');
    count('accepted');
    after.state = 'accepted';
    after.cause = null;
  }
  const reached = Math.max(after.reached, ...news.map(({ status }) => reachedBy(status) ?? 0));
  for (const step of stepsPassed(after.reached, reached)) if (step !== 'accepted') count(step);
  after.reached = reached;
  const failure = news.find(({ status }) => didNotArrive(status));
  if (reached >= 2) {
    // A phone has it, whatever was told before.
    if (after.state === 'failed') count('failed', -1, after.cause ?? '');
    return { ...after, state: 'accepted', cause: null };
  }
  if (!failure || after.state !== 'accepted') return after;
  if (mayArriveLater(failure.status, failure.code) && after.tries < retries) {
    count('retried');
    count('accepted', -1);
    if (after.reached >= 1) count('sent', -1);
    return {
      ...after,
      state: 'waiting',
      reached: 0,
      tries: after.tries + 1,
      sendAfter: new Date(now.getTime() + AGAIN_MS),
    };
  }
  const cause = failure.code ?? failure.status;
  count('failed', 1, cause);
  return { ...after, state: 'failed', cause };
}
