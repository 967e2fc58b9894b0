import fc from 'fast-check';
import { correctedTimezones, nextTimezone, type Timezones, timezoneAt, timezonesOf } from './timezones.js';

const at = (ms: number) => new Date(ms);
const zone = fc.constantFrom('UTC', 'America/Mexico_City', 'Asia/Kolkata', 'Europe/Paris');
/** Corrections as staff make them: time goes on, and each counts from later on. */
const corrections = fc.array(fc.record({ zone, pause: fc.nat(50), ahead: fc.integer({ min: 1, max: 60 }) }));

describe('the zones of a WABA', () => {
  it('are the one that Meta named until somebody corrects it, and then that one alone', () => {
    const named: Timezones = { timezone: 'UTC', earlierTimezones: [] };
    const corrected = correctedTimezones(named, 'Asia/Kolkata', at(100));
    expect(timezonesOf(corrected)).toEqual(['Asia/Kolkata']);
    expect(timezoneAt(corrected, at(0))).toBe('Asia/Kolkata');
  });

  it('change from the agreed instant on, and not before it', () => {
    const later = correctedTimezones({ timezone: 'UTC', earlierTimezones: [] }, 'Asia/Kolkata', at(100), at(200));
    expect([99, 199, 200].map((ms) => timezoneAt(later, at(ms)))).toEqual(['UTC', 'UTC', 'Asia/Kolkata']);
    expect(nextTimezone(later, at(150))).toEqual({ timezone: 'Asia/Kolkata', from: at(200).toISOString() });
    expect(nextTimezone(later, at(200))).toBeUndefined();
    const undone = correctedTimezones(later, 'UTC', at(150), at(200));
    expect(undone).toEqual({ timezone: 'UTC', earlierTimezones: [] });
  });

  it('stay what they were for all that is past, however often they are corrected', () => {
    fc.assert(
      fc.property(zone, corrections, (first, made) => {
        let [held, now]: [Timezones, number] = [{ timezone: first, earlierTimezones: [] }, 0];
        for (const one of made) {
          now += one.pause;
          const next = correctedTimezones(held, one.zone, at(now), at(now + one.ahead));
          for (let ms = 0; ms <= now; ms++) expect(timezoneAt(next, at(ms))).toBe(timezoneAt(held, at(ms)));
          expect(timezoneAt(next, at(now + one.ahead))).toBe(one.zone);
          held = next;
        }
      }),
    );
  });
});
