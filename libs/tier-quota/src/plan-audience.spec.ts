import fc from 'fast-check';
import { DAY_MS, planAudience } from './index.js';

const now = new Date('2026-03-02T12:00:00Z');
const plus = (ms: number) => new Date(now.getTime() + ms);

describe('how long an audience takes under a messaging limit', () => {
  it('is reached at once when it fits', () => {
    expect(planAudience(250, { cap: 250, used: 0 }, now)).toEqual([{ at: now, recipients: 250 }]);
  });

  it('spreads over the days when it does not', () => {
    expect(planAudience(5_000, { cap: 2_000, used: 0 }, now)).toEqual([
      { at: now, recipients: 2_000 },
      { at: plus(DAY_MS), recipients: 2_000 },
      { at: plus(2 * DAY_MS), recipients: 1_000 },
    ]);
  });

  it('takes the places of others as they become free', () => {
    expect(planAudience(3, { cap: 3, used: 2, leavingAt: [plus(1_000), plus(7_000)] }, now)).toEqual([
      { at: now, recipients: 1 },
      { at: plus(1_000), recipients: 1 },
      { at: plus(7_000), recipients: 1 },
    ]);
  });

  it('waits for those over a lowered limit to leave first', () => {
    expect(planAudience(1, { cap: 1, used: 2, leavingAt: [plus(1_000), plus(7_000)] }, now)).toEqual([
      { at: plus(7_000), recipients: 1 },
    ]);
  });

  it('has no limit without one, no plan under a limit of nobody, and nothing to do for nobody', () => {
    expect(planAudience(1e6, { cap: Infinity, used: 5 }, now)).toEqual([{ at: now, recipients: 1e6 }]);
    expect(planAudience(1, { cap: 0, used: 0 }, now)).toBeUndefined();
    expect(planAudience(0, { cap: 0, used: 0 }, now)).toEqual([]);
  });

  it('reaches everyone, in order of time, never more than the limit in any 24 hours', () => {
    const used = fc.array(fc.integer({ min: 1, max: DAY_MS }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 20 }), used, (audience, cap, leaving) => {
        const leavingAt = leaving.sort((a, b) => a - b).map(plus);
        const waves = planAudience(audience, { cap, used: leaving.length, leavingAt }, now)!;
        expect(waves.reduce((sum, wave) => sum + wave.recipients, 0)).toBe(audience);
        for (const [i, wave] of waves.entries()) {
          if (i > 0) expect(wave.at.getTime()).toBeGreaterThan(waves[i - 1]!.at.getTime());
          const counted = waves
            .filter((w) => w.at <= wave.at && wave.at.getTime() < w.at.getTime() + DAY_MS)
            .reduce((sum, w) => sum + w.recipients, 0);
          expect(counted + leavingAt.filter((leaves) => leaves > wave.at).length).toBeLessThanOrEqual(cap);
        }
      }),
    );
  });
});
