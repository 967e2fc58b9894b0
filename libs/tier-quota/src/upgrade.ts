import { DAY_MS } from './admit.js';
import type { Ladder } from './ladders.js';
import { capOf, type Limit, nextTier } from './limit.js';

/** What Meta asks for before it raises a limit, from a day on. */
export interface UpgradeRule {
  /** First day, UTC. */
  readonly from: string;
  /** The first raise of a business that Meta does not know better: users reached in so many days. Verification does as well. */
  readonly first?: { readonly upTo: number; readonly users: number; readonly days: number };
  /** Every other raise: users reached in so many days, as a multiple of the limit. */
  readonly others: { readonly timesLimit: number; readonly days: number };
  /** From reaching it to the raise, at the earliest. */
  readonly delayHours: number;
  readonly source: string;
}

export const UPGRADE_RULES: readonly UpgradeRule[] = [
  {
    from: '2018-08-01',
    others: { timesLimit: 2, days: 7 },
    delayHours: 48,
    source: 'Partners of 2021 and 2022: twice the limit in 7 days, no sooner than after 48 h, quality not low',
  },
  {
    from: '2022-09-30',
    first: { upTo: 250, users: 1_000, days: 30 },
    others: { timesLimit: 0.5, days: 7 },
    delayHours: 24,
    source: 'Brevo, ManyChat, 019sms help: half the limit in 7 days, or 1,000 conversations in 30 days for the first',
  },
  {
    from: '2025-10-07',
    first: { upTo: 250, users: 2_000, days: 30 },
    others: { timesLimit: 0.5, days: 7 },
    delayHours: 6,
    source: 'Meta, upcoming messaging limits changes (2025-10-26): scaling paths; half the limit in 7 days',
  },
];

/** The rule in force on a day `YYYY-MM-DD`, which belongs to the new rule from its first moment. */
export const upgradeRuleAt = (day: string): UpgradeRule =>
  UPGRADE_RULES.findLast((rule) => rule.from <= day) ?? (UPGRADE_RULES[0] as UpgradeRule);

/** Different users to whom messages were delivered outside windows in some days before now. */
export interface Reached {
  readonly users: number;
  /** When the first of them was last sent to; undefined while there are none. */
  readonly oldest: Date | undefined;
}

export type Obstacle = 'quality_low' | 'not_connected';

export interface Progress {
  /** What Meta may raise the limit to. */
  readonly next: Limit;
  /** Different users to be reached in so many days. */
  readonly needed: number;
  readonly days: number;
  readonly reached: number;
  /** How many more. */
  readonly missing: number;
  /** Until then the `missing` stay so few: the first of those reached leaves the days that count. */
  readonly by: Date | undefined;
  /** When Meta may raise it at the earliest, once nothing is missing. */
  readonly earliest: Date | undefined;
  /** Verifying the business does as well. */
  readonly orVerify: boolean;
  readonly obstacles: readonly Obstacle[];
}

/** How many days of reached users `progressOf` has to be told of. */
export function daysThatCount(limit: Limit, ladder: Ladder, rule: UpgradeRule): number {
  return rule.first && capOf(limit, ladder) <= rule.first.upTo ? rule.first.days : rule.others.days;
}

/**
 * How far a limit is from being raised. Only Meta raises it, after judging the quality as well.
 *
 * @param reached in the last `daysThatCount` days
 * @param obstacles what keeps Meta from it besides the numbers
 * @returns undefined for a limit above which there is none
 */
export function progressOf(
  limit: Limit,
  ladder: Ladder,
  rule: UpgradeRule,
  reached: Reached,
  obstacles: readonly Obstacle[],
  now: Date,
): Progress | undefined {
  const cap = capOf(limit, ladder);
  const next = nextTier(limit.kind === 'not_set' ? { kind: 'capped', cap } : limit, ladder);
  if (!next) return undefined;
  const isFirst = rule.first !== undefined && cap <= rule.first.upTo;
  const days = daysThatCount(limit, ladder, rule);
  const needed = isFirst && rule.first ? rule.first.users : Math.ceil(cap * rule.others.timesLimit);
  const missing = Math.max(0, needed - reached.users);
  return {
    next,
    needed,
    days,
    reached: reached.users,
    missing,
    by: missing > 0 && reached.oldest ? new Date(reached.oldest.getTime() + days * DAY_MS) : undefined,
    earliest:
      missing === 0 && obstacles.length === 0 ? new Date(now.getTime() + rule.delayHours * 3_600_000) : undefined,
    orVerify: isFirst,
    obstacles,
  };
}
