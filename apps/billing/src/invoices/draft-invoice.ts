import type { ChargeGroup } from '#libs/ledger';
import { add, type Decimal, formatDecimal, parseDecimal, ZERO } from '#libs/money';

export interface InvoiceLine extends ChargeGroup {
  /** 1 is the first. */
  readonly number: number;
}
export interface DraftInvoice {
  readonly lines: readonly InvoiceLine[];
  /** Sums by currency, exact: a draft rounds nothing. */
  readonly totals: readonly { currency: string; amount: string; quantity: number }[];
}

/** The invoice of a month as far as it has come: one line for each group of charges, in the order of the groups. */
export function draftInvoice(groups: readonly ChargeGroup[]): DraftInvoice {
  const sums = new Map<string, { amount: Decimal; quantity: number }>();
  for (const { currency, amount, quantity } of groups) {
    const sum = sums.get(currency) ?? { amount: ZERO, quantity: 0 };
    sums.set(currency, { amount: add(sum.amount, parseDecimal(amount)), quantity: sum.quantity + quantity });
  }
  return {
    lines: groups.map((group, i) => ({ ...group, number: i + 1 })),
    totals: [...sums].map(([currency, sum]) => ({ currency, ...sum, amount: formatDecimal(sum.amount) })),
  };
}
