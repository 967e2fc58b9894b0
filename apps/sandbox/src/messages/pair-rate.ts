// One message per 6 s to the same customer, and up to 45 at once on credit of later ones (Meta, about the platform,
// 2025-12-05; meta/limits.md §2).
export const PAIR_INTERVAL_MS = 6_000;
export const PAIR_BURST = 45;

/**
 * The pair-rate bucket as a theoretical arrival time (epoch ms): returns the new one when a message may go at `now`,
 * undefined when it may not.
 */
export function takePairSlot(arrival: number, now: number): number | undefined {
  const start = Math.max(arrival, now);
  return start - now > (PAIR_BURST - 1) * PAIR_INTERVAL_MS ? undefined : start + PAIR_INTERVAL_MS;
}
