import type { ReachedCustomers } from '../state/records.js';

const DAY = 86_400_000;

/** Customers a day from a tier's name: the number is in the name (meta/limits.md §1). */
export function tierCap(tier: string): number {
  if (tier === 'TIER_UNLIMITED') return Infinity;
  const [, count, thousand] = tier.match(/^TIER_(\d+)(K?)$/) ?? [];
  return count ? Number(count) * (thousand ? 1_000 : 1) : 0;
}

/** Whether the portfolio may reach this customer outside a window at `now` (epoch ms). */
export function mayReach(reached: ReachedCustomers, tier: string, customer: string, now: number): boolean {
  for (const [oldest, at] of reached) {
    if (at > now - DAY) break;
    reached.delete(oldest);
  }
  return reached.has(customer) || reached.size < tierCap(tier);
}

/** Counts the customer; the map stays in order of last reach, so that the oldest can be dropped from its front. */
export function reach(reached: ReachedCustomers, customer: string, now: number): void {
  reached.delete(customer);
  reached.set(customer, now);
}
