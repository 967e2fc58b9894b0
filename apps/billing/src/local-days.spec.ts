import { daysOfMonth, isDay, startOfDay } from './local-days.js';
import { zoneClock } from './rating/local-time.js';

describe('days and months as they are asked for', () => {
  it('are those of the calendar', () => {
    expect(['2024-02-29', '2026-11-22'].map(isDay)).toEqual([true, true]);
    expect(['2026-02-29', '2026-13-01', '2026-1-1', 'today'].map(isDay)).toEqual([false, false, false, false]);
  });

  it('a month has its own last day', () => {
    expect(daysOfMonth('2024-02')).toEqual({ from: '2024-02-01', to: '2024-02-29' });
    expect(daysOfMonth('2026-12')).toEqual({ from: '2026-12-01', to: '2026-12-31' });
    expect(['2026-00', '2026-13', '2026-1', '2026-11-01'].map(daysOfMonth)).toEqual(Array(4).fill(undefined));
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
