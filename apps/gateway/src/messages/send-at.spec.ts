import fc from 'fast-check';
import { Problems } from './problems.js';
import { readSendAt } from './send-at.js';

const read = (given: unknown) => {
  const problems = new Problems();
  const at = readSendAt(given, problems);
  return at?.toISOString() ?? problems.list.map((p) => p.at);
};

describe('send_at', () => {
  it('is read alike as ISO 8601 in any zone, as unix seconds and as their text', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_700_000_000, max: 4_000_000_000 }),
        fc.integer({ min: -12, max: 14 }),
        (s, zone) => {
          const iso = new Date(s * 1_000).toISOString();
          const shifted = new Date((s + zone * 3_600) * 1_000).toISOString().slice(0, 19);
          const sign = zone < 0 ? '-' : '+';
          const offset = `${sign}${String(Math.abs(zone)).padStart(2, '0')}:00`;
          for (const given of [s, String(s), iso, `${shifted}${offset}`]) expect(read(given)).toBe(iso);
        },
      ),
    );
  });

  it.each([
    ['no zone', '2026-12-24T09:00:00'],
    ['a date only', '2026-12-24'],
    ['words', 'tomorrow'],
    ['milliseconds', 1_800_000_000_000],
    ['no such day', '2026-13-45T09:00:00Z'],
    ['a day that this month has not', '2027-02-30T09:00:00Z'],
    ['a leap day of another year', '2027-02-29T09:00:00+02:00'],
    ['a list', [1_800_000_000]],
    ['true', true],
    ['not a number', Number.NaN],
  ])('is refused with its place: %s', (_, given) => {
    expect(read(given)).toEqual(['send_at']);
  });

  it('may be left out', () => {
    expect([read(undefined), read(null), read('')]).toEqual([[], [], []]);
  });
});
