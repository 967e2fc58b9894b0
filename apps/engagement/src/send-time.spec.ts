import fc from 'fast-check';
import { isZone } from './local-time.js';
import { instantOf, quietUntil, zoneOfCustomer, zonesByPrefix } from './send-time.js';

describe('the time of a recipient', () => {
  const zones = zonesByPrefix('2026-11-22');

  it.each([
    ['5255', 'America/Mexico_City'],
    ['5511', 'America/Sao_Paulo'],
    ['1650', 'America/New_York'],
    ['1416', 'America/Toronto'],
    ['3461', 'Europe/Madrid'],
    ['4915', 'Europe/Berlin'],
    ['9198', 'Asia/Kolkata'],
    ['5731', 'America/Bogota'],
  ])('of a number that begins with %s is that of %s', (prefix, zone) => {
    expect(zoneName(zones.get(prefix))).toBe(zoneName(zone));
  });

  it.each([
    ['what the customer told', { told: 'Asia/Tokyo', number: '5215512345678' }, 'Asia/Tokyo'],
    ['the country of its number', { told: 'Mars/Olympus', number: '34612345678' }, 'Europe/Madrid'],
    ['the account, where nothing is known', {}, 'America/Bogota'],
  ])('is that of %s', (_, known, zone) => {
    expect(zoneName(zoneOfCustomer({ ...known, home: 'America/Bogota' }, '2026-11-22'))).toBe(zoneName(zone));
  });

  it('is known by a name that the runtime knows', () => {
    for (const zone of new Set(zones.values())) expect([zone, isZone(zone)]).toEqual([zone, true]);
    expect(isZone('Mars/Olympus')).toBe(false);
  });

  it.each([
    ['2026-12-01T09:00', 'America/Mexico_City', '2026-12-01T15:00:00.000Z'],
    ['2026-12-01T09:00', 'Europe/Madrid', '2026-12-01T08:00:00.000Z'],
    ['2026-07-01T09:00', 'Europe/Madrid', '2026-07-01T07:00:00.000Z'],
    ['2027-03-28T02:30', 'Europe/Madrid', '2027-03-28T01:30:00.000Z'], // clocks skip it: an hour later on them
    ['2026-10-25T02:30', 'Europe/Madrid', '2026-10-25T00:30:00.000Z'], // they show it twice: the first
    ['2026-12-01T09:00', 'Asia/Kathmandu', '2026-12-01T03:15:00.000Z'],
  ])('%s in %s is %s', (local, zone, at) => expect(instantOf(local, zone).toISOString()).toBe(at));
});

describe('quiet hours', () => {
  const night = { from: '21:00', until: '09:00' };

  it.each([
    ['2026-11-22T20:59:00Z', undefined],
    ['2026-11-22T21:00:00Z', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T03:00:00Z', '2026-11-23T09:00:00.000Z'],
    ['2026-11-23T09:00:00Z', undefined],
  ])('at %s in UTC last until %s', (at, until) => {
    expect(quietUntil(night, 'UTC', new Date(at))?.toISOString()).toBe(until);
  });

  it.each([
    ['America/New_York', '01:30', '2026-11-01T05:10:00Z', '2026-11-01T05:30:00.000Z'], // before clocks are set back
    ['America/New_York', '01:30', '2026-11-01T06:10:00Z', '2026-11-01T06:30:00.000Z'], // after: the same hour again
    ['Europe/Madrid', '02:30', '2026-10-25T01:29:59Z', '2026-10-25T01:30:00.000Z'],
    ['Europe/Madrid', '02:30', '2027-03-28T00:10:00Z', '2027-03-28T01:30:00.000Z'], // an hour is skipped
  ])('in %s until %s last, at %s, until an instant that is yet to come', (zone, until, at, end) => {
    expect(quietUntil({ from: '21:00', until }, zone, new Date(at))?.toISOString()).toBe(end);
  });

  it('end at an instant at which they are over, everywhere and on every day', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((t) => t.map((n) => String(n).padStart(2, '0')).join(':'));
    const at = fc.date({ min: new Date('2026-01-01'), max: new Date('2028-01-01'), noInvalidDate: true });
    const zone = fc.constantFrom('America/Mexico_City', 'Europe/Madrid', 'Asia/Kolkata', 'Australia/Sydney', 'UTC');
    fc.assert(
      fc.property(time, time, at, zone, (from, until, now, where) => {
        const end = quietUntil({ from, until }, where, now);
        if (!end) return;
        expect(end.getTime()).toBeGreaterThan(now.getTime());
        expect(end.getTime() - now.getTime()).toBeLessThanOrEqual(25 * 3_600_000);
        // Where clocks were set back over the end, what is left of the night is asked for again then.
        const again = quietUntil({ from, until }, where, end);
        expect(again === undefined || again > end).toBe(true);
      }),
    );
  });
});

/** One name for zones that are known by several. */
const zoneName = (zone: string | undefined) =>
  zone && new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
