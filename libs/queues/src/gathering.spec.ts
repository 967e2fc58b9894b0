import fc from 'fast-check';
import { gatherMs } from './gathering.js';

describe('a lane that took all there was', () => {
  const bounds = fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.nat(100), fc.nat(100))
    .map(([times, least, more]) => ({ times, least, most: least + more }));
  const took = fc.double({ min: 0, max: 10_000, noNaN: true });

  it('waits as many times as long as it worked as it is told, or as long as anybody may be kept waiting', () => {
    fc.assert(
      fc.property(took, bounds, (ms, limits) => {
        const wait = gatherMs(ms, limits);
        expect(wait).toBeGreaterThanOrEqual(limits.least);
        expect(wait).toBeLessThanOrEqual(limits.most);
        expect(wait >= limits.times * ms || wait === limits.most).toBe(true);
      }),
    );
  });

  it('never waits less for having worked longer', () => {
    fc.assert(
      fc.property(took, took, bounds, (a, b, limits) => {
        expect(gatherMs(Math.max(a, b), limits)).toBeGreaterThanOrEqual(gatherMs(Math.min(a, b), limits));
      }),
    );
  });
});
