import { isInstant } from './instant.js';

describe('an instant', () => {
  it.each(['2026-11-22', '2026-11-22T10:00Z', '2026-11-22T10:00:00.123456789Z', '2026-11-22T10:00:00-06:00'])(
    'is %s',
    (text) => {
      expect(isInstant(text)).toBe(true);
      expect(new Date(text).getTime()).not.toBeNaN();
    },
  );

  it.each([
    ['a week', '2026-W47'],
    ['a day of the year', '2026-326'],
    ['written without dashes', '20261122T100000Z'],
    ['a time without a zone', '2026-11-22T10:00:00'],
    ['a day that is none', '2026-02-30'],
    ['an hour that is none', '2026-11-22T25:00:00Z'],
    ['a zone that is none', '2026-11-22T10:00:00+99:99'],
    ['a number', 5],
  ])('is not %s', (_, value) => {
    expect(isInstant(value)).toBe(false);
  });
});
