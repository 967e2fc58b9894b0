import { compare, negate, parseDecimal, ZERO } from '#libs/money';

/** An amount of a currency; negative for one that goes the other way. */
export interface Sum {
  readonly amount: string;
  readonly currency: string;
}

/** The largest amount that one member of staff books alone, by currency; `*` stands for all that are not named. */
export type AdjustmentLimits = ReadonlyMap<string, string>;

const size = (amount: string) => {
  const value = parseDecimal(amount);
  return compare(value, ZERO) < 0 ? negate(value) : value;
};

/** Whether two members of staff must answer for an adjustment, whichever way its money goes. */
export function needsSecond(limits: AdjustmentLimits, { amount, currency }: Sum): boolean {
  const limit = limits.get(currency) ?? limits.get('*');
  return limit !== undefined && compare(size(amount), parseDecimal(limit)) > 0;
}

/** Whether two amounts are as large as each other, however they are written. */
export const isAsLarge = (a: Sum, b: Sum): boolean =>
  a.currency === b.currency && compare(parseDecimal(a.amount), parseDecimal(b.amount)) === 0;
