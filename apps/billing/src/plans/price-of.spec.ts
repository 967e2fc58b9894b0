import fc from 'fast-check';
import type { Charge } from '#libs/ledger';
import { compare, parseDecimal } from '#libs/money';
import { feesOfMonth } from './month-fees.js';
import { PlanCalendar } from './plans.js';
import { priceOf } from './price-of.js';
import { readTerms, storedTerms } from './read-terms.js';
import { NO_TERMS, PASS_THROUGH, type PlanInForce, type PlanTerms } from './terms.js';

const COST: Charge = {
  messageId: '0190aaaa-0000-7000-8000-000000000001',
  side: 'cost',
  wabaId: '0190aaaa-0000-7000-8000-000000000002',
  phoneNumberId: '0190aaaa-0000-7000-8000-000000000003',
  market: 'Mexico',
  category: 'marketing',
  quantity: 1,
  unitPrice: '0.0397',
  amount: '0.0397',
  currency: 'USD',
  rule: 'pmp/regular',
  freeReason: null,
  plan: null,
  card: { date: '2026-10-01', currency: 'USD', tier: 0 },
  billedAt: new Date('2026-11-22T12:00:00Z'),
  localDay: '2026-11-22',
};
const FREE: Charge = {
  ...COST,
  category: 'service',
  unitPrice: '0',
  amount: '0',
  freeReason: 'service_allowance',
  card: null,
};
const plan = (terms: Partial<PlanTerms>, since = '2026-01-01'): PlanInForce => ({
  plan: 'basic',
  version: 3,
  terms: storedTerms(terms),
  since,
});
const priced = (terms: Partial<PlanTerms>, cost = COST, used?: (name: string) => number) => {
  const made = priceOf(plan(terms), cost, used);
  if (made === 'no_exchange_rate') return made;
  return [made.charge.unitPrice, made.charge.currency, made.charge.rule];
};

