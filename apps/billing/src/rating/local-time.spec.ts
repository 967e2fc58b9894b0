import fc from 'fast-check';
import { zoneClock } from './local-time.js';

const dayAt = (zone: string, at: string) => zoneClock(zone).dayAt(Date.parse(at)).day;

describe('a day and a month begin at midnight of the WABA, wherever that is', () => {
  it.each([
    ['UTC', '2026-09-30T23:59:59.999Z', '2026-09-30'],
    ['UTC', '2026-10-01T00:00:00Z', '2026-10-01'],
    ['Asia/Kolkata', '2026-09-30T18:29:59.999Z', '2026-09-30'],
    ['Asia/Kolkata', '2026-09-30T18:30:00Z', '2026-10-01'],
    ['America/Sao_Paulo', '2026-10-01T02:59:59Z', '2026-09-30'],
    ['America/Sao_Paulo', '2026-10-01T03:00:00Z', '2026-10-01'],
    ['Pacific/Kiritimati', '2026-09-30T10:00:00Z', '2026-10-01'],
    ['Asia/Kathmandu', '2026-09-30T18:15:00Z', '2026-10-01'],
    // Summer time begins on 29 March 2026 at 01:00 UTC and ends on 25 October at 01:00 UTC.
    ['Europe/Berlin', '2026-03-28T22:59:59Z', '2026-03-28'],
    ['Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T21:59:59Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T22:00:00Z', '2026-03-30'],
    ['Europe/Berlin', '2026-10-25T22:59:59Z', '2026-10-25'],
    ['Europe/Berlin', '2026-10-25T23:00:00Z', '2026-10-26'],
    // Half an hour of summer time, and a day that begins at 01:00 because midnight is skipped.
    ['Australia/Lord_Howe', '2026-04-04T13:00:00Z', '2026-04-05'],
    ['Africa/Cairo', '2026-04-23T22:00:00Z', '2026-04-24'],
    ['Africa/Cairo', '2026-04-23T21:59:59Z', '2026-04-23'],
    // The end of a year is not the end of what a clock has learnt.
    ['America/New_York', '2026-01-01T04:59:59Z', '2025-12-31'],
    ['America/New_York', '2026-01-01T05:00:00Z', '2026-01-01'],
  ])('in %s %s is on %s', (zone, at, day) => {
    expect(dayAt(zone, at)).toBe(day);
    expect(zoneClock(zone).dayAt(Date.parse(at)).month).toBe(day.slice(0, 7));
  });

  it('agrees with the time zone database at every instant, in whatever order it is asked', () => {
    const zones = ['Europe/Berlin', 'America/Sao_Paulo', 'Africa/Casablanca', 'Africa/Cairo', 'Australia/Lord_Howe'];
    const formats = new Map(zones.map((zone) => [zone, new Intl.DateTimeFormat('en-CA', { timeZone: zone })]));
    const from = Date.UTC(2022, 0, 1);
    const before = Date.UTC(2028, 0, 1);
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: from, max: before }), (zone, at) => {
        expect(zoneClock(zone).dayAt(at).day).toBe(formats.get(zone)?.format(at));
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['Europe/Atlantis', '', '+05:30', 'IST5'])('refuses the zone %p', (zone) => {
    expect(() => zoneClock(zone)).toThrow(RangeError);
  });
});
