/** Whose limit it is: each number had its own, now all numbers of a portfolio share one. */
export type LimitScope = 'number' | 'portfolio';

export interface Ladder {
  /** First day of the ladder, UTC. */
  readonly from: string;
  readonly scope: LimitScope;
  /** The cap of a number or portfolio to which Meta has not assigned a step yet (`TIER_NOT_SET`). */
  readonly unassigned: number;
  /** Unique users in 24 h, lowest first; after the last step the limit is lifted. */
  readonly steps: readonly number[];
  readonly source: string;
}

/**
 * The ladders through time, oldest first. Meta's own pages start in October 2025; before that help pages of partners are
 * the source, and the days are theirs. Blogs of 2026 announce that the steps 2K and 10K go; Meta's page of mid-2026 does
 * not say so, and a limit that Meta states is obeyed whether or not it is a step here.
 */
export const LADDERS: readonly Ladder[] = [
  {
    from: '2018-08-01',
    scope: 'number',
    unassigned: 1_000,
    steps: [1_000, 10_000, 100_000],
    source: 'ManyChat and MessageBird help pages: tiers 1 to 3 and unlimited (first day from general knowledge)',
  },
  {
    from: '2021-09-12',
    scope: 'number',
    unassigned: 50,
    steps: [50, 1_000, 10_000, 100_000],
    source: 'quickreply.ai help: limited access of 50 for businesses not verified',
  },
  {
    from: '2022-09-30',
    scope: 'number',
    unassigned: 250,
    steps: [250, 1_000, 10_000, 100_000],
    source: 'Brevo help: 50 for those who signed up before 30 September 2022 (elsewhere 2023), 250 since',
  },
  {
    from: '2025-10-07',
    scope: 'portfolio',
    unassigned: 250,
    steps: [250, 2_000, 10_000, 100_000],
    source: 'Meta, upcoming messaging limits changes (2025-10-26), messaging limits (2025-11-26)',
  },
];

/**
 * The ladder in force on a day, which belongs to the new ladder from its first moment.
 * @param day `YYYY-MM-DD`, UTC: Meta names no time zone for the change
 * @returns the oldest ladder for days before all of them
 */
export const ladderAt = (day: string): Ladder => LADDERS.findLast((ladder) => ladder.from <= day) ?? LADDERS[0]!;
