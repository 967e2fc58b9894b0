import { zoneClock } from '../rating/local-time.js';
import { latestToday, PlanCalendar } from './plans.js';
import { readTerms } from './read-terms.js';
import { NO_TERMS } from './terms.js';

describe('the day on which a plan begins', () => {
  const calendar = new PlanCalendar([
    { fromDay: '2026-01-01', plan: 'old', version: 1, terms: NO_TERMS },
    { fromDay: '2026-03-29', plan: 'new', version: 1, terms: NO_TERMS },
  ]);
  const planAt = (zone: string, instant: string) => calendar.on(zoneClock(zone).dayAt(Date.parse(instant)).day).plan;

  it.each([
    // Madrid goes from UTC+1 to UTC+2 on that very day; New York is at UTC-4 by then.
    ['Europe/Madrid', '2026-03-28T22:59:59.999Z', '2026-03-28T23:00:00Z'],
    ['America/New_York', '2026-03-29T03:59:59.999Z', '2026-03-29T04:00:00Z'],
    ['Asia/Kolkata', '2026-03-28T18:29:59.999Z', '2026-03-28T18:30:00Z'],
    ['Pacific/Kiritimati', '2026-03-28T09:59:59.999Z', '2026-03-28T10:00:00Z'],
  ])('begins at midnight in %s, to the millisecond', (zone, before, from) => {
    expect([planAt(zone, before), planAt(zone, from)]).toEqual(['old', 'new']);
  });

  it('begins where the clocks skip midnight at the first instant of the day', () => {
    const egypt = new PlanCalendar([{ fromDay: '2026-04-24', plan: 'new', version: 1, terms: NO_TERMS }]);
    const at = (instant: string) => egypt.on(zoneClock('Africa/Cairo').dayAt(Date.parse(instant)).day).plan;
    expect([at('2026-04-23T21:59:59.999Z'), at('2026-04-23T22:00:00Z')]).toEqual(['pass_through', 'new']);
  });

  it('is not before today where the tenant is furthest ahead, and may be today where it is behind UTC', () => {
    const evening = new Date('2026-11-22T20:00:00Z');
    expect(latestToday(['Asia/Tokyo', 'America/Mexico_City'], evening)).toBe('2026-11-23');
    expect(latestToday(['America/Mexico_City'], new Date('2026-11-23T02:00:00Z'))).toBe('2026-11-22');
    expect(latestToday([], evening)).toBe('2026-11-22');
  });

  it.each(['9'.repeat(40), `0.${'1'.repeat(2_000)}`, '1e3', '-1', 'NaN', ''])(
    'is never of a plan with the price %s',
    (price) => {
      const read = readTerms({ currency: 'USD', prices: [{ category: 'utility', price }] });
      expect('problems' in read && Object.keys(read.problems)).toEqual(['prices[0].price']);
    },
  );
});
