import fc from 'fast-check';
import { mayArriveLater, STEPS, stepsPassed, tooManyFail } from './funnel.js';

describe('how far messages got', () => {
  it('counts each step once, in whatever order the news comes', () => {
    const reached = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 8 });
    fc.assert(
      fc.property(reached, (news) => {
        const counts = new Map<string, number>();
        let at = 0;
        for (const to of news) {
          for (const step of stepsPassed(at, to)) counts.set(step, (counts.get(step) ?? 0) + 1);
          at = Math.max(at, to);
        }
        expect([...counts.values()].every((n) => n === 1)).toBe(true);
        expect([...counts.keys()]).toEqual(STEPS.slice(1, at + 1));
      }),
    );
  });

  it('says that too many fail only once enough is known', () => {
    const stop = { percent: 10, atLeast: 100 };
    expect(tooManyFail(stop, { failed: 99, delivered: 0 })).toBe(false);
    expect(tooManyFail(stop, { failed: 10, delivered: 90 })).toBe(false);
    expect(tooManyFail(stop, { failed: 11, delivered: 89 })).toBe(true);
  });

  it.each([
    ['failed', '131049', true], // Meta holds back marketing to this customer for now
    ['failed', '131026', false], // not on WhatsApp
    ['failed', '131050', false], // stopped marketing
    ['failed', null, false],
    ['failed', 'none', false],
    ['parked', '132015', false], // it goes itself when the template is back
    ['expired', '130429', false], // the code is of an attempt before
    ['cancelled', '131056', false],
  ])('a message that is %s with %s may be sent anew: %s', (status, code, may) => {
    expect(mayArriveLater(status, code)).toBe(may);
  });
});
