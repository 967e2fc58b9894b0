import { add, compare, type Decimal, formatDecimal, parseDecimal, subtract, ZERO } from '#libs/money';
import type { TaxTreatment } from '../plans/taxes.js';
import { type InvoiceHeader, totalsOf } from './invoice-document.js';

type Settled = Pick<InvoiceHeader, 'total' | 'due' | 'paidFromWallet'>;

const least = (a: Decimal, b: Decimal): Decimal => (compare(a, b) <= 0 ? a : b);
const notBelowZero = (amount: Decimal): Decimal => (compare(amount, ZERO) < 0 ? ZERO : amount);

/**
 * What is still to be paid of an invoice although the tenant has a wallet: the messages that were delivered before there was
 * one, with their tax. They are owed, as they were when they were sent; prepaid money that came later was paid for messages to
 * come, and taking it would stop those. All else goes over the wallet: fees, their tax, and what was taken back of months that
 * were paid.
 *
 * @param net      of the invoice, rounded
 * @param owed     what messages and corrections of the month left on `receivable`, exact; negative where more was taken back
 * @param decimals places of the currency's smallest unit
 * @returns rounded as an invoice of these messages alone; never below 0, nor more than the invoice comes to
 */
export function dueBesideWallet(net: string, owed: Decimal, tax: Pick<TaxTreatment, 'pct'>, decimals: number): Decimal {
  const dueNet = least(notBelowZero(owed), notBelowZero(parseDecimal(net)));
  return parseDecimal(totalsOf([formatDecimal(dueNet)], tax, decimals).total);
}

/** What an issued document leaves to be paid; of a credit note what it takes off that, negative. */
export const dueOf = ({ due, total, paidFromWallet }: Settled): Decimal =>
  due === undefined ? (paidFromWallet ? ZERO : parseDecimal(total)) : parseDecimal(due);

/** What went over the wallet: taken by an invoice, given back (negative) by a credit note. */
export const fromWalletOf = (header: Settled): Decimal => subtract(parseDecimal(header.total), dueOf(header));

/**
 * How much of a credit is taken off what is due; the rest was paid from the wallet and goes back there.
 *
 * @param before   earlier credit notes of the invoice
 * @param credited what is credited now with its tax, more than 0
 */
export const offWhatIsDue = (invoice: Settled, before: readonly Settled[], credited: Decimal): Decimal =>
  least(credited, notBelowZero(before.reduce((left, note) => add(left, dueOf(note)), dueOf(invoice))));
