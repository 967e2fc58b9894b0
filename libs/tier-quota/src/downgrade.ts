import { DAY_MS } from './admit.js';
import type { Ladder } from './ladders.js';
import type { Limit } from './limit.js';

const WEEK_MS = 7 * DAY_MS;

/** What becomes of a limit that Meta has threatened. */
export interface Downgrade {
  readonly becomes: Limit;
  readonly at: Date;
}

/**
 * By the rules of limits of single numbers a number of low quality was FLAGGED, and after seven days without improvement lost
 * a step. Limits of portfolios never fall by quality (Meta, upcoming messaging limits changes, 2025-10-26).
 *
 * @param flaggedSince when Meta flagged the number; undefined while it is not flagged
 * @returns undefined where nothing threatens: not flagged, a limit of a portfolio, or the lowest step already
 */
export function downgradeOf(limit: Limit, ladder: Ladder, flaggedSince: Date | undefined): Downgrade | undefined {
  if (ladder.scope === 'portfolio' || !flaggedSince || limit.kind === 'not_set') return undefined;
  const cap = limit.kind === 'unlimited' ? Number.POSITIVE_INFINITY : limit.cap;
  const lower = ladder.steps.findLast((step) => step < cap);
  if (lower === undefined) return undefined;
  return { becomes: { kind: 'capped', cap: lower }, at: new Date(flaggedSince.getTime() + WEEK_MS) };
}
