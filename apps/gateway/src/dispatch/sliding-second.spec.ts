import fc from 'fast-check';
import { SlidingSecond } from './sliding-second.js';

describe('the throughput of a number', () => {
  it('is never exceeded in any second, and used in full when there is enough to send', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 60 }),
        (perSecond, pauses) => {
          const second = new SlidingSecond(perSecond);
          const sent: number[] = [];
          let now = 0;
          for (const pause of pauses) {
            now += pause;
            const room = second.room(now);
            expect(room === 0).toBe(second.waitMs(now) > 0);
            second.take(room, now);
            for (let i = 0; i < room; i++) sent.push(now);
          }
          for (const from of sent) {
            expect(sent.filter((t) => t >= from && t < from + 1_000).length).toBeLessThanOrEqual(perSecond);
          }
          expect(sent.length).toBeGreaterThanOrEqual(perSecond * Math.floor(now / 1_500 || 1));
        },
      ),
    );
  });
});
