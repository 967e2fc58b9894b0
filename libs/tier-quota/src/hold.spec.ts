import fc from 'fast-check';
import { capUnder, holdAt } from './hold.js';

const now = new Date('2026-11-23T12:00:00Z');
const caps = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 100_000 }));
const holds = fc.record({
  customers: fc.integer({ min: 1, max: 200_000 }),
  until: fc.date({ min: new Date('2026-11-22'), max: new Date('2026-11-25'), noInvalidDate: true }),
});

describe('a limit that the provider holds down', () => {
  it('is never above what Meta allows, and never below what is held', () => {
    fc.assert(
      fc.property(caps, holds, (cap, hold) => {
        const held = capUnder(cap, hold, now);
        expect(held).toBeLessThanOrEqual(cap);
        expect(held).toBeGreaterThanOrEqual(Math.min(cap, hold.customers));
      }),
    );
  });

  it('is what Meta allows from the moment on in which the hold ends', () => {
    const hold = { customers: 10, until: now };
    expect(capUnder(250, hold, new Date(now.getTime() - 1))).toBe(10);
    expect(capUnder(250, hold, now)).toBe(250);
    expect(holdAt(hold, now)).toBeUndefined();
  });

  it('follows Meta down: a hold above a limit that was lowered changes nothing', () => {
    expect(capUnder(250, { customers: 2_000, until: new Date(now.getTime() + 1) }, now)).toBe(250);
  });
});
