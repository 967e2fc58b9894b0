import { downgradeOf, type Limit, ladderAt, SEED_LADDER } from './index.js';

const flagged = new Date('2026-11-20T09:00:00Z');
const weekLater = new Date('2026-11-27T09:00:00Z');
const capped = (cap: number): Limit => ({ kind: 'capped', cap });

describe('a flagged number', () => {
  it.each([
    [{ kind: 'unlimited' } as Limit, capped(100_000)],
    [capped(10_000), capped(1_000)],
  ])('with a limit of its own (%p) loses a step after seven days', (limit, becomes) => {
    expect(downgradeOf(limit, SEED_LADDER, flagged)).toEqual({ becomes, at: weekLater });
    expect(downgradeOf(limit, ladderAt('2024-01-01'), flagged)).toEqual({ becomes, at: weekLater });
  });

  it('loses nothing on the lowest step, nor when it is not flagged, nor under the limit of its portfolio', () => {
    expect(downgradeOf(capped(1_000), SEED_LADDER, flagged)).toBeUndefined();
    expect(downgradeOf(capped(10_000), SEED_LADDER, undefined)).toBeUndefined();
    expect(downgradeOf(capped(10_000), ladderAt('2026-11-22'), flagged)).toBeUndefined();
  });
});
