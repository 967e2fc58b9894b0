import fc from 'fast-check';
import type { Step } from './automation.js';
import { dueAt, LATE_MS, onTrigger, planRun } from './plan-run.js';

const noon = new Date('2026-11-22T12:00:00Z');
const minutes = (n: number) => new Date(noon.getTime() + n * 60_000);
const stepAfter = (afterMinutes: number): Step => ({ afterMinutes, onlyIf: [], send: { text: 'hi' } });
const someSteps = fc.array(fc.integer({ min: 0, max: 10_000 }).map(stepAfter), { maxLength: 6 });

/** Looks at a run at each of these instants, as a worker does, and tells what was sent when. */
function live(
  steps: readonly Step[],
  looks: readonly number[],
): { sent: [index: number, at: number][]; ended: boolean } {
  let next = 0;
  const sent: [number, number][] = [];
  for (const minute of [...looks].sort((a, b) => a - b)) {
    for (;;) {
      const move = planRun(steps, { triggeredAt: noon, next }, minutes(minute));
      if (move.do === 'wait') break;
      if (move.do === 'end') return { sent, ended: true };
      if (move.do === 'send') sent.push([next, minute]);
      next++;
    }
  }
  return { sent, ended: false };
}

describe('a run of an automation', () => {
  it('sends each step once at most, in order, never before its time and never a day after it', () => {
    fc.assert(
      fc.property(someSteps, fc.array(fc.integer({ min: 0, max: 80_000 }), { maxLength: 40 }), (steps, looks) => {
        const { sent } = live(steps, looks);
        const indexes = sent.map(([index]) => index);
        expect(indexes).toEqual([...new Set(indexes)].sort((a, b) => a - b));
        for (const [index, minute] of sent) {
          const waited = minutes(minute).getTime() - dueAt(steps, noon, index).getTime();
          expect(waited).toBeGreaterThanOrEqual(0);
          expect(waited).toBeLessThanOrEqual(LATE_MS);
        }
      }),
    );
  });

  it('sends everything and ends when it is looked at in time, however often', () => {
    fc.assert(
      fc.property(someSteps, fc.integer({ min: 1, max: 700 }), (steps, every) => {
        const lasts = steps.reduce((sum, { afterMinutes }) => sum + afterMinutes, 0);
        const looks = Array.from({ length: Math.ceil(lasts / every) + 1 }, (_, i) => i * every);
        expect(live(steps, looks)).toMatchObject({ ended: true, sent: steps.map((_, i) => [i, expect.any(Number)]) });
      }),
      { numRuns: 50 },
    );
  });

  it('waits until the very instant that the next step is due', () => {
    const steps = [stepAfter(30), stepAfter(60)];
    expect(planRun(steps, { triggeredAt: noon, next: 1 }, minutes(89))).toEqual({ do: 'wait', until: minutes(90) });
    expect(planRun(steps, { triggeredAt: noon, next: 1 }, minutes(90))).toEqual({ do: 'send', step: steps[1] });
  });
});

describe('a customer who is not to be disturbed', () => {
  it('is written to when that is over, and not about what is too late by then', () => {
    const steps = [stepAfter(30)];
    const at = (minute: number, quietUntil?: number) =>
      planRun(steps, { triggeredAt: noon, next: 0 }, minutes(minute), quietUntil ? minutes(quietUntil) : undefined);
    expect(at(20, 600)).toEqual({ do: 'wait', until: minutes(30) });
    expect(at(30, 600)).toEqual({ do: 'wait', until: minutes(600) });
    expect(at(600)).toMatchObject({ do: 'send' });
    expect(at(30 + 24 * 60 + 1, 9_000)).toEqual({ do: 'skip', why: 'late' });
  });
});

describe('an event that triggers an automation', () => {
  const waiting = { waiting: true, next: 0, triggeredAt: noon };
  const over = { waiting: false, next: 2, triggeredAt: noon };
  it.each([
    ['for the first time begins it', undefined, undefined, noon, 'start'],
    ['again before anything was said begins the wait anew', waiting, undefined, minutes(5), 'refresh'],
    ['late, about an earlier state of the cart, changes nothing', waiting, undefined, minutes(-5), 'ignore'],
    ['after the first message changes nothing', { ...waiting, next: 1 }, undefined, minutes(5), 'ignore'],
    ['after it is over changes nothing', over, undefined, minutes(5), 'ignore'],
    ['after it is over begins it anew once the pause has passed', over, 10, minutes(10), 'start'],
    ['within the pause changes nothing', over, 10, minutes(9), 'ignore'],
  ] as const)('%s', (_, last, againAfterMinutes, at, wanted) => {
    expect(onTrigger(last, { againAfterMinutes }, at)).toBe(wanted);
  });
});
