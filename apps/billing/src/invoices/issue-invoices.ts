import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { derivedId, newId } from '#libs/ids';
import { Inbound } from '#libs/inbound';
import { Ledger, monthAfter, move, Periods } from '#libs/ledger';
import { add, formatDecimal, isZero, minorUnits, negate, parseDecimal, ZERO } from '#libs/money';
import { Database, type Tx } from '#libs/persistence';
import { UsageFacts } from '#libs/usage';
import { Wabas } from '#libs/wabas';
import { Wallets } from '#libs/wallet';
import { daysOfMonth, startOfDay } from '../local-days.js';
import { type BillingProfile, BillingProfiles } from '../plans/billing-profiles.js';
import { feesOfMonth, type MonthFee } from '../plans/month-fees.js';
import { Plans } from '../plans/plans.js';
import { taxTreatment } from '../plans/taxes.js';
import { zoneClock } from '../rating/local-time.js';
import { draftInvoice, type InvoiceLine } from './draft-invoice.js';
import { type InvoiceDocument, totalsOf } from './invoice-document.js';
import { Invoices, type IssuedInvoice } from './invoices.js';
import { LegalEntities, type LegalEntity } from './legal-entities.js';

/** All that the invoices of a month are made from. */
interface Month {
  readonly month: string;
  readonly from: string;
  readonly to: string;
  readonly profile: BillingProfile;
  readonly entity: LegalEntity;
  readonly lines: readonly InvoiceLine[];
  /** Fees are in one currency, the plan's. */
  readonly fees: readonly MonthFee[];
  readonly feeCurrency: string | null;
}

/** Issues what a tenant is to pay for a month, and closes the month: in one transaction, or not at all. */
@Injectable()
export class IssueInvoices {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
    private readonly periods: Periods,
    private readonly plans: Plans,
    private readonly profiles: BillingProfiles,
    private readonly entities: LegalEntities,
    private readonly invoices: Invoices,
    private readonly facts: UsageFacts,
    private readonly inbound: Inbound,
    private readonly wabas: Wabas,
    private readonly wallets: Wallets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param month `YYYY-MM`, over in the tenant's zone and in those of its WABAs
   * @param by    who issues
   * @returns one invoice for each currency in which something is to be paid
   * @throws Refusal when the month is not over, is closed, follows one that is open, is not rated to the end, or when it is
   *   not known who issues to whom
   */
  issue(tenantId: string, month: string, by: string): Promise<IssuedInvoice[]> {
    return this.db.inTenant(tenantId, async (tx) => {
      // Nobody rates and nobody books for this tenant until the month is closed.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('rating:' || $1, 0))`, [tenantId]);
      await this.periods.holdBooks(tx, tenantId);
      const whole = await this.gather(tx, tenantId, month);
      const issued: IssuedInvoice[] = [];
      const currencies = new Set(whole.lines.map((line) => line.currency));
      if (whole.fees.length > 0 && whole.feeCurrency) currencies.add(whole.feeCurrency);
      for (const currency of [...currencies].sort()) {
        const made = await this.issueOne(tx, tenantId, whole, currency, by);
        if (made) issued.push(made);
      }
      await this.periods.close(tx, tenantId, month, by);
      return issued;
    });
  }

  private async gather(tx: Tx, tenantId: string, month: string): Promise<Month> {
    const days = daysOfMonth(month);
    if (!days) throw Refusal.invalid('the month must be YYYY-MM', { month: ['the month must be YYYY-MM'] });
    const profile = await this.profiles.find(tx, tenantId);
    if (!profile) throw Refusal.conflict('Nobody has said yet who the invoices of this tenant are made out to.');
    const entity = await this.entities.find(tx, profile.legalEntity);
    if (!entity) throw Refusal.conflict(`There is no legal entity ${profile.legalEntity} yet.`);
    const end = await this.mustBeOver(tx, tenantId, month, profile);
    await this.mustBeNext(tx, tenantId, month, days.from);
    if (await this.facts.waitsBefore(tx, tenantId, new Date(end))) {
      throw Refusal.conflict('Messages of this month wait to be rated. Try again in a minute.');
    }
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
    return { month, ...days, profile, entity, lines, fees, feeCurrency };
  }

