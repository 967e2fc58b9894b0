import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { uniqueCustomers24h } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { type TenantStatus, Tenants } from '#libs/tenants';
import { type ChargeRow, lastChargesOf, type Spend, spendOf } from './overview/money.js';
import {
  type NumberRow,
  numbersOf,
  type PortfolioRow,
  portfoliosOf,
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
import { type Tier, tierOf } from './overview/tier.js';
import { type Traffic, trafficOf } from './overview/traffic.js';
import { type WebhookRow, webhooksOf } from './overview/webhooks.js';

/** One tenant on one page. */
export interface Overview {
  id: string;
  name: string;
  country: string | null;
  status: TenantStatus;
  created_at: Date;
  portfolios: (PortfolioRow & { tier: Tier })[];
  wabas: WabaRow[];
  numbers: (NumberRow & { tier: Tier })[];
  templates: TemplateRow[];
  /** What happened to templates lately that staff should know. */
  template_news: TemplateNewsRow[];
  template_syncs: TemplateSyncRow[];
  messages: Traffic;
  spend: { since: Date; by_currency: Spend[] };
  last_charges: ChargeRow[];
  open_signups: SignupRow[];
  webhooks: WebhookRow[];
}

/** Puts the page of a tenant together from one moment of the database. */
@Injectable()
export class TenantOverview {
  constructor(
    private readonly db: Database,
    private readonly tenants: Tenants,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Refusal 404 for an unknown tenant */
  async of(tenantId: string): Promise<Overview> {
    const now = this.clock.now();
    return this.db.asStaff(async (tx) => {
      const tenant = await this.tenants.find(tx, tenantId);
      if (!tenant) throw Refusal.notFound('tenant');
      const all = await numbersOf(tx, tenantId);
      const numbers: Overview['numbers'] = [];
      const portfolios: Overview['portfolios'] = [];
      for (const portfolio of await portfoliosOf(tx, tenantId)) {
        const own = all.filter((n) => n.portfolio_id === portfolio.id);
        const used = await uniqueCustomers24h(
          tx,
          tenantId,
          own.map((n) => n.id),
          now,
        );
        const tier = tierOf(portfolio.messaging_limit, used, now);
        portfolios.push({ ...portfolio, tier });
        for (const number of own) numbers.push({ ...number, tier });
      }
      return {
        id: tenant.tenantId,
        name: tenant.name,
        country: tenant.country,
        status: tenant.status,
        created_at: tenant.createdAt,
        portfolios,
        wabas: await wabasOf(tx, tenantId),
        numbers,
        templates: await templatesOf(tx, tenantId),
        template_news: await templateNewsOf(tx, tenantId, now),
        template_syncs: await templateSyncsOf(tx, tenantId),
        messages: await trafficOf(tx, tenantId, now),
        spend: await spendOf(tx, tenantId, now),
        last_charges: await lastChargesOf(tx, tenantId),
        open_signups: await openSignupsOf(tx, tenantId),
        webhooks: await webhooksOf(tx, tenantId, now),
      };
    });
  }
}
