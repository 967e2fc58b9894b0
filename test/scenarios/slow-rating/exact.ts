/** An exact decimal: `units` / 10^`scale`. */
export interface Exact {
  units: bigint;
  scale: number;
}

export const exact = (text: string): Exact => {
  const [whole = '', fraction = ''] = text.split('.');
  return { units: BigInt(whole + fraction), scale: fraction.length };
};
export const ZERO = exact('0');
export const whole = (count: number): Exact => ({ units: BigInt(count), scale: 0 });
export const times = (a: Exact, b: Exact): Exact => ({ units: a.units * b.units, scale: a.scale + b.scale });
export const plus = (a: Exact, b: Exact): Exact => {
  const scale = Math.max(a.scale, b.scale);
  return { units: a.units * 10n ** BigInt(scale - a.scale) + b.units * 10n ** BigInt(scale - b.scale), scale };
};
/** 1 + percent/100. */
export const raisedBy = (percent: Exact): Exact => plus(whole(1), { units: percent.units, scale: percent.scale + 2 });
export const isSame = (a: Exact, b: Exact): boolean => plus(a, { units: -b.units, scale: b.scale }).units === 0n;

/** Half up, for amounts of 0 and more. */
export function round(a: Exact, decimals: number): Exact {
  if (a.scale <= decimals) return { units: a.units * 10n ** BigInt(decimals - a.scale), scale: decimals };
  const step = 10n ** BigInt(a.scale - decimals);
  return { units: (a.units * 2n + step) / (step * 2n), scale: decimals };
}

export function print(a: Exact): string {
  if (a.scale === 0) return String(a.units);
  const digits = String(a.units).padStart(a.scale + 1, '0');
  return `${digits.slice(0, -a.scale)}.${digits.slice(-a.scale)}`;
}
/** One spelling for one number: "0.10" and "0.1" are the same price. */
export const plain = (text: string): string => (text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text);