  /** @returns the instant at which the month ended everywhere */
  private async mustBeOver(tx: Tx, tenantId: string, month: string, profile: BillingProfile): Promise<number> {
    const zones = new Set([profile.timezone, ...(await this.wabas.wabas(tx, tenantId)).map((w) => w.timezone)]);
    const end = Math.max(...[...zones].map((zone) => startOfDay(zoneClock(zone), `${monthAfter(month)}-01`)));
    if (this.clock.now().getTime() < end) {
      throw Refusal.conflict(`${month} is over at ${new Date(end).toISOString()} in the zones of this tenant.`);
    }
    return end;
  }

  private async mustBeNext(tx: Tx, tenantId: string, month: string, from: string): Promise<void> {
    const through = await this.periods.closedThrough(tx, tenantId);
    if (through !== undefined && month <= through) throw Refusal.conflict(`${month} is closed: it was issued before.`);
    const earlier = await this.ledger.firstChargedDay(tx, tenantId, through && `${monthAfter(through)}-01`);
    if (earlier !== undefined && earlier < from) {
      throw Refusal.conflict(`${earlier.slice(0, 7)} is open and has charges. Issue it first.`);
    }
  }

  private async issueOne(
    tx: Tx,
    tenantId: string,
    whole: Month,
    currency: string,
    by: string,
  ): Promise<IssuedInvoice | undefined> {
    const { month, to, profile, entity } = whole;
    const lines = whole.lines.filter((line) => line.currency === currency);
    const fees = whole.feeCurrency === currency ? whole.fees : [];
    const tax = taxTreatment(entity, profile, to);
    const amounts = [...lines.map((l) => l.amount), ...fees.map((f) => f.amount)];
    const totals = totalsOf(amounts, tax, minorUnits(currency));
    if (amounts.every((amount) => isZero(parseDecimal(amount)))) return undefined;
    const issuedAt = this.clock.now();
    const invoiceId = newId(issuedAt);
    const wallet = await this.wallets.find(tx, tenantId);
    const paidFromWallet = wallet?.currency === currency;
    await this.book(tx, tenantId, { invoiceId, issuedAt, currency, fees, totals, bookedOn: to, paidFromWallet });
    const { name, address, country, taxId, contact, paymentDetails } = entity;
    const document: InvoiceDocument = {
      header: {
        kind: 'invoice',
        number: await this.entities.nextNumber(tx, entity.entity, 'invoice'),
        issuedOn: zoneClock(profile.timezone).dayAt(issuedAt.getTime()).day,
        month,
        currency,
        language: profile.language,
        seller: { name, address, country, taxId, contact, paymentDetails },
        buyer: {
          legalName: profile.legalName,
          address: profile.address,
          country: profile.country,
          taxId: profile.taxId,
        },
        taxTreatment: tax,
        fees,
        paidFromWallet,
        credits: null,
        ...totals,
      },
      lines,
    };
    return this.invoices.add(tx, tenantId, { invoiceId, document, credits: null, issuedBy: by, issuedAt });
  }

  /** Messages are in the books already, exactly; what the invoice adds are fees, tax, and what rounding moved. */
  private async book(
    tx: Tx,
    tenantId: string,
    i: {
      invoiceId: string;
      issuedAt: Date;
      currency: string;
      fees: readonly MonthFee[];
      totals: { tax: string; rounding: string };
      bookedOn: string;
      paidFromWallet: boolean;
    },
  ): Promise<void> {
    const debit = i.paidFromWallet ? 'wallet' : 'receivable';
    const fees = formatDecimal(i.fees.reduce((sum, fee) => add(sum, parseDecimal(fee.amount)), ZERO));
    const postings = [
      ...move(fees, i.currency, debit, 'revenue_fees'),
      ...move(i.totals.tax, i.currency, debit, 'tax_payable'),
      ...move(i.totals.rounding, i.currency, debit, 'rounding'),
    ];
    if (postings.length === 0) return;
    const entryId = derivedId(i.issuedAt, i.invoiceId, 'invoice');
    await this.ledger.post(tx, tenantId, [
      { entryId, kind: 'invoice', messageId: null, bookedOn: i.bookedOn, memo: `invoice ${i.invoiceId}`, postings },
    ]);
    if (!i.paidFromWallet) return;
    const due = [fees, i.totals.tax, i.totals.rounding].reduce((sum, a) => add(sum, parseDecimal(a)), ZERO);
    await this.wallets.move(tx, tenantId, formatDecimal(negate(due)));
  }
}
