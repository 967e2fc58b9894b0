import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { Refusal } from '#libs/http';
import { derivedId, newId } from '#libs/ids';
import { Ledger, Periods, postingsOf } from '#libs/ledger';
import {
  add,
  type Decimal,
  formatDecimal,
  isZero,
  minorUnits,
  negate,
  parseDecimal,
  subtract,
  ZERO,
} from '#libs/money';
import { Database, type Tx } from '#libs/persistence';
import { Wallets } from '#libs/wallet';
import type { MonthFee } from '../plans/month-fees.js';
import { zoneClock } from '../rating/local-time.js';
import { WalletAlerts } from '../wallet/wallet-alerts.js';
import { GatherMonth } from './gather-month.js';
import type { InvoiceDocument } from './invoice-document.js';
import { InvoiceDrafts } from './invoice-drafts.js';
import { Invoices, type IssuedInvoice } from './invoices.js';
import { LegalEntities } from './legal-entities.js';
import { type Month, type MonthInvoice, monthInvoices } from './month-invoices.js';
import { dueBesideWallet } from './what-is-due.js';

/** Issues what a tenant is to pay for a month, and closes the month: in one transaction, or not at all. */
@Injectable()
export class IssueInvoices {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
    private readonly periods: Periods,
    private readonly gatherMonth: GatherMonth,
    private readonly entities: LegalEntities,
    private readonly invoices: Invoices,
    private readonly drafts: InvoiceDrafts,
    private readonly wallets: Wallets,
    private readonly alerts: WalletAlerts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @param month `YYYY-MM`, over in the tenant's zone and in those of its WABAs
   * @param by    who issues
   * @param also  what is done in the same transaction, such as an entry in the audit log
   * @returns one invoice for each currency in which something is to be paid
   * @throws Refusal when the month is not over, is closed, follows one that is open, is not rated to the end, or when it is
   *   not known who issues to whom
   */
  issue(
    tenantId: string,
    month: string,
    by: string,
    also: (tx: Tx, issued: readonly IssuedInvoice[]) => Promise<void> = async () => {},
  ): Promise<IssuedInvoice[]> {
    return this.db.inTenant(tenantId, async (tx) => {
      // Nobody rates and nobody books for this tenant until the month is closed.
      await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('rating:' || $1, 0))`, [tenantId]);
      await this.periods.holdBooks(tx, tenantId);
      const whole = await this.gatherMonth.gather(tx, tenantId, month);
      if (whole.waits) throw Refusal.conflict(whole.waits);
      const issued: IssuedInvoice[] = [];
      for (const one of monthInvoices(whole)) issued.push(await this.issueOne(tx, tenantId, whole, one, by));
      await this.periods.close(tx, tenantId, month, by);
      await this.drafts.issued(tx, tenantId, month);
      await also(tx, issued);
      return issued;
    });
  }

  private async issueOne(
    tx: Tx,
    tenantId: string,
    { month, from, to, profile, entity }: Month,
    { currency, lines, fees, tax, totals }: MonthInvoice,
    by: string,
  ): Promise<IssuedInvoice> {
    const issuedAt = this.clock.now();
    const invoiceId = newId(issuedAt);
    const hasWallet = (await this.wallets.find(tx, tenantId))?.currency === currency;
    // What a wallet that was opened during the month did not pay.
    const owed = hasWallet ? parseDecimal(await this.ledger.owedFor(tx, tenantId, currency, { from, to })) : undefined;
    const due = owed ? dueBesideWallet(totals.net, owed, tax, minorUnits(currency)) : parseDecimal(totals.total);
    const owes = owed && subtract(due, owed);
    await this.book(tx, tenantId, { invoiceId, issuedAt, currency, fees, totals, bookedOn: to, owes });
    const { name, address, country, taxId, contact, paymentDetails } = entity;
    const document: InvoiceDocument = {
      header: {
        kind: 'invoice',
        entity: entity.entity,
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
        paidFromWallet: hasWallet && isZero(due),
        due: formatDecimal(due),
        credits: null,
        ...totals,
      },
      lines,
    };
    return this.invoices.add(tx, tenantId, { invoiceId, document, credits: null, issuedBy: by, issuedAt });
  }

  /**
   * Messages are in the books already, exactly; what the invoice adds are fees, tax, and what rounding moved.
   *
   * @param i `owes`: what of that is owed and not paid from the wallet, so that `receivable` holds to the cent what is due;
   *   undefined without a wallet: all of it
   */
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
      owes: Decimal | undefined;
    },
  ): Promise<void> {
    const fees = i.fees.reduce((sum, fee) => add(sum, parseDecimal(fee.amount)), ZERO);
    const [tax, rounding] = [parseDecimal(i.totals.tax), parseDecimal(i.totals.rounding)];
    const all = add(add(fees, tax), rounding);
    const owes = i.owes ?? all;
    const fromWallet = subtract(all, owes);
    const postings = postingsOf(i.currency, {
      receivable: owes,
      wallet: fromWallet,
      revenue_fees: negate(fees),
      tax_payable: negate(tax),
      rounding: negate(rounding),
    });
    if (postings.length === 0) return;
    const entryId = derivedId(i.issuedAt, i.invoiceId, 'invoice');
    await this.ledger.post(tx, tenantId, [
      { entryId, kind: 'invoice', messageId: null, bookedOn: i.bookedOn, memo: `invoice ${i.invoiceId}`, postings },
    ]);
    if (isZero(fromWallet)) return;
    const moved = await this.wallets.move(tx, tenantId, formatDecimal(negate(fromWallet)));
    if (moved) await this.alerts.tell(tx, tenantId, moved);
  }
}