describe("the tenant's price of a message", () => {
  it('is what Meta asks, to the letter, under pass-through', () => {
    const made = priceOf(PASS_THROUGH, COST);
    expect(made).toEqual({ charge: { ...COST, side: 'price', plan: 'pass_through/1' }, draws: undefined });
  });

  it.each<[string, Partial<PlanTerms>, string[]]>([
    ['a percentage, exactly', { markupPct: '20' }, ['0.04764', 'USD', 'pmp/regular markup']],
    [
      'the percentage of its category',
      { markupPct: '20', markupPctByCategory: { marketing: '0' } },
      ['0.0397', 'USD', 'pmp/regular'],
    ],
    [
      'a fixed fee on top',
      { currency: 'USD', feePerMessage: { outbound: '0.005', inbound: '0' } },
      ['0.0447', 'USD', 'pmp/regular markup'],
    ],
    [
      'the list price of market and category before that of the category',
      {
        currency: 'USD',
        prices: [
          { category: 'marketing', market: null, price: '0.06' },
          { category: 'marketing', market: 'Mexico', price: '0.05' },
        ],
      },
      ['0.0500', 'USD', 'pmp/regular list_price'],
    ],
    [
      'another currency, with the margin on the rate',
      { currency: 'MXN', markupPct: '10', fx: [{ from: 'USD', rate: '18.5' }], fxMarginPct: '2' },
      ['0.8240529', 'MXN', 'pmp/regular markup'],
    ],
    [
      'less the discounts of its day, one after the other',
      {
        markupPct: '0',
        discounts: [
          { from: '2026-11-01', before: '2026-12-01', pct: '50', categories: [] },
          { from: '2026-11-22', before: '2026-11-23', pct: '10', categories: ['marketing'] },
          { from: '2026-11-23', before: '2026-11-24', pct: '99', categories: [] },
          { from: '2026-11-01', before: '2026-11-22', pct: '99', categories: [] },
        ],
      },
      ['0.017865', 'USD', 'pmp/regular markup'],
    ],
  ])('%s', (_, terms, expected) => {
    expect(priced(terms)).toEqual(expected);
  });

  it('of a message that is free at Meta is the fee alone', () => {
    const terms = { currency: 'USD', markupPct: '20', feePerMessage: { outbound: '0.005', inbound: '0' } };
    expect(priced(terms, FREE)).toEqual(['0.0050', 'USD', 'pmp/regular markup']);
    expect(priced({ currency: 'USD', prices: [{ category: 'service', market: null, price: '0.01' }] }, FREE)).toEqual([
      '0',
      'USD',
      'pmp/regular',
    ]);
  });

  it('is nothing while an included volume lasts, and a message that is free anyway uses none of it', () => {
    const included = [{ name: 'welcome', categories: ['marketing'], count: 2 }];
    expect(priced({ included }, COST, () => 1)).toEqual(['0', 'USD', 'pmp/regular included/welcome']);
    expect(priced({ included }, COST, () => 2)).toEqual(['0.0397', 'USD', 'pmp/regular']);
    expect(priceOf(plan({ included }), FREE)).toMatchObject({ draws: undefined });
  });

  it('is not known without an exchange rate, and is never converted at a guess', () => {
    expect(priced({ currency: 'MXN' })).toBe('no_exchange_rate');
    expect(priced({ currency: 'MXN' }, FREE)).toEqual(['0', 'MXN', 'pmp/regular']);
  });

  it("is Meta's alone during the trial: its first day belongs to it, the day it ends does not", () => {
    const terms = {
      currency: 'USD',
      markupPct: '20',
      feePerMessage: { outbound: '0.005', inbound: '0' },
      trialDays: 14,
    };
    const on = (localDay: string) => {
      const made = priceOf(plan(terms, '2026-11-01'), { ...COST, localDay });
      return made === 'no_exchange_rate' ? made : made.charge.unitPrice;
    };
    expect([on('2026-11-01'), on('2026-11-14'), on('2026-11-15')]).toEqual(['0.0397', '0.0397', '0.05264']);
  });

  it('is never negative and never less with a higher markup', () => {
    const pct = fc.nat(500).map(String);
    fc.assert(
      fc.property(pct, pct, fc.nat(100).map(String), (a, b, off) => {
        const of = (markupPct: string) => {
          const discounts = [{ from: '2026-01-01', before: '2027-01-01', pct: off, categories: [] }];
          return parseDecimal((priced({ markupPct, discounts }) as string[])[0]);
        };
        const [low, high] = Number(a) < Number(b) ? [of(a), of(b)] : [of(b), of(a)];
        expect(compare(low, parseDecimal('0'))).toBeGreaterThanOrEqual(0);
        expect(compare(low, high)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('the plan in force', () => {
  const row = (fromDay: string, name: string, version = 1) => ({ fromDay, plan: name, version, terms: NO_TERMS });
  it('changes on its day, is pass-through before, and keeps the beginning of its trial through new versions', () => {
    const calendar = new PlanCalendar([
      row('2026-03-01', 'basic'),
      row('2026-05-01', 'basic', 2),
      row('2026-05-01', 'pro'),
    ]);
    expect(calendar.on('2026-02-28').plan).toBe('pass_through');
    expect(calendar.on('2026-03-01')).toMatchObject({ plan: 'basic', version: 1, since: '2026-03-01' });
    expect(calendar.on('2026-05-01')).toMatchObject({ plan: 'pro', since: '2026-05-01' });
  });
});

describe('fees of a month', () => {
  const terms: Partial<PlanTerms> = {
    currency: 'USD',
    monthlyFee: { tenant: '49', number: '15' },
    feePerMessage: { outbound: '0', inbound: '0.005' },
    minimumPerMonth: '100',
    trialDays: 30,
  };
  const facts = { numbers: 2, inbound: 1_000, messages: parseDecimal('10.005') };
  it('are those of tenant, numbers and inbound messages, and what is short of the minimum', () => {
    const fees = feesOfMonth(plan(terms), '2026-11-01', facts);
    expect(fees.map((f) => [f.item, f.quantity, f.amount])).toEqual([
      ['tenant_fee', 1, '49'],
      ['number_fee', 2, '30'],
      ['inbound_fee', 1_000, '5.000'],
      ['minimum', 1, '5.995'],
    ]);
    expect(feesOfMonth(plan(terms), '2026-11-01', { ...facts, messages: parseDecimal('16') })).toHaveLength(3);
  });
  it('are none in a month that begins inside the trial', () => {
    expect(feesOfMonth(plan(terms, '2026-10-15'), '2026-11-01', facts)).toEqual([]);
  });
});

describe('terms as staff write them', () => {
  it('are read with nothing where nothing is said', () => {
    expect(readTerms({})).toEqual({ terms: NO_TERMS });
  });
  it('are refused with every problem by its path', () => {
    const read = readTerms({
      markup_pct: 0.2,
      prices: [{ category: 'promo', price: '-1', market: 'Atlantis' }],
      monthly_fee: { tenant: '10' },
      discounts: [{ from: '2026-02-01', before: '2026-02-01', pct: '101' }],
      colour: 'red',
    });
    expect(Object.keys('problems' in read ? read.problems : {}).sort()).toEqual([
      'currency',
      'discounts[0].before',
      'discounts[0].pct',
      'markup_pct',
      'prices[0].category',
      'prices[0].market',
      'prices[0].price',
      'terms.colour',
    ]);
  });
});
