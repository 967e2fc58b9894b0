import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Inbound } from '#libs/inbound';
import { Ledger, monthAfter, Periods } from '#libs/ledger';
import { add, isZero, parseDecimal, ZERO } from '#libs/money';
import type { Tx } from '#libs/persistence';
import { UsageFacts } from '#libs/usage';
import { isRegistered, timezonesOf, Wabas } from '#libs/wabas';
import { daysOfMonth, startOfDay } from '../local-days.js';
import { type BillingProfile, BillingProfiles } from '../plans/billing-profiles.js';
import { feesOfMonth } from '../plans/month-fees.js';
import { Plans } from '../plans/plans.js';
import { zoneClock } from '../rating/local-time.js';
import { draftInvoice } from './draft-invoice.js';
import { InvoiceDrafts } from './invoice-drafts.js';
import { LegalEntities } from './legal-entities.js';
import type { Month } from './month-invoices.js';

/** Reads all that the invoices of a month are made from, and says what keeps them from being issued. */
@Injectable()
export class GatherMonth {
  constructor(
    private readonly ledger: Ledger,
    private readonly periods: Periods,
    private readonly plans: Plans,
    private readonly profiles: BillingProfiles,
    private readonly entities: LegalEntities,
    private readonly facts: UsageFacts,
    private readonly inbound: Inbound,
    private readonly wabas: Wabas,
    private readonly drafts: InvoiceDrafts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param month `YYYY-MM`, over in the tenant's zone and in those of its WABAs
   * @returns what the invoices are made from; `waits` says why they cannot be issued yet
   * @throws Refusal when the month is not over, is closed, or is not the next, or when it is not known who issues to whom
   */
  async gather(tx: Tx, tenantId: string, month: string): Promise<Month & { waits: string | null }> {
    const days = daysOfMonth(month);
    if (!days) throw Refusal.invalid('the month must be YYYY-MM', { month: ['the month must be YYYY-MM'] });
    const profile = await this.profiles.find(tx, tenantId);
    if (!profile) throw Refusal.conflict('Nobody has said yet who the invoices of this tenant are made out to.');
    const entity = await this.entities.find(tx, profile.legalEntity);
    if (!entity) throw Refusal.conflict(`There is no legal entity ${profile.legalEntity} yet.`);
    const end = await this.endOf(tx, tenantId, month, profile);
    if (this.clock.now().getTime() < end) {
      throw Refusal.conflict(`${month} is over at ${new Date(end).toISOString()} in the zones of this tenant.`);
    }
    await this.mustBeNext(tx, tenantId, month);
    const waits = (await this.facts.waitsBefore(tx, tenantId, new Date(end)))
      ? 'Messages of this month wait to be rated. Try again in a minute.'
      : null;
    const { lines } = draftInvoice(await this.ledger.chargeGroups(tx, tenantId, 'price', days));
    const plan = (await this.plans.calendar(tx, tenantId)).on(days.to);
    const feeCurrency = plan.terms.currency;
    const zone = zoneClock(profile.timezone);
    const inbound = isZero(parseDecimal(plan.terms.feePerMessage.inbound))
      ? 0
      : await this.inbound.countBetween(
          tx,
          tenantId,
          new Date(startOfDay(zone, days.from)),
          new Date(startOfDay(zone, `${monthAfter(month)}-01`)),
        );
    const draft = await this.drafts.find(tx, tenantId, month);
    const numbers = draft?.numbers ?? (await this.liveNumbers(tx, tenantId, end));
    const messages = lines
      .filter((line) => line.currency === feeCurrency)
      .reduce((sum, line) => add(sum, parseDecimal(line.amount)), ZERO);
    const fees = feesOfMonth(plan, days.from, { numbers, inbound, messages });
    return { month, ...days, profile, entity, lines, fees, feeCurrency, waits };
  }

  /**
   * The month whose invoices come next (`firstOpen`); a tenant that has nothing yet begins with the month before this one.
   *
   * @returns undefined while that month is not over everywhere; else with the tenant's live numbers as they are now
   */
  async nextMonth(
    tx: Tx,
    tenantId: string,
    profile: BillingProfile,
  ): Promise<{ month: string; numbers: number } | undefined> {
    const now = this.clock.now();
    const month = (await this.firstOpen(tx, tenantId)) ?? monthBefore(now);
    const end = await this.endOf(tx, tenantId, month, profile);
    return now.getTime() < end ? undefined : { month, numbers: await this.liveNumbers(tx, tenantId, end) };
  }

  /** The instant at which a month has ended in all zones of a tenant: its own, and those of its WABAs. */
  private async endOf(tx: Tx, tenantId: string, month: string, profile: BillingProfile): Promise<number> {
    const zones = new Set([profile.timezone, ...(await this.wabas.wabas(tx, tenantId)).flatMap(timezonesOf)]);
    return Math.max(...[...zones].map((zone) => startOfDay(zoneClock(zone), `${monthAfter(month)}-01`)));
  }

  /** Numbers that were there before an instant and are registered at Meta now: those that bear a month's fee. */
  private async liveNumbers(tx: Tx, tenantId: string, end: number): Promise<number> {
    const numbers = await this.wabas.phoneNumbers(tx, tenantId);
    return numbers.filter((n) => isRegistered(n.status) && n.createdAt.getTime() < end).length;
  }

  /** Closing a month closes all before it, and what was not invoiced by then never is: so none is passed over. */
  private async mustBeNext(tx: Tx, tenantId: string, month: string): Promise<void> {
    const through = await this.periods.closedThrough(tx, tenantId);
    if (through !== undefined && month <= through) throw Refusal.conflict(`${month} is closed: it was issued before.`);
    const first = await this.firstOpen(tx, tenantId);
    if (first !== undefined && first < month) {
      throw Refusal.conflict(`${first} is open. Issue it first, or close it if nothing is to be paid for it.`);
    }
  }

  /**
   * The month after the last that was closed, else the first in which something can be to be paid: of the first charge or of
   * the first plan, which has its fees and its minimum without a message, too.
   */
  private async firstOpen(tx: Tx, tenantId: string): Promise<string | undefined> {
    const through = await this.periods.closedThrough(tx, tenantId);
    if (through !== undefined) return monthAfter(through);
    const { firstDay } = await this.plans.calendar(tx, tenantId);
    const days = [await this.ledger.firstChargedDay(tx, tenantId), firstDay].filter((day) => day !== undefined);
    return days.sort()[0]?.slice(0, 'YYYY-MM'.length);
  }
}

/** The month before the one of an instant, in UTC: with no charges nothing hangs on the zone. */
function monthBefore(now: Date): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 'YYYY-MM'.length);
}
