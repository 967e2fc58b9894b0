import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { Inbound } from '#libs/inbound';
import { Ledger, monthAfter, Periods } from '#libs/ledger';
import { add, isZero, parseDecimal, ZERO } from '#libs/money';
import type { Tx } from '#libs/persistence';
import { UsageFacts } from '#libs/usage';
import { timezonesOf, Wabas } from '#libs/wabas';
import { daysOfMonth, startOfDay } from '../local-days.js';
import { type BillingProfile, BillingProfiles } from '../plans/billing-profiles.js';
import { feesOfMonth } from '../plans/month-fees.js';
import { Plans } from '../plans/plans.js';
import { zoneClock } from '../rating/local-time.js';
import { draftInvoice } from './draft-invoice.js';
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
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param month `YYYY-MM`, over in the tenant's zone and in those of its WABAs
   * @returns what the invoices are made from; `waits` says why they cannot be issued yet
   * @throws Refusal when the month is not over, is closed, follows one that is open, or when it is not known who issues to
   *   whom
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
    await this.mustBeNext(tx, tenantId, month, days.from);
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
    const numbers = (await this.wabas.phoneNumbers(tx, tenantId)).filter(
      (n) => n.status === 'CONNECTED' && n.createdAt.getTime() < end,
    ).length;
    const messages = lines
      .filter((line) => line.currency === feeCurrency)
      .reduce((sum, line) => add(sum, parseDecimal(line.amount)), ZERO);
    const fees = feesOfMonth(plan, days.from, { numbers, inbound, messages });
    return { month, ...days, profile, entity, lines, fees, feeCurrency, waits };
  }

  /**
   * The month whose invoices come next: the one after the last that was closed, or the first that has charges; a tenant
   * without any begins with the month before this one.
   *
   * @returns undefined while that month is not over everywhere
   */
  async nextMonth(tx: Tx, tenantId: string, profile: BillingProfile): Promise<string | undefined> {
    const through = await this.periods.closedThrough(tx, tenantId);
    const first = through === undefined ? await this.ledger.firstChargedDay(tx, tenantId) : undefined;
    const now = this.clock.now();
    const month = through ? monthAfter(through) : (first?.slice(0, 'YYYY-MM'.length) ?? monthBefore(now));
    return now.getTime() < (await this.endOf(tx, tenantId, month, profile)) ? undefined : month;
  }

  /** The instant at which a month has ended in all zones of a tenant: its own, and those of its WABAs. */
  private async endOf(tx: Tx, tenantId: string, month: string, profile: BillingProfile): Promise<number> {
    const zones = new Set([profile.timezone, ...(await this.wabas.wabas(tx, tenantId)).flatMap(timezonesOf)]);
    return Math.max(...[...zones].map((zone) => startOfDay(zoneClock(zone), `${monthAfter(month)}-01`)));
  }

  private async mustBeNext(tx: Tx, tenantId: string, month: string, from: string): Promise<void> {
    const through = await this.periods.closedThrough(tx, tenantId);
    if (through !== undefined && month <= through) throw Refusal.conflict(`${month} is closed: it was issued before.`);
    const earlier = await this.ledger.firstChargedDay(tx, tenantId, through && `${monthAfter(through)}-01`);
    if (earlier !== undefined && earlier < from) {
      throw Refusal.conflict(`${earlier.slice(0, 7)} is open and has charges. Issue it first.`);
    }
  }
}

/** The month before the one of an instant, in UTC: with no charges nothing hangs on the zone. */
function monthBefore(now: Date): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 'YYYY-MM'.length);
}
