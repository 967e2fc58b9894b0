import fc from 'fast-check';
import { marketOf, OTHER_MARKET } from '#libs/markets';
import { marketOfPrefix } from './market-of-prefix.js';

/** As the database function `paloma_market_prefix` does. */
const prefixOf = (recipient: string) =>
  recipient.slice(0, recipient.startsWith('1') ? 4 : recipient.startsWith('7') ? 2 : 3);

describe('the market of the beginning of a number', () => {
  it('is the market of the whole number, whatever the number, on any day', () => {
    const digits = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.stringMatching(/^\d{7,13}$/))
      .map(([a, b]) => `${a}${b}`);
    const day = fc.constantFrom('2023-06-01', '2025-07-01', '2026-11-22');
    fc.assert(
      fc.property(
        fc.oneof(
          digits,
          digits.map((d) => `1${d}`),
          digits.map((d) => `7${d}`),
        ),
        day,
        (phone, on) => {
          expect(marketOfPrefix(prefixOf(phone), on)).toBe(marketOf(`+${phone}`, on)?.market);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('of a user id is that of its country, and of what nobody can read is Other', () => {
    expect(marketOfPrefix('MX.', '2026-11-22')).toBe('Mexico');
    expect(marketOfPrefix('GRO', '2026-11-22')).toBe(OTHER_MARKET);
    expect(marketOfPrefix('', '2026-11-22')).toBe(OTHER_MARKET);
  });
});
