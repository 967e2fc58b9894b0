import { type Limit, ladderAt, progressOf, upgradeRuleAt } from './index.js';

const now = new Date('2026-11-22T12:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const capped = (cap: number): Limit => ({ kind: 'capped', cap });
const at = (day: string, limit: Limit, users: number, obstacles: ('quality_low' | 'not_connected')[] = []) =>
  progressOf(limit, ladderAt(day), upgradeRuleAt(day), { users, oldest: daysAgo(5) }, obstacles, now);

describe('how far a limit is from being raised', () => {
  it('says how many more customers, and until when that is enough', () => {
    expect(at('2026-11-22', capped(2_000), 688)).toEqual({
      next: capped(10_000),
      needed: 1_000,
      days: 7,
      reached: 688,
      missing: 312,
      by: new Date('2026-11-24T12:00:00Z'),
      earliest: undefined,
      orVerify: false,
      obstacles: [],
    });
  });

  it('needs 2,000 customers in 30 days for the first raise of a portfolio, or a verified business', () => {
    expect(at('2026-11-22', capped(250), 1_200)).toMatchObject({
      needed: 2_000,
      days: 30,
      missing: 800,
      orVerify: true,
    });
    expect(at('2026-11-22', { kind: 'not_set' }, 0)).toMatchObject({ next: capped(2_000), needed: 2_000 });
  });

  it.each([
    ['2021-10-01', capped(1_000), 2_000, 48],
    ['2024-05-01', capped(1_000), 500, 24],
    ['2024-05-01', capped(250), 1_000, 24],
    ['2026-01-01', capped(100_000), 50_000, 6],
  ])('by the rule of %s: a limit of %p wants %d customers, and then %d hours', (day, limit, needed, hours) => {
    expect(at(day, limit, needed - 1)).toMatchObject({ needed, missing: 1, earliest: undefined });
    expect(at(day, limit, needed)?.earliest).toEqual(new Date(now.getTime() + hours * 3_600_000));
  });

  it('promises nothing while quality is low, and nothing above no limit', () => {
    expect(at('2026-11-22', capped(2_000), 5_000, ['quality_low'])).toMatchObject({ missing: 0, earliest: undefined });
    expect(at('2026-11-22', { kind: 'unlimited' }, 5_000)).toBeUndefined();
  });
});
