import { mayReach, reach, tierCap } from './tier.js';

const HOUR = 3_600_000;

describe('the tier of a portfolio', () => {
  it.each([
    ['TIER_50', 50],
    ['TIER_250', 250],
    ['TIER_2K', 2_000],
    ['TIER_100K', 100_000],
    ['TIER_UNLIMITED', Infinity],
    ['TIER_NOT_SET', 0],
  ])('%s is %d customers a day', (tier, cap) => expect(tierCap(tier)).toBe(cap));

  it('is full after so many different customers, and open again as they leave the moving day', () => {
    const reached = new Map<string, number>();
    for (let i = 0; i < 50; i++) reach(reached, `c${i}`, i * HOUR * 0.1);
    expect(mayReach(reached, 'TIER_50', 'another', 5 * HOUR)).toBe(false);
    expect(mayReach(reached, 'TIER_50', 'c7', 5 * HOUR)).toBe(true);
    expect(mayReach(reached, 'TIER_50', 'another', 24 * HOUR - 1)).toBe(false);
    expect(mayReach(reached, 'TIER_50', 'another', 24 * HOUR)).toBe(true);
  });

  it('counts a customer from the last message to them', () => {
    const reached = new Map<string, number>();
    for (let i = 0; i < 50; i++) reach(reached, `c${i}`, 0);
    reach(reached, 'c0', 20 * HOUR);
    expect(mayReach(reached, 'TIER_50', 'another', 24 * HOUR)).toBe(true);
    expect([...reached.keys()]).toEqual(['c0']);
  });
});
