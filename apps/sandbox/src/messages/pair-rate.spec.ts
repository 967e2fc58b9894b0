import fc from 'fast-check';
import { PAIR_BURST, PAIR_INTERVAL_MS, takePairSlot } from './pair-rate.js';

/** Sends at these instants; returns those that were let through. */
function letThrough(instants: number[]): number[] {
  let arrival = 0;
  return instants.filter((now) => {
    const next = takePairSlot(arrival, now);
    if (next !== undefined) arrival = next;
    return next !== undefined;
  });
}

describe('the pair rate', () => {
  it('lets 45 messages to one customer go at once, and not one more', () => {
    expect(letThrough(Array(60).fill(1e12))).toHaveLength(45);
  });

  it('lets one more go each 6 seconds after a burst', () => {
    const burst: number[] = Array(45).fill(1e12);
    expect(letThrough([...burst, 1e12 + 5_999])).toHaveLength(45);
    expect(letThrough([...burst, 1e12 + 6_000])).toHaveLength(46);
  });

  it('never lets through more than the burst and one each 6 seconds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 200 }), (gaps) => {
        let now = 1e12;
        const instants = gaps.map((gap) => {
          now += gap;
          return now;
        });
        const through = letThrough(instants);
        for (let i = 0; i < through.length; i++) {
          for (let j = i; j < through.length; j++) {
            const allowed = PAIR_BURST + Math.floor((through[j]! - through[i]!) / PAIR_INTERVAL_MS);
            expect(j - i + 1).toBeLessThanOrEqual(allowed);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});
