/**
 * An exact decimal: `units` of 10^-`scale`. `0.0625` is `{ units: 625n, scale: 4 }`; `0.10` and `0.1` differ in scale
 * and compare as equal.
 */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

/** Thrown for text that is not a plain decimal. */
export class NotADecimal extends Error {
  constructor(readonly given: unknown) {
    super(`${JSON.stringify(given) ?? String(given)} is not a decimal string such as "0.0625"`);
    this.name = 'NotADecimal';
  }
}

const PLAIN = /^(-?)(\d+)(?:\.(\d+))?$/;
const POWERS: bigint[] = [1n];
const tenTo = (n: number): bigint => {
  for (let have = POWERS.length; have <= n; have++) POWERS.push((POWERS[have - 1] as bigint) * 10n);
  return POWERS[n] as bigint;
};

export const ZERO: Decimal = { units: 0n, scale: 0 };

/**
 * Reads a decimal string: digits with an optional point, an optional leading minus. JSON numbers are refused (they have
 * already been through a float), as are exponents, a bare point, blanks and a plus sign.
 * @throws NotADecimal
 */
export function parseDecimal(text: unknown): Decimal {
  const found = typeof text === 'string' ? PLAIN.exec(text) : null;
  if (!found) throw new NotADecimal(text);
  const [, sign, whole = '', fraction = ''] = found;
  return { units: BigInt(sign + whole + fraction), scale: fraction.length };
}

/** A whole number as a decimal. @throws NotADecimal for a Number that is not a safe integer. */
export function decimalOf(count: number | bigint): Decimal {
  if (typeof count === 'number' && !Number.isSafeInteger(count)) throw new NotADecimal(count);
  return { units: BigInt(count), scale: 0 };
}

const unitsAt = (d: Decimal, scale: number): bigint => d.units * tenTo(scale - d.scale);

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export const negate = (d: Decimal): Decimal => ({ units: -d.units, scale: d.scale });
export const subtract = (a: Decimal, b: Decimal): Decimal => add(a, negate(b));
export const multiply = (a: Decimal, b: Decimal): Decimal => ({ units: a.units * b.units, scale: a.scale + b.scale });
/** `d` times a whole number of things. */
export const times = (d: Decimal, count: number | bigint): Decimal => multiply(d, decimalOf(count));
/** `pct` percent of `d`, exact: 20 % of 0.0618 is 0.01236. */
export const percentOf = (d: Decimal, pct: Decimal): Decimal => ({
  units: d.units * pct.units,
  scale: d.scale + pct.scale + 2,
});
/** `d` raised by `pct` percent, exact. */
export const plusPercent = (d: Decimal, pct: Decimal): Decimal => add(d, percentOf(d, pct));

/** -1, 0 or 1 as `a` is below, equal to or above `b`; the scale plays no part. */
export function compare(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = Math.max(a.scale, b.scale);
  const [x, y] = [unitsAt(a, scale), unitsAt(b, scale)];
  return x < y ? -1 : x > y ? 1 : 0;
}

export const isZero = (d: Decimal): boolean => d.units === 0n;

/**
 * `d` with exactly `decimals` places, halves away from zero, so that a credit note mirrors its invoice to the cent.
 * @throws RangeError unless `decimals` is an integer of 0 or more
 */
export function roundHalfUp(d: Decimal, decimals: number): Decimal {
  if (!Number.isInteger(decimals) || decimals < 0) throw new RangeError(`${decimals} is no number of decimal places`);
  if (d.scale <= decimals) return { units: unitsAt(d, decimals), scale: decimals };
  const step = tenTo(d.scale - decimals);
  const size = d.units < 0n ? -d.units : d.units;
  const rounded = (size + step / 2n) / step;
  return { units: d.units < 0n ? -rounded : rounded, scale: decimals };
}

/** Prints every place of `d` and no exponent: `{625n, 4}` is `0.0625`, `{300n, 4}` is `0.0300`. */
export function formatDecimal(d: Decimal): string {
  const size = (d.units < 0n ? -d.units : d.units).toString().padStart(d.scale + 1, '0');
  const sign = d.units < 0n ? '-' : '';
  if (d.scale === 0) return sign + size;
  return `${sign}${size.slice(0, -d.scale)}.${size.slice(-d.scale)}`;
}

/** The same value without trailing zeros after the point: `0.0750` is `0.075`, `9.00` is `9`. */
export function trim(d: Decimal): Decimal {
  let { units, scale } = d;
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n;
    scale -= 1;
  }
  return { units, scale };
}
