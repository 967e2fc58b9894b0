import {
  add,
  compare,
  type Decimal,
  formatDecimal,
  negate,
  parseDecimal,
  percentOf,
  plusPercent,
  roundHalfUp,
  times,
} from './decimal.js';

/** An exact amount of one currency (ISO 4217, upper case). */
export interface Money {
  readonly amount: Decimal;
  readonly currency: string;
}

/** Two currencies met in one sum: a mistake of the program, never something to convert silently. */
export class CurrencyMismatch extends Error {
  constructor(
    readonly left: string,
    readonly right: string,
  ) {
    super(`amounts of ${left} and ${right} cannot be added or compared`);
    this.name = 'CurrencyMismatch';
  }
}

const sameCurrency = (a: Money, b: Money): string => {
  if (a.currency !== b.currency) throw new CurrencyMismatch(a.currency, b.currency);
  return a.currency;
};

/**
 * `money('0.0625', 'USD')`.
 * @throws NotADecimal for the amount; RangeError for a currency that is not three capital letters
 */
export function money(amount: string, currency: string): Money {
  if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`${currency} is not an ISO 4217 currency code`);
  return { amount: parseDecimal(amount), currency };
}

/** @throws CurrencyMismatch */
export const addMoney = (a: Money, b: Money): Money => ({
  currency: sameCurrency(a, b),
  amount: add(a.amount, b.amount),
});
/** @throws CurrencyMismatch */
export const subtractMoney = (a: Money, b: Money): Money => addMoney(a, negateMoney(b));
/** @throws CurrencyMismatch */
export function compareMoney(a: Money, b: Money): -1 | 0 | 1 {
  sameCurrency(a, b);
  return compare(a.amount, b.amount);
}
export const negateMoney = (m: Money): Money => ({ ...m, amount: negate(m.amount) });
export const timesMoney = (m: Money, count: number | bigint): Money => ({ ...m, amount: times(m.amount, count) });
/** `pct` percent of `m`, exact. */
export const percentOfMoney = (m: Money, pct: Decimal): Money => ({ ...m, amount: percentOf(m.amount, pct) });
/** `m` raised by `pct` percent, exact. */
export const plusPercentMoney = (m: Money, pct: Decimal): Money => ({ ...m, amount: plusPercent(m.amount, pct) });
/** `m` with exactly `decimals` places, halves away from zero. */
export const roundMoney = (m: Money, decimals: number): Money => ({ ...m, amount: roundHalfUp(m.amount, decimals) });
/** The amount alone, as a decimal string. */
export const formatAmount = (m: Money): string => formatDecimal(m.amount);
