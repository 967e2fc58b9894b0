import { LONGEST_FREE_ENTRY_HOURS, type Rules, WINDOW_HOURS } from './rules-in-force.js';

const HOUR = 3_600_000;

/**
 * What is known of free entry between one business number and one user, in ms since 1970. -Infinity: never.
 * A free entry begins when the user writes from a phone through an ad that clicks to WhatsApp or the button of a page
 * (Meta, "Conversation-based pricing", November 2025; "Pricing", September 2026).
 */
export interface FreeEntry {
  /** The latest entry message. */
  enteredAt: number;
  /** True until the next outbound message after it. */
  unanswered: boolean;
  /** The latest answer that came in time. */
  answeredAt: number;
  /** End of the free entry window, where it can be computed. */
  openUntil: number;
}

export const noFreeEntry = (): FreeEntry => ({
  enteredAt: Number.NEGATIVE_INFINITY,
  unanswered: false,
  answeredAt: Number.NEGATIVE_INFINITY,
  openUntil: Number.NEGATIVE_INFINITY,
});

/**
 * - `open`: a window is open. `opens`: this message is the answer that opens one.
 * - `undecided`: it may be open; only Meta knows (`Rules.freeEntryHours` is `meta`).
 */
export type FreeEntryStatus = 'none' | 'open' | 'opens' | 'undecided';

/** What free entry means for a message delivered to the user at `at`. */
export function freeEntryAt(known: Readonly<FreeEntry>, at: number, rules: Rules): FreeEntryStatus {
  if (rules.freeEntryHours === 'meta') {
    const mayOpen = at < known.enteredAt + WINDOW_HOURS * HOUR;
    return mayOpen || at < known.answeredAt + LONGEST_FREE_ENTRY_HOURS * HOUR ? 'undecided' : 'none';
  }
  if (at < known.openUntil) return 'open';
  return known.unanswered && at < known.enteredAt + WINDOW_HOURS * HOUR ? 'opens' : 'none';
}

/** An entry message arrived. */
export function enter(known: FreeEntry, at: number): void {
  known.enteredAt = at;
  known.unanswered = true;
}

/** A message to the user was delivered: the first one after an entry message is its answer, in time or not. */
export function answer(known: FreeEntry, at: number, rules: Rules): void {
  if (!known.unanswered) return;
  known.unanswered = false;
  if (at >= known.enteredAt + WINDOW_HOURS * HOUR) return;
  known.answeredAt = at;
  if (rules.freeEntryHours !== 'meta' && at >= known.openUntil) known.openUntil = at + rules.freeEntryHours * HOUR;
}
