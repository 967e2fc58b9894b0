import type { Ladder } from './ladders.js';

/** A messaging limit as Meta states it, in unique users per moving 24 h. */
export type Limit =
  | { readonly kind: 'capped'; readonly cap: number }
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'not_set' };

export type UnreadableLimit = { readonly kind: 'unreadable'; readonly value: unknown };

const THOUSANDS: Readonly<Record<string, number>> = { '': 1, K: 1_000, M: 1_000_000 };

/**
 * Reads a limit in either form of Meta's: `TIER_250`, `TIER_2K`, `TIER_UNLIMITED`, `TIER_NOT_SET`, or a whole number,
 * where -1 lifts the limit. The documentation of `business_capability_update` shows names and its sample the integer 2000
 * (2025-11-14), so every reader meets both. A step that is on no ladder is read all the same: Meta is the authority.
 */
export function parseLimit(value: unknown): Limit | UnreadableLimit {
  if (typeof value === 'number') return fromNumber(value, value);
  if (typeof value !== 'string') return { kind: 'unreadable', value };
  const text = value.trim().toUpperCase();
  if (/^(-1|\d{1,9})$/.test(text)) return fromNumber(Number(text), value);
  if (text === 'TIER_UNLIMITED') return { kind: 'unlimited' };
  if (text === 'TIER_NOT_SET') return { kind: 'not_set' };
  const [, digits, unit] = /^TIER_(\d{1,6})([KM]?)$/.exec(text) ?? [];
  if (digits === undefined) return { kind: 'unreadable', value };
  return fromNumber(Number(digits) * THOUSANDS[unit ?? '']!, value);
}

function fromNumber(n: number, value: unknown): Limit | UnreadableLimit {
  if (n === -1) return { kind: 'unlimited' };
  return Number.isSafeInteger(n) && n >= 0 ? { kind: 'capped', cap: n } : { kind: 'unreadable', value };
}

/** How many unique users a limit allows; Infinity when it is lifted, the ladder's lowest while Meta has not set one. */
export function capOf(limit: Limit, ladder: Ladder): number {
  if (limit.kind === 'capped') return limit.cap;
  return limit.kind === 'unlimited' ? Number.POSITIVE_INFINITY : ladder.unassigned;
}

/**
 * The next higher limit on a ladder: what Meta may raise this one to. Undefined when there is none above. A cap between
 * two steps (an old one kept across a change of ladder) goes to the step above it.
 */
export function nextTier(limit: Limit, ladder: Ladder): Limit | undefined {
  if (limit.kind === 'unlimited') return undefined;
  const cap = limit.kind === 'not_set' ? ladder.unassigned - 1 : limit.cap;
  const step = ladder.steps.find((s) => s > cap);
  return step === undefined ? { kind: 'unlimited' } : { kind: 'capped', cap: step };
}

/**
 * Meta's name for a limit, as tenants know it: `TIER_2K`, `TIER_UNLIMITED`. A cap that is no whole number of thousands
 * above 1,000 is written out.
 */
export function tierName(limit: Limit): string {
  if (limit.kind === 'unlimited') return 'TIER_UNLIMITED';
  if (limit.kind === 'not_set') return 'TIER_NOT_SET';
  return limit.cap >= 1_000 && limit.cap % 1_000 === 0 ? `TIER_${limit.cap / 1_000}K` : `TIER_${limit.cap}`;
}
