import { compare, formatDecimal, parseDecimal, subtract, times } from '#libs/money';
import type { RateRow } from './rate-card.js';

/** One price that differs from the card in force. */
export interface PriceChange {
  readonly market: string;
  readonly category: string;
  /** null where the card in force has no such price. */
  readonly from: string | null;
  /** null where the new card has none. */
  readonly to: string | null;
}

/** What whoever approves must look at. */
export interface CardReview {
  /** The card that is in force before it, in the same currency; null for the first. */
  readonly before: string | null;
  readonly changes: readonly PriceChange[];
  readonly warnings: readonly string[];
}

/** A change by more than half is seldom one of Meta's (its largest of 2025 and 2026 were below). */
const JUMP_PCT = 50;
/** Meta gives a month's notice of a change of rates (Meta, "Pricing", September 2026). */
const NOTICE_DAYS = 28;
/** Days on which prices change since July 2025 (Meta, "Pricing", September 2026). */
const QUARTERS = new Set(['01-01', '04-01', '07-01', '10-01']);

/**
 * Compares a new card with the one before it and names what looks wrong: pure. Nothing here refuses; a person decides.
 *
 * @param card     the new card's rows, not empty
 * @param before   the rows of the card in force on the day before, in the same currency
 * @param facts    when Meta announced it, today (`YYYY-MM-DD`), and currencies that have prices now and none of this date
 */
export function reviewCard(
  card: readonly RateRow[],
  before: readonly RateRow[],
  facts: { cardDate: string; announcedOn: string; today: string; leftBehind: readonly string[] },
): CardReview {
  const key = (row: RateRow) => `${row.market}|${row.category}`;
  const [now, then] = [new Map(card.map((r) => [key(r), r])), new Map(before.map((r) => [key(r), r]))];
  const changes: PriceChange[] = [];
  for (const row of [...card, ...before.filter((r) => !now.has(key(r)))]) {
    const [from, to] = [then.get(key(row))?.price ?? null, now.get(key(row))?.price ?? null];
    if (from !== null && to !== null && compare(parseDecimal(from), parseDecimal(to)) === 0) continue;
    changes.push({ market: row.market, category: row.category, from, to });
  }
  const warnings = [
    ...changes
      .filter((c) => c.to === null)
      .map((c) => `${c.market}, ${c.category}: the card in force has a price, this has none`),
    ...changes
      .filter(isJump)
      .map((c) => `${c.market}, ${c.category}: from ${c.from} to ${c.to} is a change by more than ${JUMP_PCT} %`),
    ...relations(now, facts.cardDate),
  ];
  const { cardDate, announcedOn, today, leftBehind } = facts;
  if (!QUARTERS.has(cardDate.slice(5)))
    warnings.push('Meta changes prices on the first of January, April, July and October');
  if (cardDate <= today) warnings.push('the card is in force already: what was charged since stays as it is');
  if (daysBetween(announcedOn, cardDate) < NOTICE_DAYS) warnings.push('Meta gives a month of notice; this is less');
  if (leftBehind.length > 0) {
    warnings.push(
      `no card of this date for ${leftBehind.join(', ')}: messages in these currencies will wait for a price`,
    );
  }
  return { before: before[0]?.cardDate ?? null, changes, warnings };
}

function isJump({ from, to }: PriceChange): boolean {
  if (from === null || to === null) return false;
  const [a, b] = [parseDecimal(from), parseDecimal(to)];
  const moved = compare(a, b) < 0 ? subtract(b, a) : subtract(a, b);
  return compare(times(moved, 100), times(a, JUMP_PCT)) > 0;
}

/** Authentication costs what utility costs since July 2025, and service since October 2026 (Meta's cards of those dates). */
function relations(now: ReadonlyMap<string, RateRow>, cardDate: string): string[] {
  const told: string[] = [];
  for (const { market, category, price } of now.values()) {
    if (category !== 'utility') continue;
    for (const [other, since] of [
      ['authentication', '2025-07-01'],
      ['service', '2026-10-01'],
    ] as const) {
      const found = now.get(`${market}|${other}`)?.price;
      if (cardDate < since || found === undefined || compare(parseDecimal(found), parseDecimal(price)) === 0) continue;
      told.push(`${market}: ${other} at ${formatDecimal(parseDecimal(found))} differs from utility at ${price}`);
    }
  }
  return told;
}

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
