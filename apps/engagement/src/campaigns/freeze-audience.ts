import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Database, type Tx } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { isZone } from '../local-time.js';
import { SqlParameters } from '../segments/sql-parameters.js';
import { allZones, instantOf, PREFIX_DIGITS, zonesByPrefix } from '../send-time.js';
import { Audiences } from './audiences.js';
import type { Campaign } from './campaign.js';
import { CampaignCounts } from './campaign-counts.js';
import { Campaigns } from './campaigns.js';
import { boundsOf, sliceSql, turnSql } from './split.js';

/** Recipients of one transaction: large enough to be quick, small enough that a worker that dies loses little. */
const CHUNK = 20_000;

interface Frozen {
  last: string | null;
  /** How many were looked at. */
  seen: number;
  /** How many were new, by variant. */
  put: Record<string, number>;
}

/**
 * Freezes the audience of a campaign that was launched: one row for each recipient, with the template, the number and the time
 * that are its own. The database does it, some thousands a transaction, so the worker's memory does not grow with the audience
 * and whoever goes on begins where the last one ended.
 */
@Injectable()
export class FreezeAudience {
  constructor(
    private readonly db: Database,
    private readonly campaigns: Campaigns,
    private readonly counts: CampaignCounts,
    private readonly audiences: Audiences,
    private readonly wabas: Wabas,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Freezes on, and moves the campaign when all of it is frozen.
   *
   * @returns 'more' where there is more to freeze; the campaign when all of it is
   */
  async freezeNext(tenantId: string, campaignId: string): Promise<'more' | Campaign | undefined> {
    return this.db.inTenant(tenantId, async (tx) => {
      const campaign = await this.campaigns.find(tx, tenantId, campaignId, 'update');
      if (campaign?.state !== 'freezing') return undefined;
      const { last, seen, put } = await this.chunk(tx, campaign);
      const counted = Object.entries(put).map(([variant, n]) => ({
        variant: Number(variant),
        what: 'audience' as const,
        cause: '',
        n,
      }));
      await this.counts.add(tx, campaign, counted);
      if (last !== null) await this.campaigns.frozenTo(tx, campaign, last);
      if (seen === CHUNK) return 'more';
      const audience = await this.counts.of(tx, tenantId, [campaignId]);
      return audience.length > 0
        ? this.campaigns.move(tx, tenantId, campaignId, 'running')
        : this.campaigns.move(tx, tenantId, campaignId, 'draft', {
            cause: 'no_audience',
            detail: 'Nobody is in this audience. Change it and launch again.',
          });
    });
  }

  private async chunk(tx: Tx, campaign: Campaign): Promise<Frozen> {
    const { tenantId, campaignId, plan, audience, frozenAfter } = campaign;
    const times = await this.timesOf(tx, campaign);
    const parameters = new SqlParameters();
    for (const value of [
      tenantId,
      campaignId,
      frozenAfter,
      CHUNK,
      boundsOf(plan.variants.map((v) => v.weight)),
      plan.phoneNumberIds,
      ...times,
    ]) {
      parameters.add(value);
    }
    const sql =
      audience.kind === 'list' ? FREEZE_LIST : freezeContactsSql(await this.audiences.sql(tx, campaign, parameters));
    // A list that was just put in has no statistics yet, and is taken for a row or two: recipient by recipient against all of a
    // chunk would be thousands of times the work.
    if (audience.kind === 'list') await tx.query('SET LOCAL enable_nestloop = off');
    const [row]: Frozen[] = await tx.query(sql, parameters.values);
    return row ?? { last: null, seen: 0, put: {} };
  }

  /** The parameters of `PLACED`: which beginning of a number is in which zone, and when each zone's turn is. */
  private async timesOf(tx: Tx, { tenantId, wabaId, plan }: Campaign): Promise<unknown[]> {
    const now = this.clock.now();
    const waba = await this.wabas.waba(tx, tenantId, { wabaId });
    const home = waba && isZone(waba.timezone) ? waba.timezone : 'UTC';
    const byPrefix = [...zonesByPrefix(now.toISOString().slice(0, 10))];
    const { schedule } = plan;
    const zones = [...new Set([...allZones(), ...byPrefix.map(([, zone]) => zone), home])];
    const instants = zones.map((zone) => {
      const at = 'local' in schedule ? instantOf(schedule.local, zone) : new Date(schedule.at ?? now);
      return at > now ? at : now;
    });
    return [byPrefix.map(([prefix]) => prefix), byPrefix.map(([, zone]) => zone), zones, instants, home];
  }
}

/** What is the recipient's own, from its line and attributes: variant, number, zone and time. */
const PLACED = `width_bucket((${sliceSql('$2::uuid', 'a.line')})::int, $5::int[])::smallint AS variant,
  ($6::uuid[])[1 + ${turnSql('$2::uuid', 'a.line', 'cardinality($6::uuid[])')}] AS phone_number_id, t.zone, t.at AS send_after`;
const TIMES = `LEFT JOIN unnest($7::text[], $8::text[]) AS p(prefix, zone) ON p.prefix = left(a.customer, ${PREFIX_DIGITS})
  LEFT JOIN unnest($9::text[]) AS own(zone) ON own.zone = a.attributes->>'time_zone'
  JOIN unnest($9::text[], $10::timestamptz[]) AS t(zone, at) ON t.zone = coalesce(own.zone, p.zone, $11::text)`;
const TOLD = (
  last: string,
) => `SELECT (SELECT ${last}::text FROM chunk ORDER BY ${last} DESC LIMIT 1) AS last, (SELECT count(*)::int FROM chunk) AS seen,
  (SELECT coalesce(json_object_agg(variant, n), '{}') FROM (SELECT variant, count(*)::int AS n FROM put GROUP BY variant) s) AS put`;

const FREEZE_LIST = `
  WITH chunk AS (
    SELECT r.line, r.customer, r.attributes FROM campaign_recipients r
     WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND ($3::text IS NULL OR r.line > $3)
     ORDER BY r.line LIMIT $4),
  placed AS (SELECT a.line, ${PLACED} FROM chunk a ${TIMES}),
  put AS (
    UPDATE campaign_recipients r
       SET state = 'waiting', variant = p.variant, phone_number_id = p.phone_number_id, zone = p.zone, send_after = p.send_after
      FROM placed p WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.line = p.line AND r.state = 'listed'
       AND ($3::text IS NULL OR r.line > $3) AND r.line <= (SELECT max(line) FROM chunk)
    RETURNING r.variant)
  ${TOLD('line')}`;

/** A contact gets one message, and two who share a number get it once. */
const freezeContactsSql = (audience: string): string => `
  WITH chunk AS (
    SELECT a.contact_id, a.line, a.customer, a.attributes FROM (${audience}) a
     WHERE $3::text IS NULL OR a.contact_id > $3::uuid ORDER BY a.contact_id LIMIT $4),
  placed AS (SELECT a.*, ${PLACED} FROM chunk a ${TIMES}),
  put AS (
    INSERT INTO campaign_recipients (tenant_id, campaign_id, line, customer, contact_id, attributes, state, variant,
                                     phone_number_id, zone, send_after)
    SELECT $1, $2::uuid, line, customer, contact_id, attributes, 'waiting', variant, phone_number_id, zone, send_after
      FROM placed
    ON CONFLICT DO NOTHING RETURNING variant)
  ${TOLD('contact_id')}`;
