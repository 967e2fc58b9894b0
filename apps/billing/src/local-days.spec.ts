import { daysOfMonth, isDay } from './local-days.js';

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
});
