import { isZero, minorUnits, parseDecimal } from '#libs/money';
import type { BillingProfile } from '../plans/billing-profiles.js';
import type { MonthFee } from '../plans/month-fees.js';
import { type TaxTreatment, taxTreatment } from '../plans/taxes.js';
import type { InvoiceLine } from './draft-invoice.js';
import { type InvoiceTotals, totalsOf } from './invoice-document.js';
import type { LegalEntity } from './legal-entities.js';

/** All that the invoices of a month are made from. */
export interface Month {
  readonly month: string;
  /** First and last day, `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly profile: BillingProfile;
  readonly entity: LegalEntity;
  readonly lines: readonly InvoiceLine[];
  /** Fees are in one currency, the plan's. */
  readonly fees: readonly MonthFee[];
  readonly feeCurrency: string | null;
}

/** What is to be paid for a month in one currency. */
export interface MonthInvoice {
  readonly currency: string;
  readonly lines: readonly InvoiceLine[];
  readonly fees: readonly MonthFee[];
  readonly tax: TaxTreatment;
  readonly totals: InvoiceTotals;
}

/** One invoice for each currency in which something is to be paid, in the order of the currencies: pure. */
export function monthInvoices(month: Month): MonthInvoice[] {
  const { to, profile, entity } = month;
  const currencies = new Set(month.lines.map((line) => line.currency));
  if (month.fees.length > 0 && month.feeCurrency) currencies.add(month.feeCurrency);
  return [...currencies].sort().flatMap((currency): MonthInvoice[] => {
    const lines = month.lines.filter((line) => line.currency === currency);
    const fees = month.feeCurrency === currency ? month.fees : [];
    const amounts = [...lines.map((line) => line.amount), ...fees.map((fee) => fee.amount)];
    if (amounts.every((amount) => isZero(parseDecimal(amount)))) return [];
    const tax = taxTreatment(entity, profile, to);
    return [{ currency, lines, fees, tax, totals: totalsOf(amounts, tax, minorUnits(currency)) }];
  });
}
