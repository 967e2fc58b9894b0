import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Database } from '#libs/persistence';
import { type LimitUse, TenantLimits } from '#libs/tenant-limits';
import { levelOf, type SuspensionLevel, type Tenant, type TenantStatus, Tenants } from '#libs/tenants';
import { TierReservation } from '#libs/tier-reservation';
import { Wabas } from '#libs/wabas';
import { type Money, moneyOf, NO_MONEY } from './overview/money.js';
import {
  type NumberRow,
  numbersOf,
  type PortfolioRow,
  portfolioRow,
  type WabaRow,
  wabasOf,
} from './overview/numbers.js';
import { openSignupsOf, type SignupRow } from './overview/signups.js';
import {
  type TemplateNewsRow,
  type TemplateRow,
  type TemplateSyncRow,
  templateNewsOf,
  templateSyncsOf,
  templatesOf,
} from './overview/templates.js';
import { type Tier, tiersOf } from './overview/tier.js';
import { type Traffic, trafficOf } from './overview/traffic.js';
import { type WebhookRow, webhooksOf } from './overview/webhooks.js';

/** One tenant on one page. */
export interface Overview extends Money {
  id: string;
  name: string;
  country: string | null;
  status: TenantStatus;
  /** What the provider has switched off. */
  off: SuspensionLevel | null;
  /** Of one that is closing or closed: when it can no longer return. */
  closes_at: Date | null;
  created_at: Date;
  portfolios: PortfolioRow[];
  wabas: WabaRow[];
  /** `tier`: of the portfolio, or of the number itself in the seed era. */
  numbers: (NumberRow & { tier: Tier | null })[];
  templates: TemplateRow[];
  /** What happened to templates lately that staff should know. */
  template_news: TemplateNewsRow[];
  template_syncs: TemplateSyncRow[];
  messages: Traffic;
  open_signups: SignupRow[];
  /** How much the provider lets it have, and what it has. */
  limits: LimitUse[];
  webhooks: WebhookRow[];
}

/** What of a tenant's money may be seen. `margin`: also what Meta asks of the provider. */
interface See {
  money: boolean;
  margin: boolean;
}

/** Puts the page of a tenant together, and what counts of its limits now. */
@Injectable()
export class TenantOverview {
  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    private readonly wabas: Wabas,
    private readonly tier: TierReservation,
    private readonly limits: TenantLimits,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws Refusal 404 for an unknown tenant
   */
  async of(tenantId: string, see: See): Promise<Overview> {
    const now = this.clock.now();
    const { tenant, portfolios, numbers } = await this.db.asStaff(async (tx) => ({
      tenant: await this.tenants.find(tx, tenantId),
      portfolios: await this.wabas.portfolios(tx, tenantId),
      numbers: await numbersOf(tx, tenantId),
    }));
    if (!tenant) throw Refusal.notFound('tenant');
    // Beside the rest: a counting that Redis has lost is made anew from the messages of a month.
    const [tiers, page] = await Promise.all([
      tiersOf(this.tier, new Map(portfolios.map((p) => [p.portfolioId, p])), numbers, now),
      this.rest(tenant, see, now),
    ]);
    return {
      ...page,
      portfolios: portfolios.map(portfolioRow),
      numbers: numbers.map((number) => ({ ...number, tier: tiers.get(number.id) ?? null })),
    };
  }

  /** What one moment of the database says besides. */
  private rest(tenant: Tenant, see: See, now: Date): Promise<Omit<Overview, 'portfolios' | 'numbers'>> {
    const { tenantId } = tenant;
    return this.db.asStaff(async (tx) => {
      return {
        id: tenant.tenantId,
        name: tenant.name,
        country: tenant.country,
        status: tenant.status,
        off: levelOf(tenant),
        closes_at: tenant.closesAt,
        created_at: tenant.createdAt,
        wabas: await wabasOf(tx, tenantId, now),
        templates: await templatesOf(tx, tenantId),
        template_news: await templateNewsOf(tx, tenantId, now),
        template_syncs: await templateSyncsOf(tx, tenantId),
        messages: await trafficOf(tx, tenantId, now),
        ...(see.money ? await moneyOf(tx, tenantId, now, see) : NO_MONEY),
        open_signups: await openSignupsOf(tx, tenantId),
        limits: await this.limits.of(tx, tenantId),
        webhooks: await webhooksOf(tx, tenantId, now),
      };
    });
  }
}
