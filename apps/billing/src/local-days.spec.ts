import { daysOfMonth, isDay, mustBeRange, startOfDay } from './local-days.js';
import { zoneClock } from './rating/local-time.js';

describe('days and months as they are asked for', () => {
  it('are those of the calendar', () => {
    expect(['2024-02-29', '2026-11-22'].map(isDay)).toEqual([true, true]);
    for (const none of ['2026-02-29', '2026-13-01', '2026-1-1', 'today', '0000-01-01']) expect(isDay(none)).toBe(false);
  });

  it('a month has its own last day', () => {
    expect(daysOfMonth('2024-02')).toEqual({ from: '2024-02-01', to: '2024-02-29' });
    expect(daysOfMonth('2026-12')).toEqual({ from: '2026-12-01', to: '2026-12-31' });
    for (const none of ['2026-00', '2026-13', '2026-1', '2026-11-01', '0000-12', '9999-12']) {
      expect(daysOfMonth(none)).toBeUndefined();
    }
  });

  it('a range goes forward, and is no longer than it may be', () => {
    const year = { from: '2025-12-01', to: '2026-11-30' };
    expect(() => mustBeRange(year)).not.toThrow();
    expect(() => mustBeRange(year, 365)).not.toThrow();
    expect(() => mustBeRange(year, 364)).toThrow('365 days');
    expect(() => mustBeRange({ from: year.to, to: year.from })).toThrow('before from');
    expect(() => mustBeRange({ from: '2026-02-29', to: year.to })).toThrow('from must be a day');
  });

  it.each([
    ['America/Mexico_City', '2026-11-01', '2026-11-01T06:00:00.000Z'],
    ['Pacific/Kiritimati', '2026-11-01', '2026-10-31T10:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-11-01', '2026-11-01T11:00:00.000Z'],
    // Clocks go forward at midnight: the day begins at one.
    ['Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00.000Z'],
  ])('a day in %s begins at its own midnight', (zone, day, at) => {
    expect(new Date(startOfDay(zoneClock(zone), day)).toISOString()).toBe(at);
  });
});
