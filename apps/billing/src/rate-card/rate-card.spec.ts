import fc from 'fast-check';
import { NotADecimal } from '#libs/money';
import { loadRateBook, loadRateRows, loadTierRows } from './load-rate-book.js';
import { buildRateBook, cardInForce, type RateRow, rateAt, tierRateAt } from './rate-card.js';

const book = loadRateBook();
const rows = loadRateRows();
const tierRows = loadTierRows();
const row = (cardDate: string, price: string, currency = 'USD'): RateRow => ({
  cardDate,
  currency,
  market: 'Brazil',
  category: 'marketing',
  price,
  unit: 'message',
  provenance: 'card',
  source: 'test',
  note: '',
});

describe('a message is priced by the card in force, or not at all', () => {
  it.each([
    ['2026-03-31', '2026-01-01'],
    ['2026-04-01', '2026-04-01'],
    ['2026-06-30', '2026-04-01'],
    ['2026-07-01', '2026-07-01'],
    ['2022-02-01', '2022-02-01'],
    ['2029-01-01', '2026-10-01'],
  ])('on %s the card of %s holds', (day, card) => {
    expect(cardInForce(book, day)).toBe(card);
  });

  it('has no card before the first one', () => {
    expect(cardInForce(book, '2022-01-31')).toBeUndefined();
    expect(rateAt(book, '2022-01-31', 'USD', 'Brazil', 'user_initiated')).toBeUndefined();
  });

  it('a card of one currency ends the card of another: no rupee price for France in 2026', () => {
    expect(rateAt(book, '2025-12-31', 'INR', 'France', 'utility')?.price).toBe('2.1994');
    expect(rateAt(book, '2026-01-01', 'INR', 'France', 'utility')).toBeUndefined();
    expect(rateAt(book, '2026-04-01', 'INR', 'India', 'utility')).toBeUndefined();
    expect(rateAt(book, '2026-10-01', 'INR', 'India', 'utility')?.price).toBe('0.1150');
    expect(rateAt(book, '2026-07-01', 'GBP', 'France', 'utility')).toBeUndefined();
  });

  it('a printed zero is a price, a missing cell is none', () => {
    expect(rateAt(book, '2024-11-01', 'USD', 'Brazil', 'service')).toMatchObject({ price: '0.0000', micros: 0 });
    expect(rateAt(book, '2025-07-01', 'USD', 'Saudi Arabia', 'utility')).toBeUndefined();
    expect(rateAt(book, '2023-06-01', 'USD', 'India', 'authentication')).toBeUndefined();
  });

  it('a rate holds from its day to the day before the next, whatever the dates', () => {
    const dayOf = (n: number) => new Date(Date.UTC(2022, 0, 1) + n * 86_400_000).toISOString().slice(0, 10);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(2000), { minLength: 1, maxLength: 8 }), fc.nat(2100), (starts, asked) => {
        const dated = starts.map((n) => row(dayOf(n), `0.${String(n).padStart(4, '0')}`));
        const wanted = starts.filter((n) => n <= asked).sort((a, b) => b - a)[0];
        const got = rateAt(buildRateBook(dated), dayOf(asked), 'USD', 'Brazil', 'marketing');
        expect(got?.cardDate).toBe(wanted === undefined ? undefined : dayOf(wanted));
      }),
    );
  });

  it('refuses a cell that is priced twice and a price that is no decimal', () => {
    expect(() => buildRateBook([row('2026-01-01', '0.1'), row('2026-01-01', '0.2')])).toThrow(/priced twice/);
    expect(() => buildRateBook([row('2026-01-01', '1e-3')])).toThrow(NotADecimal);
  });
});

describe('volume tiers', () => {
  const utility = (day: string, market: string, n: number, currency = 'USD') =>
    tierRateAt(book, day, currency, market, 'utility', n)?.price;

  it.each([
    [1, '0.0260', 100_000],
    [100_000, '0.0260', 100_000],
    [100_001, '0.0247', 1_000_000],
    [1_000_000, '0.0247', 1_000_000],
    [1_000_001, '0.0234', 4_500_000],
    [30_000_000, '0.0208', 30_000_000],
    [30_000_001, '0.0195', Number.POSITIVE_INFINITY],
  ])('message %i of the month to Argentina costs %s, as do all up to number %d', (n, price, upTo) => {
    expect(tierRateAt(book, '2026-04-01', 'USD', 'Argentina', 'utility', n)).toMatchObject({ price, upTo });
  });

  it('hold at the list price before April 2026', () => {
    expect(utility('2026-03-31', 'Argentina', 40_000_000)).toBe('0.0260');
  });

  it('are kept by a later card whose list price is the same, and dropped by one that moved', () => {
    expect(utility('2026-07-01', 'Argentina', 100_001)).toBe('0.0247');
    const moved = rows.filter(
      (now) =>
        now.cardDate === '2026-10-01' &&
        now.currency === 'USD' &&
        now.category === 'utility' &&
        tierRows.some((t) => t.tier === 0 && t.market === now.market && t.category === 'utility') &&
        rateAt(book, '2026-04-01', 'USD', now.market, 'utility')?.price !== now.price,
    );
    expect(moved.length).toBeGreaterThan(0);
    for (const { market, price } of moved) expect(utility('2026-10-01', market, 100_000_000)).toBe(price);
  });

  it('do not exist for marketing, for other currencies and for markets without rows', () => {
    expect(tierRateAt(book, '2026-04-01', 'USD', 'Argentina', 'marketing', 1e9)).toMatchObject({
      price: '0.0618',
      upTo: Number.POSITIVE_INFINITY,
    });
    expect(utility('2026-07-01', 'Argentina', 1e9, 'EUR')).toBe('0.0216');
    expect(utility('2026-07-01', 'Poland', 1e9)).toBe(rateAt(book, '2026-07-01', 'USD', 'Poland', 'utility')?.price);
  });

  it('price the card date in force, not the date of the tiers', () => {
    expect(tierRateAt(book, '2026-08-01', 'USD', 'Argentina', 'utility', 100_001)?.cardDate).toBe('2026-07-01');
  });
});

describe('the data', () => {
  it('has every row of every card', () => {
    expect(rows).toHaveLength(2364);
    expect(tierRows).toHaveLength(438);
    expect(rows[0]).toEqual({
      cardDate: '2022-02-01',
      currency: 'EUR',
      market: 'Argentina',
      category: 'business_initiated',
      price: '0.0436',
      unit: 'conversation',
      provenance: 'copy',
      source: 'saysimple22',
      note: '',
    });
  });

  it('charges conversations until June 2025 and messages after', () => {
    for (const { cardDate, unit } of rows) expect(unit).toBe(cardDate < '2025-07-01' ? 'conversation' : 'message');
  });

  it('has authentication at the utility price since July 2025 and service too since October 2026', () => {
    for (const rate of rows) {
      const { cardDate, currency, market, category, price } = rate;
      if (cardDate < '2025-07-01' || !(category === 'authentication' || category === 'service')) continue;
      if (category === 'service' && cardDate < '2026-10-01') continue;
      expect([rate, rateAt(book, cardDate, currency, market, 'utility')?.price]).toEqual([rate, price]);
    }
  });
});
