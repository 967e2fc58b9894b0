import fc from 'fast-check';
import type { Charge } from '#libs/ledger';
import { priceOf } from '../plans/price-of.js';
import { NO_TERMS, PASS_THROUGH, type PlanInForce } from '../plans/terms.js';
import { buildRateBook, type CardCategory, type RateRow, rateOfTier, type TierRow } from '../rate-card/rate-card.js';
import { BY_HAND, reprice } from './reprice.js';

const row = (category: CardCategory, price: string, cardDate = '2026-10-01'): RateRow => ({
  cardDate,
  currency: 'USD',
  market: 'Mexico',
  category,
  price,
  unit: 'message',
  provenance: 'card',
  source: 'test',
  note: '',
});
const tier = (n: number, fromVolume: number, toVolume: number | undefined, price: string): TierRow => ({
  effectiveDate: '2026-10-01',
  currency: 'USD',
  market: 'Mexico',
  category: 'utility',
  tier: n,
  fromVolume,
  toVolume,
  price,
});
const TIERS = [tier(0, 0, 100, '0.0085'), tier(1, 101, undefined, '0.0081')];
const book = buildRateBook([row('utility', '0.0085'), row('marketing', '0.0397')], TIERS);
const plan: PlanInForce = {
  plan: 'plus',
  version: 2,
  since: '2026-09-01',
  terms: { ...NO_TERMS, markupPct: '20', included: [{ name: 'first', categories: [], count: 10 }] },
};
/** A message as it was rated by a book. */
function charged(category: CardCategory, step: number, how: PlanInForce, included: boolean) {
  const rate = rateOfTier(book, '2026-11-22', 'USD', 'Mexico', category, step);
  if (!rate) throw new Error('no such price');
  const cost: Charge = {
    messageId: 'm',
    side: 'cost',
    wabaId: 'w',
    phoneNumberId: 'n',
    market: 'Mexico',
    category,
    quantity: 1,
    unitPrice: rate.price,
    amount: rate.price,
    currency: 'USD',
    rule: 'pmp/regular',
    freeReason: null,
    plan: null,
    card: { date: rate.cardDate, currency: 'USD', tier: step },
    billedAt: new Date('2026-11-22T12:00:00Z'),
    localDay: '2026-11-22',
  };
  const priced = priceOf(how, cost, () => (included ? 0 : Number.POSITIVE_INFINITY));
  if (priced === 'no_exchange_rate') throw new Error(priced);
  return { cost, price: priced.charge };
}
const any = fc
  .record({
    category: fc.constantFrom<CardCategory>('utility', 'marketing'),
    step: fc.constantFrom(0, 1),
    how: fc.constantFrom(PASS_THROUGH, plan),
    included: fc.boolean(),
  })
  .filter(({ category, step }) => category === 'utility' || step === 0);

describe('a charge that is priced anew', () => {
  it('stays as it is, whatever it was, while the book says the same', () => {
    fc.assert(
      fc.property(any, ({ category, step, how, included }) => {
        const before = charged(category, step, how, included);
        expect(reprice(book, how, before)).toEqual(before);
      }),
    );
  });

  it('has the price that was put right, at its own step, with the markup and the included volume that it had', () => {
    const right = buildRateBook(
      [row('utility', '0.0100'), row('marketing', '0.0397')],
      [tier(0, 0, 100, '0.0100'), tier(1, 101, undefined, '0.0095')],
    );
    expect(reprice(right, PASS_THROUGH, charged('utility', 1, PASS_THROUGH, false))).toMatchObject({
      cost: { unitPrice: '0.0095', card: { tier: 1 } },
      price: { unitPrice: '0.0095', plan: 'pass_through/1' },
    });
    expect(reprice(right, plan, charged('utility', 0, plan, false))).toMatchObject({ price: { amount: '0.0120' } });
    expect(reprice(right, plan, charged('utility', 0, plan, true))).toMatchObject({
      cost: { amount: '0.0100' },
      price: { amount: '0', rule: 'pmp/regular included/first' },
    });
    const marketing = charged('marketing', 0, plan, false);
    expect(reprice(right, plan, marketing)).toEqual(marketing);
  });

  it('goes by a card that came late for its day', () => {
    const late = buildRateBook([row('utility', '0.0085'), row('utility', '0.0090', '2026-11-01')]);
    expect(reprice(late, PASS_THROUGH, charged('utility', 0, PASS_THROUGH, false))).toMatchObject({
      cost: { unitPrice: '0.0090', card: { date: '2026-11-01' } },
    });
  });

  it('is left alone with the reason where nobody can say, or somebody said', () => {
    const before = charged('utility', 1, PASS_THROUGH, false);
    const byHand = { ...before, price: { ...before.price, rule: `pmp/regular${BY_HAND}` } };
    expect(reprice(book, PASS_THROUGH, byHand)).toBe('corrected_by_hand');
    expect(reprice(book, undefined, before)).toBe('unknown_plan');
    expect(reprice(buildRateBook([row('utility', '0.0100')]), PASS_THROUGH, before)).toBe('no_rate');
  });
});
