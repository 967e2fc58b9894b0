import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { ConsentSettings, purposeOf } from '#libs/consent';
import { Refusal } from '#libs/http';
import { marketOf, OTHER_MARKET } from '#libs/markets';
import { compare, parseDecimal } from '#libs/money';
import { Database, type Tx } from '#libs/persistence';
import { ServiceCalls, ServiceUnreachable } from '#libs/service-calls';
import { type Template, Templates } from '#libs/templates';
import { planAudience } from '#libs/tier-quota';
import { TierReservation } from '#libs/tier-reservation';
import { Wabas } from '#libs/wabas';
import { Wallets } from '#libs/wallet';
import { SqlParameters } from '../segments/sql-parameters.js';
import { Audiences } from './audiences.js';
import type { Campaign } from './campaign.js';
import { attributesWithoutFallback } from './personal-parameters.js';
import type { PreviewResponse, PriceResponse } from './preview.response.js';
import { boundsOf, sliceSql, turnSql } from './split.js';

/** Recipients of one variant whose numbers begin alike. */
interface Group {
  variant: number;
  /** Null for user ids. */
  prefix: string | null;
  recipients: number;
  suppressed: number;
  missing: number;
  inWindow: number;
}

/** Digits by which Meta's markets are told apart: calling code and national prefix (`markets`, at most seven). */
const MARKET_DIGITS = 7;

