import { type Decimal, NotADecimal, parseDecimal } from './decimal.js';

/** Decimal places of a micro-unit. */
const PLACES = 6;
const MILLION = 1_000_000;

/**
 * A decimal string as an integer Number of millionths: `'0.0625'` is 62 500.
 * @throws NotADecimal for text that is no decimal; RangeError where millionths cannot hold it exactly
 */
export function parseMicros(text: unknown): number {
  const { units, scale } = parseDecimal(text);
  const spare = scale > PLACES ? 10n ** BigInt(scale - PLACES) : 1n;
  if (units % spare !== 0n) throw new RangeError(`${String(text)} has more than ${PLACES} decimal places`);
  const micros = scale > PLACES ? Number(units / spare) : Number(units * 10n ** BigInt(PLACES - scale));
  if (!Number.isSafeInteger(micros)) throw new RangeError(`${String(text)} is too large for micro-units`);
  return micros;
}

/**
 * `micros` times a count.
 * @throws RangeError where the product leaves the integers a Number holds exactly
 */
export function timesMicros(micros: number, count: number): number {
  const product = micros * count;
  if (!Number.isSafeInteger(product)) throw new RangeError(`${micros} micros x ${count} is not exact in a Number`);
  return product;
}

/** Micros as a Decimal, to leave the fast path without loss. @throws NotADecimal unless a safe integer */
export function microsToDecimal(micros: number): Decimal {
  if (!Number.isSafeInteger(micros)) throw new NotADecimal(micros);
  return { units: BigInt(micros), scale: PLACES };
}

/** Prints micros with at least `decimals` places (Meta prints 4) and as many as the value needs. */
export function formatMicros(micros: number, decimals = 4): string {
  if (!Number.isSafeInteger(micros)) throw new NotADecimal(micros);
  const size = Math.abs(micros);
  let fraction = String(size % MILLION).padStart(PLACES, '0');
  while (fraction.length > decimals && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  const whole = `${micros < 0 ? '-' : ''}${Math.floor(size / MILLION)}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
