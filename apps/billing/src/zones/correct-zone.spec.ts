import fc from 'fast-check';
import { zoneClock } from '../rating/local-time.js';
import { nextMonthOf } from './correct-zone.js';

const zone = fc.constantFrom('UTC', 'America/Mexico_City', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Pacific/Pago_Pago');
const instant = fc.date({
  min: new Date('2026-01-01T00:00:00Z'),
  max: new Date('2027-12-31T00:00:00Z'),
  noInvalidDate: true,
});

describe('another zone for a WABA that was charged by one', () => {
  it('counts from the later of both midnights on', () => {
    const now = new Date('2026-11-23T12:00:00Z');
    expect(nextMonthOf(['UTC', 'America/Mexico_City'], now).toISOString()).toBe('2026-12-01T06:00:00.000Z');
    expect(nextMonthOf(['UTC', 'Asia/Kolkata'], now).toISOString()).toBe('2026-12-01T00:00:00.000Z');
  });

  it('is never in the month that runs, nor leads back into it', () => {
    fc.assert(
      fc.property(zone, zone, instant, (held, wished, now) => {
        const from = nextMonthOf([held, wished], now).getTime();
        expect(from).toBeGreaterThan(now.getTime());
        const running = zoneClock(held).dayAt(now.getTime()).month;
        expect(zoneClock(wished).dayAt(from).month > running).toBe(true);
      }),
    );
  });
});
