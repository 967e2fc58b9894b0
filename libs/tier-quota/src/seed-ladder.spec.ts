import { capOf, type Limit, nextTier, parseSeedTier, SEED_LADDER } from './index.js';

describe('a number of the seed era', () => {
  it.each([
    ['unassigned', 50],
    ['tier1', 1_000],
    ['tier2', 10_000],
    ['tier3', 100_000],
    ['tier4', Infinity],
  ])('with %s reaches %d customers a day', (word, cap) => {
    expect(capOf(parseSeedTier(word) as Limit, SEED_LADDER)).toBe(cap);
  });

  it('rises by its own ladder, and a tier that there never was is left unread', () => {
    expect(nextTier(parseSeedTier('tier1') as Limit, SEED_LADDER)).toEqual({ kind: 'capped', cap: 10_000 });
    expect(parseSeedTier('tier5').kind).toBe('unreadable');
  });
});
