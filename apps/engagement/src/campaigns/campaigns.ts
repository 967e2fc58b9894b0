import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { TenantEvents } from '#libs/tenant-events';
import type { Audience, Campaign } from './campaign.js';
import { campaignEvent } from './campaign-event.js';
import { type CampaignState, canMove } from './campaign-state.js';
import type { Standing } from './reason-to-pause.js';

const COLUMNS = `c.tenant_id AS "tenantId", c.campaign_id AS "campaignId", c.waba_id AS "wabaId", c.name, c.state, c.plan,
  c.audience, c.frozen_after AS "frozenAfter", c.standing, c.cause, c.detail, c.made_by AS "madeBy", c.created_at AS "createdAt",
  c.updated_at AS "updatedAt", c.launched_at AS "launchedAt", c.finished_at AS "finishedAt"`;

/** The one writer of campaigns and of the numbers that send for them. */
@Injectable()
export class Campaigns {
  constructor(
    private readonly events: TenantEvents,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(
    tx: Tx,
    tenantId: string,
    given: Pick<Campaign, 'wabaId' | 'name' | 'plan' | 'audience' | 'madeBy'>,
  ): Promise<Campaign> {
    const now = this.clock.now();
    const campaignId = newId(now);
    await tx.query(
      `INSERT INTO campaigns (tenant_id, campaign_id, waba_id, name, state, plan, audience, made_by, created_at, updated_at)
       VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $8)`,
      [tenantId, campaignId, given.wabaId, given.name, given.plan, given.audience, given.madeBy, now],
    );
    return (await this.find(tx, tenantId, campaignId)) as Campaign;
  }

  /** Changes a draft. The caller has locked it. */
  async redraft(
    tx: Tx,
    { tenantId, campaignId }: Campaign,
    given: Pick<Campaign, 'wabaId' | 'name' | 'plan' | 'audience'>,
  ): Promise<void> {
    await tx.query(
      `UPDATE campaigns SET waba_id = $3, name = $4, plan = $5, audience = $6, updated_at = $7
        WHERE tenant_id = $1 AND campaign_id = $2 AND state = 'draft'`,
      [tenantId, campaignId, given.wabaId, given.name, given.plan, given.audience, this.clock.now()],
    );
  }

  /** @param lock `update` for one that may move it, `share` for one that sends only while it does not move */
  async find(tx: Tx, tenantId: string, campaignId: string, lock?: 'update' | 'share'): Promise<Campaign | undefined> {
    const [row]: Campaign[] = await tx.query(
      `SELECT ${COLUMNS} FROM campaigns c WHERE c.tenant_id = $1 AND c.campaign_id = $2
       ${lock ? `FOR ${lock.toUpperCase()}` : ''}`,
      [tenantId, campaignId],
    );
    return row;
  }

  /** Newest first. */
  async list(
    tx: Tx,
    tenantId: string,
    { state, before, limit }: { state?: CampaignState | undefined; before?: string | undefined; limit: number },
  ): Promise<Campaign[]> {
    return tx.query(
      `SELECT ${COLUMNS} FROM campaigns c
        WHERE c.tenant_id = $1 AND ($2::text IS NULL OR c.state = $2) AND ($3::uuid IS NULL OR c.campaign_id < $3)
        ORDER BY c.campaign_id DESC LIMIT $4`,
      [tenantId, state ?? null, before ?? null, limit],
    );
  }

  /**
   * Moves a campaign, if its state allows it, and tells the tenant in the same transaction. Its numbers go on or stop with it; those
   * of a cancelled one are due to take back what the gateway has.
   *
   * @param why of a pause, or of an audience given back
   * @returns the campaign as it is now; undefined where it cannot move so
   */
  async move(
    tx: Tx,
    tenantId: string,
    campaignId: string,
    to: CampaignState,
    why?: { cause: string; detail?: string | undefined },
  ): Promise<Campaign | undefined> {
    const held = await this.find(tx, tenantId, campaignId, 'update');
    if (!held || !canMove(held.state, to)) return undefined;
    const now = this.clock.now();
    await tx.query(
      `UPDATE campaigns SET state = $3, cause = $4, detail = $5, updated_at = $6,
              launched_at = CASE WHEN $3 = 'freezing' THEN $6 ELSE launched_at END,
              finished_at = CASE WHEN $3 IN ('finished', 'cancelled') THEN $6 ELSE NULL END
        WHERE tenant_id = $1 AND campaign_id = $2`,
      [tenantId, campaignId, to, why?.cause ?? null, why?.detail?.slice(0, 1_000) ?? null, now],
    );
    await this.setDue(tx, held, to === 'running' || to === 'cancelled' ? now : null);
    const campaign = (await this.find(tx, tenantId, campaignId)) as Campaign;
    // The gateway's sweeper finds the posts that are due.
    await this.events.publish(tx, tenantId, campaignEvent(campaign, now));
    return campaign;
  }

  /** Remembers how far the audience is frozen, in the transaction that froze so far. */
  async frozenTo(tx: Tx, { tenantId, campaignId }: Campaign, upTo: string): Promise<void> {
    await tx.query('UPDATE campaigns SET frozen_after = $3 WHERE tenant_id = $1 AND campaign_id = $2', [
      tenantId,
      campaignId,
      upTo,
    ]);
  }

  /** Settles who is meant, in the transaction that launches. */
  async settleAudience(tx: Tx, { tenantId, campaignId }: Campaign, audience: Audience): Promise<void> {
    await tx.query(
      'UPDATE campaigns SET audience = $3, frozen_after = NULL WHERE tenant_id = $1 AND campaign_id = $2',
      [tenantId, campaignId, audience],
    );
  }

  /** Names the numbers that send, in the transaction that launches. */
  async nameNumbers(tx: Tx, { tenantId, campaignId, plan }: Campaign): Promise<void> {
    await tx.query('DELETE FROM campaign_numbers WHERE tenant_id = $1 AND campaign_id = $2', [tenantId, campaignId]);
    await tx.query(
      `INSERT INTO campaign_numbers (tenant_id, campaign_id, phone_number_id, nth)
       SELECT $1, $2, id, nth FROM unnest($3::uuid[]) WITH ORDINALITY AS n(id, nth)`,
      [tenantId, campaignId, plan.phoneNumberIds],
    );
  }

  /** Remembers how things stand, at launch and when it is resumed. */
  async stand(tx: Tx, { tenantId, campaignId }: Campaign, standing: Standing): Promise<void> {
    await tx.query('UPDATE campaigns SET standing = $3 WHERE tenant_id = $1 AND campaign_id = $2', [
      tenantId,
      campaignId,
      standing,
    ]);
  }

  /** When a number of a campaign may send on; null for not before the campaign moves. */
  async numberDue(tx: Tx, tenantId: string, campaignId: string, phoneNumberId: string): Promise<Date | null> {
    const [row]: { dueAt: Date | null }[] = await tx.query(
      `SELECT due_at AS "dueAt" FROM campaign_numbers WHERE tenant_id = $1 AND campaign_id = $2 AND phone_number_id = $3`,
      [tenantId, campaignId, phoneNumberId],
    );
    return row?.dueAt ?? null;
  }

  /** Sets when a number, or each number, may send on. */
  async setDue(
    tx: Tx,
    { tenantId, campaignId }: Pick<Campaign, 'tenantId' | 'campaignId'>,
    dueAt: Date | null,
    phoneNumberId?: string,
  ): Promise<void> {
    await tx.query(
      `UPDATE campaign_numbers SET due_at = $3
        WHERE tenant_id = $1 AND campaign_id = $2 AND ($4::uuid IS NULL OR phone_number_id = $4)`,
      [tenantId, campaignId, dueAt, phoneNumberId ?? null],
    );
  }
}
