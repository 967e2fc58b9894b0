import type { Ladder } from './ladders.js';
import type { Limit, UnreadableLimit } from './limit.js';

/**
 * The ladder by which numbers of the seed era were sold: 50 before a tier is assigned, then 1K, 10K, 100K and no limit, each
 * number by itself. No date chooses it: a number has to be configured so.
 */
export const SEED_LADDER: Ladder = {
  from: '2018-08-01',
  scope: 'number',
  unassigned: 50,
  steps: [1_000, 10_000, 100_000],
  source: 'Provider handbooks of the On-Premises years: tiers 1 to 4, and 50 while none is assigned',
};

/** Words for tiers of that ladder. */
export const SEED_TIERS = ['unassigned', 'tier1', 'tier2', 'tier3', 'tier4'] as const;

/** Reads a tier of the seed era; these numbers count steps and are no caps, as those of `parseLimit` are. */
export function parseSeedTier(word: string): Limit | UnreadableLimit {
  const nth = (SEED_TIERS as readonly string[]).indexOf(word);
  if (nth < 0) return { kind: 'unreadable', value: word };
  if (nth === 0) return { kind: 'not_set' };
  const cap = SEED_LADDER.steps[nth - 1];
  return cap === undefined ? { kind: 'unlimited' } : { kind: 'capped', cap };
}
