import fc from 'fast-check';
import { afterWork, isOpen, type WorkingHours } from './working-hours.js';

const nineToSix = [{ from: 540, to: 1_080 }];
const shop: WorkingHours = {
  timeZone: 'America/Mexico_City',
  week: [[], nineToSix, nineToSix, nineToSix, nineToSix, nineToSix, []],
  holidays: ['2026-12-25'],
};
const at = (text: string) => new Date(text);

describe('working hours', () => {
  it('begin with their first minute and end before their last, on the merchant’s clock', () => {
    // Mexico City is six hours behind UTC, all year since 2022.
    expect(isOpen(shop, at('2026-11-23T14:59:59Z'))).toBe(false);
    expect(isOpen(shop, at('2026-11-23T15:00:00Z'))).toBe(true);
    expect(isOpen(shop, at('2026-11-23T23:59:59Z'))).toBe(true);
    expect(isOpen(shop, at('2026-11-24T00:00:00Z'))).toBe(false);
    expect(isOpen(shop, at('2026-11-22T18:00:00Z'))).toBe(false);
    expect(isOpen(shop, at('2026-12-25T18:00:00Z'))).toBe(false);
    expect(isOpen(undefined, at('2026-12-25T18:00:00Z'))).toBe(true);
  });

  it('are what service times count: nights, weekends and holidays do not pass', () => {
    // Friday 17:30 and an hour of work is Monday 9:30.
    expect(afterWork(shop, at('2026-11-20T23:30:00Z'), 60)).toEqual(at('2026-11-23T15:30:00Z'));
    expect(afterWork(shop, at('2026-12-24T23:50:30Z'), 10)).toEqual(at('2026-12-28T15:00:30Z'));
    expect(afterWork(undefined, at('2026-12-24T23:50:00Z'), 10)).toEqual(at('2026-12-25T00:00:00Z'));
  });

  it('that never come never let a time pass', () => {
    const never = { ...shop, week: [[], [], [], [], [], [], []] };
    expect(afterWork(never, at('2026-11-20T23:30:00Z'), 1)).toBeUndefined();
  });

  it('lose and win the hour that clocks are set by', () => {
    const berlin: WorkingHours = {
      timeZone: 'Europe/Berlin',
      week: Array(7).fill([{ from: 0, to: 1_440 }]),
      holidays: [],
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 5_000 }), (start, minutes) => {
        // Around the night of 25 October 2026, in which an hour comes twice, somebody works always.
        const from = new Date(Date.UTC(2026, 9, 20) + start * 60_000);
        expect(afterWork(berlin, from, minutes)).toEqual(new Date(from.getTime() + minutes * 60_000));
      }),
      { numRuns: 50 },
    );
  });
});
