import { capOf, LADDERS, type Limit, ladderAt, nextTier, parseLimit, tierName } from './index.js';

const capped = (cap: number): Limit => ({ kind: 'capped', cap });

describe('the messaging limit Meta states', () => {
  it.each([
    ['TIER_50', capped(50)],
    ['TIER_250', capped(250)],
    ['TIER_1K', capped(1_000)],
    ['TIER_2K', capped(2_000)],
    ['TIER_10K', capped(10_000)],
    ['TIER_100K', capped(100_000)],
    ['TIER_1M', capped(1_000_000)],
    ['tier_2k', capped(2_000)],
    ['TIER_UNLIMITED', { kind: 'unlimited' }],
    ['TIER_NOT_SET', { kind: 'not_set' }],
    [2000, capped(2_000)],
    ['2000', capped(2_000)],
    [250, capped(250)],
    [-1, { kind: 'unlimited' }],
    ['-1', { kind: 'unlimited' }],
    [0, capped(0)],
  ])('%p is read', (value, limit) => {
    expect(parseLimit(value)).toEqual(limit);
  });

  it.each(['', 'TIER_', 'TIER_MANY', 'UNLIMITED', -2, 2.5, Number.NaN, null, undefined, {}, 'TIER_2KK'])(
    '%p is left unread, never guessed',
    (value) => {
      expect(parseLimit(value)).toEqual({ kind: 'unreadable', value });
    },
  );

  it('is written in the name Meta gives it, and read back', () => {
    for (const name of ['TIER_50', 'TIER_250', 'TIER_1K', 'TIER_2K', 'TIER_100K', 'TIER_UNLIMITED', 'TIER_NOT_SET']) {
      expect(tierName(parseLimit(name) as Limit)).toBe(name);
    }
  });
});

describe('the ladder', () => {
  it.each([
    ['2021-09-11', 'number', 1_000, 10_000],
    ['2021-09-12', 'number', 50, 1_000],
    ['2022-09-29', 'number', 50, 1_000],
    ['2022-09-30', 'number', 250, 1_000],
    ['2025-10-06', 'number', 250, 1_000],
    ['2025-10-07', 'portfolio', 250, 2_000],
    ['2030-01-01', 'portfolio', 250, 2_000],
  ] as const)('on %s belongs to the %s, starts at %d and goes on to %d', (day, scope, start, second) => {
    const ladder = ladderAt(day);
    expect(ladder.scope).toBe(scope);
    expect(capOf({ kind: 'not_set' }, ladder)).toBe(start);
    expect(nextTier(capped(start), ladder)).toEqual(capped(second));
  });

  it('holds no day before its first row', () => {
    expect(ladderAt('2000-01-01')).toBe(LADDERS[0]);
  });

  it('leads from a limit not yet set up to none, and no further', () => {
    const ladder = ladderAt('2026-01-01');
    const walked: Limit[] = [];
    for (let limit: Limit | undefined = { kind: 'not_set' }; limit; limit = nextTier(limit, ladder)) walked.push(limit);
    expect(walked.map((limit) => capOf(limit, ladder))).toEqual([250, 250, 2_000, 10_000, 100_000, Infinity]);
  });

  it('takes a limit of an older ladder to the step above it', () => {
    expect(nextTier(capped(1_000), ladderAt('2026-01-01'))).toEqual(capped(2_000));
  });
});
