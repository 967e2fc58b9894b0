import type { ChargeGroup } from '#libs/ledger';
import {
  add,
  type Decimal,
  formatDecimal,
  negate,
  parseDecimal,
  percentOf,
  roundHalfUp,
  subtract,
  ZERO,
} from '#libs/money';
import type { BillingProfile, InvoiceLanguage } from '../plans/billing-profiles.js';
import type { MonthFee } from '../plans/month-fees.js';
import type { TaxTreatment } from '../plans/taxes.js';

/** Who of the provider issues: as it stood on the day of issue. */
export interface Seller {
  readonly name: string;
  readonly address: string;
  readonly country: string;
  readonly taxId: string;
  readonly contact: string;
  readonly paymentDetails: string;
}

/** Sums of an invoice, decimal strings with the places of its currency. */
export interface InvoiceTotals {
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  /** What rounding the net added to the exact sum of the lines; exact. */
  readonly rounding: string;
}

/** All of an issued invoice or credit note that the ledger does not keep. It never changes. */
export interface InvoiceHeader extends InvoiceTotals {
  readonly kind: 'invoice' | 'credit_note';
  /** The legal entity that issued it, by our name; its numbers and those of its credit notes are without gaps. */
  readonly entity: string;
  readonly number: string;
  /** `YYYY-MM-DD` in the buyer's zone. */
  readonly issuedOn: string;
  /** `YYYY-MM`. */
  readonly month: string;
  readonly currency: string;
  readonly language: InvoiceLanguage;
  readonly seller: Seller;
  readonly buyer: Pick<BillingProfile, 'legalName' | 'address' | 'country' | 'taxId'>;
  readonly taxTreatment: TaxTreatment;
  readonly fees: readonly MonthFee[];
  /** Paid already: all of it was taken from the tenant's wallet. */
  readonly paidFromWallet: boolean;
  /**
   * What is still to be paid of `total`; of a credit note what it takes off that, negative. Documents that were issued before
   * it was kept have none, since a document is never changed: all or nothing is due of them (`dueOf`).
   */
  readonly due?: string;
  /** For a credit note: what it credits, and why. */
  readonly credits: { readonly number: string; readonly reason: string } | null;
}

/** A line of messages: alike in market, category, price and rule. */
export interface MessageLine extends ChargeGroup {
  /** Place among all lines of the month, under which the line opens into its charges. */
  readonly number: number;
}

/** An issued invoice, whole. */
export interface InvoiceDocument {
  readonly header: InvoiceHeader;
  readonly lines: readonly MessageLine[];
}

/**
 * Sums an invoice up: lines are exact, the net is rounded once, the tax once, both half up (Meta publishes no rounding of
 * its own; ADR 5).
 *
 * @param decimals places of the currency's smallest unit
 */
export function totalsOf(amounts: readonly string[], tax: Pick<TaxTreatment, 'pct'>, decimals: number): InvoiceTotals {
  const exact = amounts.reduce<Decimal>((sum, amount) => add(sum, parseDecimal(amount)), ZERO);
  const net = roundHalfUp(exact, decimals);
  const taxes = roundHalfUp(percentOf(net, parseDecimal(tax.pct)), decimals);
  return {
    net: formatDecimal(net),
    tax: formatDecimal(taxes),
    total: formatDecimal(add(net, taxes)),
    rounding: formatDecimal(subtract(net, exact)),
  };
}

/**
 * Sums of a credit note. Its tax is what all credits so far are due together less what the earlier ones gave back, so that
 * however an invoice is cut into credits, no more tax is given back than was taken, and in the end all of it.
 *
 * @param before earlier credit notes of the invoice, as they stand there: negative
 * @param net    what is credited now: more than 0, with the currency's places
 */
export function creditTotals(
  before: readonly Pick<InvoiceTotals, 'net' | 'tax'>[],
  net: Decimal,
  tax: Pick<TaxTreatment, 'pct'>,
  decimals: number,
): InvoiceTotals {
  const netSoFar = before.reduce((sum, note) => subtract(sum, parseDecimal(note.net)), net);
  const due = roundHalfUp(percentOf(netSoFar, parseDecimal(tax.pct)), decimals);
  const taxes = before.reduce((left, note) => add(left, parseDecimal(note.tax)), due);
  return {
    net: formatDecimal(negate(net)),
    tax: formatDecimal(negate(taxes)),
    total: formatDecimal(negate(add(net, taxes))),
    rounding: formatDecimal(roundHalfUp(ZERO, decimals)),
  };
}
