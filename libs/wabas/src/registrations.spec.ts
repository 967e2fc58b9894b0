import { registrationsLeft } from './registrations.js';

describe('a number', () => {
  it('is registered and deregistered ten times in 72 hours, and not once more', () => {
    const now = new Date('2026-11-22T12:00:00Z');
    const hours = (n: number) => new Date(now.getTime() - n * 3_600_000);
    const nine = Array.from({ length: 9 }, (_, i) => hours(50 - i));
    expect(registrationsLeft(nine, now)).toEqual({ counted: nine });
    expect(registrationsLeft([...nine, hours(1)], now).retryAt).toEqual(new Date(hours(50).getTime() + 72 * 3_600_000));
    expect(registrationsLeft([hours(73), ...nine], now)).toEqual({ counted: nine });
  });
});
