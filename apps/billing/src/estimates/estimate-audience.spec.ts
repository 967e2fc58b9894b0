import { storedTerms } from '../plans/read-terms.js';
import { PASS_THROUGH } from '../plans/terms.js';
import { loadRateBook } from '../rate-card/load-rate-book.js';
import { estimateAudience, type MonthSoFar, type Planned } from './estimate-audience.js';

const book = loadRateBook();
const waba = { currency: 'USD', day: '2026-11-22' };
const fresh: MonthSoFar = { volumeUsed: () => 0, allowanceUsed: 0, includedUsed: () => 0 };
const planned = (more: Partial<Planned>): Planned => ({
  market: 'Mexico',
  category: 'marketing',
  count: 100,
  inWindow: 0,
  ...more,
});
const of = (audience: Planned[], month = fresh, plan = PASS_THROUGH, on = waba) =>
  estimateAudience(book, plan, on, audience, month);
const short = (made: ReturnType<typeof of>) => made.lines.map((l) => [l.quantity, l.unitPrice, l.tier, l.why]);

describe('the estimate of an audience', () => {
  it('is the list price of each market and category, added up', () => {
    const made = of([planned({}), planned({ category: 'utility', count: 10 })]);
    expect(made.lines.map((l) => l.amount)).toEqual(['3.9700', '0.0850']);
    expect(made.totals).toEqual([{ currency: 'USD', amount: '4.0550' }]);
  });

  it('climbs the volume tiers from where the month stands', () => {
    const month = { ...fresh, volumeUsed: () => 999_990 };
    expect(short(of([planned({ category: 'utility', count: 30 })], month))).toEqual([
      [10, '0.0085', 0, 'list_price'],
      [20, '0.0081', 1, 'volume_tier'],
    ]);
  });

  it('uses up the free service messages first, for all markets together', () => {
    const month = { ...fresh, allowanceUsed: 995 };
    const audience = [planned({ category: 'service', count: 3 }), planned({ category: 'service', count: 10 })];
    expect(short(of(audience, month))).toEqual([
      [3, '0', 0, 'service_allowance'],
      [2, '0', 0, 'service_allowance'],
      [8, '0.0085', 0, 'list_price'],
    ]);
  });

  it('knows that utility inside the window was free until September 2026', () => {
    const audience = [planned({ category: 'utility', count: 10, inWindow: 4 })];
    expect(short(of(audience, fresh, PASS_THROUGH, { currency: 'USD', day: '2026-09-30' }))[0]).toEqual([
      4,
      '0',
      0,
      'service_window',
    ]);
    expect(short(of(audience))[0]).toEqual([10, '0.0085', 0, 'list_price']);
  });

  it('takes what the plan includes off, then asks the price', () => {
    const terms = storedTerms({ included: [{ name: 'start', categories: [], count: 60 }], markupPct: '10' });
    const plan = { plan: 'p', version: 1, terms, since: '2026-01-01' };
    expect(short(of([planned({})], { ...fresh, includedUsed: () => 20 }, plan))).toEqual([
      [40, '0', 0, 'included/start'],
      [60, '0.04367', 0, 'list_price'],
    ]);
  });

  it('says where no price is known, and adds nothing for it', () => {
    const made = of([planned({})], fresh, PASS_THROUGH, { currency: 'BRL', day: '2026-11-22' });
    expect(made).toMatchObject({ lines: [{ quantity: 100, unitPrice: null, why: 'no_rate' }], totals: [] });
  });
});
