import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { monthAfter } from '#libs/ledger';
import { LOGGER } from '#libs/observability';
import { Database } from '#libs/persistence';
import { Periodic } from '#libs/queues';
import { startOfDay } from '../local-days.js';
import { type BillingProfile, BillingProfiles } from '../plans/billing-profiles.js';
import { zoneClock } from '../rating/local-time.js';
import { GatherMonth } from './gather-month.js';
import { InvoiceDrafts } from './invoice-drafts.js';
import { IssueInvoices } from './issue-invoices.js';
import { monthInvoices } from './month-invoices.js';

const LOOK_MS = 600_000;
const DAY_MS = 86_400_000;
/** Who issued what nobody asked for. */
const BY_ITSELF = 'paloma';

/**
 * When a month is over in the zones of a tenant its draft is made, once, by whichever worker looks first, and looked at
 * again until it is issued: by staff, or by itself on the day that the tenant's billing profile says.
 */
@Injectable()
export class RunInvoices implements OnApplicationBootstrap {
  constructor(
    private readonly db: Database,
    private readonly profiles: BillingProfiles,
    private readonly gatherMonth: GatherMonth,
    private readonly drafts: InvoiceDrafts,
    private readonly issueInvoices: IssueInvoices,
    private readonly periodic: Periodic,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.every('draft and issue invoices', LOOK_MS, async () => void (await this.runAll()));
  }

  /** One tenant's trouble keeps no other from its invoices. @returns how many drafts were made */
  async runAll(): Promise<number> {
    let made = 0;
    for (const { id } of await this.db.query<{ id: string }>('SELECT door_tenants_to_invoice() AS id')) {
      try {
        if (await this.run(id)) made++;
      } catch (error) {
        this.logger.error({ err: error, tenantId: id }, 'the invoices of a tenant cannot be made');
      }
    }
    return made;
  }

  /** @returns whether a draft was made */
  async run(tenantId: string): Promise<boolean> {
    const seen = await this.db.inTenant(tenantId, async (tx) => {
      const profile = await this.profiles.find(tx, tenantId);
      const next = profile && (await this.gatherMonth.nextMonth(tx, tenantId, profile));
      if (!profile || !next) return undefined;
      const { month, numbers } = next;
      const found = await this.gatherMonth.gather(tx, tenantId, month).catch((error) => {
        if (error instanceof Refusal) return { waits: error.details };
        throw error;
      });
      const sums =
        'entity' in found
          ? monthInvoices(found).map(({ currency, totals: { net, tax, total } }) => ({ currency, net, tax, total }))
          : [];
      const made = await this.drafts.keep(tx, tenantId, month, { sums, waitsFor: found.waits, numbers });
      return { month, made, due: found.waits === null && this.isDue(profile, month) };
    });
    if (seen?.due) await this.issue(tenantId, seen.month);
    return seen?.made ?? false;
  }

  private isDue({ issueAfterDays, timezone }: BillingProfile, month: string): boolean {
    if (issueAfterDays === null) return false;
    const first = Date.parse(`${monthAfter(month)}-01T00:00:00Z`);
    const day = new Date(first + issueAfterDays * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length);
    return this.clock.now().getTime() >= startOfDay(zoneClock(timezone), day);
  }

  /** Another worker, or staff, may have been first: then there is nothing left to issue. */
  private async issue(tenantId: string, month: string): Promise<void> {
    try {
      const issued = await this.issueInvoices.issue(tenantId, month, BY_ITSELF);
      this.logger.info({ tenantId, month, invoices: issued.length }, 'the invoices of a month were issued');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.logger.info({ tenantId, month, why: error.details }, 'a month was not issued');
    }
  }
}
