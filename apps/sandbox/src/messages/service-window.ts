import type { Pair } from '../state/records.js';

const HOUR = 3_600_000;
const OCTOBER_2026 = Date.UTC(2026, 9, 1);

/** The customer wrote at `now`: 24 h of free-form messages, and an offer of free entry if an ad brought them. */
export function customerWrote(pair: Pair, now: number, fromAd: boolean): void {
  pair.windowUntil = now + 24 * HOUR;
  if (fromAd) pair.freeEntryOfferUntil = now + 24 * HOUR;
}

export const inServiceWindow = (pair: Pair, now: number) => now < pair.windowUntil;

/** Whether a message accepted at `now` is free by the free entry window: one is open, or this answer will open it. */
export const inFreeEntry = (pair: Pair, now: number) => now < pair.freeEntryUntil || now < pair.freeEntryOfferUntil;

/** Delivery of the answer opens free entry for 72 h; since October 2026 for up to 7 days (pricing/rules.md §4.2). */
export function answerDelivered(pair: Pair, now: number, newId: () => string): void {
  if (now < pair.freeEntryUntil) return;
  pair.freeEntryUntil = now + (now >= OCTOBER_2026 ? 7 * 24 : 72) * HOUR;
  pair.freeEntryOfferUntil = 0;
  pair.freeEntryId = newId();
}