/** What a campaign would do and cost if it were launched now; nothing is frozen, sent or reserved. */
@Injectable()
export class PreviewCampaign {
  constructor(
    private readonly db: Database,
    private readonly audiences: Audiences,
    private readonly consent: ConsentSettings,
    private readonly templates: Templates,
    private readonly wabas: Wabas,
    private readonly wallets: Wallets,
    private readonly tier: TierReservation,
    private readonly calls: ServiceCalls,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async of(campaign: Campaign): Promise<PreviewResponse> {
    const { tenantId } = campaign;
    const { templates, groups } = await this.db.inTenant(tenantId, async (tx) => {
      const current = await this.templatesOf(tx, campaign);
      return { templates: current, groups: await this.groups(tx, campaign, current) };
    });
    const sum = (of: keyof Omit<Group, 'variant' | 'prefix'>) => groups.reduce((n, g) => n + g[of], 0);
    const recipients = sum('recipients') - sum('suppressed') - sum('missing');
    const inWindow = sum('inWindow');
    const price = await this.price(campaign, groups, templates);
    return {
      audience: sum('recipients'),
      suppressed: sum('suppressed'),
      missing_attributes: sum('missing'),
      recipients,
      in_window: inWindow,
      variants: campaign.plan.variants.map(({ name }, i) => ({
        name,
        recipients: groups.reduce((n, g) => (g.variant === i ? n + reached(g) : n), 0),
      })),
      price,
      ...(await this.db.inTenant(tenantId, async (tx) => ({
        balance: await this.balance(tx, tenantId, price),
        messaging_limit: await this.limit(tx, campaign, recipients - inWindow),
      }))),
    };
  }

  /** As they are now, by variant: Meta may have moved one to another category since it was drafted. */
  private async templatesOf(tx: Tx, { tenantId, wabaId, plan }: Campaign): Promise<(Template | null)[]> {
    const templates: (Template | null)[] = [];
    for (const { template: name, language } of plan.variants) {
      templates.push(await this.templates.find(tx, tenantId, { wabaId, name, language }));
    }
    return templates;
  }

  private async groups(tx: Tx, campaign: Campaign, templates: readonly (Template | null)[]): Promise<Group[]> {
    const { tenantId, campaignId, plan } = campaign;
    const { optInFor } = await this.consent.of(tx, tenantId);
    const parameters = new SqlParameters();
    for (const value of [
      tenantId,
      campaignId,
      boundsOf(plan.variants.map((v) => v.weight)),
      plan.phoneNumberIds,
      plan.variants.map((v, i) => purposeOf(templates[i]?.category ?? v.category) ?? null),
      optInFor,
      JSON.stringify(plan.variants.map((v) => attributesWithoutFallback(v.components))),
      new Date(this.clock.now().getTime() - 86_400_000),
    ]) {
      parameters.add(value);
    }
    const audience = await this.audiences.settled(tx, tenantId, campaign.audience);
    return tx.query(groupsSql(await this.audiences.sql(tx, { ...campaign, audience }, parameters)), parameters.values);
  }

  /** By billing's own estimate, so that it is the price that will be charged. */
  private async price(
    { tenantId, wabaId }: Campaign,
    groups: readonly Group[],
    templates: readonly (Template | null)[],
  ): Promise<PriceResponse> {
    const day = this.clock.now().toISOString().slice(0, 10);
    const waba = await this.db.inTenant(tenantId, (tx) => this.wabas.waba(tx, tenantId, { wabaId }));
    const parts = new Map<string, { template_id: string; market: string; count: number; in_window: number }>();
    let unpriced = 0;
    for (const group of groups) {
      const templateId = templates[group.variant]?.metaTemplateId;
      if (group.prefix === null || !templateId) unpriced += reached(group);
      else {
        const market = marketOf(`+${group.prefix}`, day)?.market ?? OTHER_MARKET;
        const key = `${group.variant} ${market}`;
        const part = parts.get(key) ?? { template_id: templateId, market, count: 0, in_window: 0 };
        part.count += reached(group);
        part.in_window += group.inWindow;
        parts.set(key, part);
      }
    }
    const audience = [...parts.values()].filter((p) => p.count > 0);
    if (audience.length === 0) return { totals: [], lines: [], unpriced };
    const body = { waba_id: waba?.metaWabaId, audience };
    try {
      const made = await this.calls.call('billing', { app: 'engagement', tenantId }, 'POST', '/api/v1/estimates', body);
      const { totals, lines } = made as PriceResponse;
      return { totals, lines, unpriced };
    } catch (error) {
      if (!(error instanceof ServiceUnreachable)) throw error;
      throw new Refusal(503, 'temporarily_unavailable', 'Prices cannot be told at the moment. Try again shortly.');
    }
  }

  private async balance(tx: Tx, tenantId: string, { totals }: PriceResponse): Promise<PreviewResponse['balance']> {
    const wallet = await this.wallets.find(tx, tenantId);
    if (!wallet) return null;
    const { currency, available } = wallet;
    const price = totals.find((t) => t.currency === currency)?.amount ?? '0';
    return { currency, available, covers: compare(parseDecimal(available), parseDecimal(price)) >= 0 };
  }

  /** Numbers of one account share its portfolio's limit; what numbers have of their own is told of the first. */
  private async limit(
    tx: Tx,
    { tenantId, wabaId, plan }: Campaign,
    strangers: number,
  ): Promise<PreviewResponse['messaging_limit']> {
    const now = this.clock.now();
    const waba = await this.wabas.waba(tx, tenantId, { wabaId });
    const portfolio = waba && (await this.wabas.portfolio(tx, tenantId, waba.portfolioId));
    const number = await this.wabas.phoneNumber(tx, tenantId, { phoneNumberId: plan.phoneNumberIds[0] as string });
    if (!portfolio || !number) return { limit: null, used: 0, fit_now: strangers, all_reached_at: null };
    const scope = this.tier.scopeOf({ portfolio, number }, now);
    if (scope.cap === Number.POSITIVE_INFINITY) {
      return { limit: null, used: 0, fit_now: strangers, all_reached_at: now.toISOString() };
    }
    const { used, nextLeavesAt } = await this.tier.use(scope, now);
    const leavingAt = nextLeavesAt && used >= scope.cap ? [nextLeavesAt] : [];
    const waves = planAudience(strangers, { cap: scope.cap, used, leavingAt }, now);
    return {
      limit: scope.cap,
      used,
      fit_now: Math.min(strangers, Math.max(0, scope.cap - used)),
      all_reached_at: strangers === 0 ? now.toISOString() : (waves?.at(-1)?.at.toISOString() ?? null),
    };
  }
}

const reached = (g: Group): number => g.recipients - g.suppressed - g.missing;

/** Whether an attribute can stand in a message, as `personal` has it: text with a letter, a number, yes or no. */
const canStand = (attributes: string, key: string): string =>
  `coalesce(jsonb_typeof(${attributes}->${key}) IN ('string', 'number', 'boolean')
     AND (${attributes}->>${key}) ~ '[^\\s\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]', false)`;

// One row for each beginning of a number: a million recipients are counted where they are.
const groupsSql = (audience: string): string => `
  WITH placed AS (
    SELECT a.*, width_bucket((${sliceSql('$2::uuid', 'a.line')})::int, $3::int[]) AS variant,
           ($4::uuid[])[1 + ${turnSql('$2::uuid', 'a.line', 'cardinality($4::uuid[])')}] AS phone_number_id
      FROM (${audience}) a),
  judged AS (
    SELECT p.variant, CASE WHEN p.customer ~ '^[0-9]+$' THEN left(p.customer, ${MARKET_DIGITS}) END AS prefix,
           coalesce(s.state = 'withdrawn' OR (($5::text[])[p.variant + 1] = ANY ($6::text[]) AND s.state IS DISTINCT FROM 'granted'),
                    false) AS suppressed,
           EXISTS (SELECT FROM jsonb_array_elements_text($7::jsonb->p.variant) k
                    WHERE NOT ${canStand('p.attributes', 'k')}) AS missing,
           w.customer IS NOT NULL AS in_window
      FROM placed p
      LEFT JOIN consent_states s ON s.tenant_id = $1 AND s.line = p.line AND s.purpose = ($5::text[])[p.variant + 1]
      LEFT JOIN service_windows w ON w.tenant_id = $1 AND w.phone_number_id = p.phone_number_id
       AND w.customer = p.customer AND w.last_user_message_at > $8)
  SELECT variant, prefix, count(*)::int AS recipients, count(*) FILTER (WHERE suppressed)::int AS suppressed,
         count(*) FILTER (WHERE missing AND NOT suppressed)::int AS missing,
         count(*) FILTER (WHERE in_window AND NOT suppressed AND NOT missing)::int AS "inWindow"
    FROM judged GROUP BY variant, prefix`;
