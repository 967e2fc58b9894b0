import { Pace } from './pace.js';

const well = {};
const lost = { trouble: true };
const tooMany = { restMs: 1_000 };

describe('a number whose calls to Meta fail', () => {
  it('goes on after one lost connection, and rests after three in a row', () => {
    const pace = new Pace(80);
    for (const outcome of [lost, lost, well, lost, lost]) pace.hear(outcome, 10);
    expect([pace.pausedUntil, pace.isTrying]).toEqual([0, false]);
    pace.hear(lost, 10);
    expect([pace.pausedUntil, pace.isTrying]).toEqual([1_010, true]);
  });

  it('rests once for all calls that were under way together, and longer each time it tries in vain', () => {
    const pace = new Pace(80);
    for (let i = 0; i < 50; i++) pace.hear(tooMany, 0);
    expect(pace.pausedUntil).toBe(1_000);
    const rests: number[] = [];
    for (let i = 0; i < 5; i++) {
      const now = pace.pausedUntil;
      pace.hear(lost, now);
      rests.push(pace.pausedUntil - now);
    }
    expect(rests).toEqual([2_000, 5_000, 15_000, 15_000, 15_000]);
  });

  it('rests as long as it is asked to, and goes on as before when Meta answers', () => {
    const pace = new Pace(80);
    pace.hear({ restMs: 90_000 }, 0);
    expect(pace.pausedUntil).toBe(90_000);
    pace.hear(well, 90_001);
    expect(pace.isTrying).toBe(false);
    pace.hear(tooMany, 90_002);
    expect(pace.pausedUntil).toBe(91_002);
  });
});
