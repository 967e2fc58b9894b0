import fc from 'fast-check';
import { holdReport, judgeReport, type Seen, TEMPLATE_STATES } from './index.js';

const second = (s: number, ms = 0) => new Date(Date.UTC(2026, 0, 1, 0, 0, s, ms));
const seen = (state: Seen['state'], s: number, ms = 0): Seen => ({ state, at: second(s, ms) });

describe('a report of Meta about a template', () => {
  it('moves the template when it is newer and expected', () => {
    expect(judgeReport(seen('pending', 1), seen('approved', 2))).toBe('apply');
  });

  it('moves it and alerts when no known move leads there', () => {
    expect(judgeReport(seen('deleted', 1), seen('approved', 2))).toBe('apply-and-alert');
  });

  it('is left when something newer is held', () => {
    expect(judgeReport(seen('paused', 5), seen('approved', 4))).toBe('stale');
  });

  it('changes nothing when it says what is held', () => {
    expect(judgeReport(seen('approved', 1), seen('approved', 9))).toBe('repeat');
  });

  it('about our submission is not older than the submission, though Meta tells whole seconds only', () => {
    expect(judgeReport(seen('pending', 10, 700), seen('approved', 10))).toBe('apply');
  });

  it('that forbids sending wins within one second', () => {
    expect(judgeReport(seen('approved', 3), seen('paused', 3))).toBe('apply');
    expect(judgeReport(seen('paused', 3), seen('approved', 3))).toBe('stale');
  });

  it('cannot be overtaken by an older one after a repeat made the held one newer', () => {
    const held = holdReport(seen('approved', 1), seen('approved', 20));
    expect(judgeReport(held, seen('paused', 15))).toBe('stale');
  });

  it('ends in the newest state, in whatever order and however often reports come', () => {
    const report = fc.record({
      state: fc.constantFrom(...TEMPLATE_STATES),
      at: fc.nat({ max: 5_000 }).map((ms) => second(0, ms)),
    });
    const tellings = fc.array(report, { minLength: 1, maxLength: 8 }).chain((once) => {
      const twice = [...once, ...once];
      return fc.tuple(fc.constant(once), fc.shuffledSubarray(twice, { minLength: twice.length }));
    });
    const start = seen('draft', 0);
    fc.assert(
      fc.property(tellings, ([once, again]) => {
        const end = once.reduce(holdReport, start);
        expect(again.reduce(holdReport, start).state).toBe(end.state);
        const newest = Math.max(...once.map((r) => Math.floor(r.at.getTime() / 1000)));
        if (newest > start.at.getTime() / 1000) expect(Math.floor(end.at.getTime() / 1000)).toBe(newest);
      }),
      { numRuns: 500 },
    );
  });

  it('is judged and held by one rule', () => {
    const any = fc.record({
      state: fc.constantFrom(...TEMPLATE_STATES),
      at: fc.nat({ max: 3_000 }).map((ms) => second(0, ms)),
    });
    fc.assert(
      fc.property(any, any, (held, report) => {
        expect(holdReport(held, report)).toBe(judgeReport(held, report) === 'stale' ? held : report);
      }),
    );
  });
});
