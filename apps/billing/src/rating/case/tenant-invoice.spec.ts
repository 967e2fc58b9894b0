import {
  asCase,
  block,
  book,
  heard,
  type Json,
  reaction,
  template,
  text,
  USER_ID,
  waba,
} from '../../../../../test/fixtures/pricing-cases/build-case.js';
import { rateCase } from './rate-case.js';

const at = '2026-05-04T10:00:00Z';
const invoice = (events: Json[], plan: Json, context: Json = {}) =>
  rateCase(asCase(events, { tenant_plan: plan, ...context }), book).tenant_invoice;

describe('a tenant is invoiced what its plan says', () => {
  it('price with markup, fee per message, fee per number, tax', () => {
    // 0.0625 x 1.2 = 0.075; 3 fees of 0.005; 2 numbers for a month at 15; 19 % of 30.09 = 5.7171.
    const events = [template('m1', 'marketing', at), text('m2', at), text('m3', at)];
    const plan = {
      markup_pct: '20',
      fee_per_message: '0.005',
      monthly_number_fee: '15.00',
      months: ['2026-05'],
      tax_pct: '19',
    };
    expect(invoice(events, plan)).toEqual({
      currency: 'USD',
      lines: [
        {
          item: 'messages',
          market: 'Brazil',
          category: 'marketing',
          quantity: 1,
          unit_price: '0.075',
          amount: '0.075',
        },
        { item: 'message_fee', quantity: 3, unit_price: '0.005', amount: '0.015' },
        { item: 'number_fee', quantity: 2, unit_price: '15.00', amount: '30.00' },
      ],
      net: '30.09',
      tax: '5.72',
      total: '35.81',
    });
  });

  it('rounds the net once and the tax once, half up', () => {
    // Ten lines of 0.0068 would round to 0.01 each; their sum is 0.068.
    expect(invoice([block('b1', 'utility', 10, at)], {})).toMatchObject({ net: '0.07', tax: '0.00', total: '0.07' });
    // 0.125 is a half of a cent and goes up; the tax is of the rounded net: 10 % of 0.13 = 0.013.
    expect(invoice([block('b1', 'marketing', 2, at)], { tax_pct: '10' })).toMatchObject({
      net: '0.13',
      tax: '0.01',
      total: '0.14',
    });
    expect(invoice([block('b1', 'marketing', 2, at)], { tax_pct: '10', decimals: 4 })).toMatchObject({
      net: '0.1250',
      tax: '0.0125',
      total: '0.1375',
    });
    expect(invoice([block('b1', 'marketing', 8, at)], { decimals: 0 })).toMatchObject({
      net: '1',
      tax: '0',
      total: '1',
    });
  });

  it('a markup of a category replaces the general one', () => {
    const plan = { markup_pct: '20', markup_pct_by_category: { utility: '0', authentication_international: '50' } };
    const events = [template('m1', 'marketing', at), template('m2', 'utility', at)];
    expect(invoice(events, plan)?.lines.map((line) => line.unit_price)).toEqual(['0.075', '0.0068']);
  });

  it('adds up charges of one market, category and price, and keeps tiers apart', () => {
    const volume = { portfolio: 'default', market: 'Brazil', category: 'utility', month: '2026-05', count: 249_998 };
    const events = [1, 2, 3].map((n) => template(`m${n}`, 'utility', at));
    expect(invoice(events, {}, { counters: { volume: [volume] } })?.lines).toMatchObject([
      { unit_price: '0.0068', quantity: 2, amount: '0.0136' },
      { unit_price: '0.0065', quantity: 1, amount: '0.0065' },
    ]);
  });

  it('converts other currencies at the given rate and margin, after the markup, without rounding', () => {
    const wabas = [waba({ numbers: ['N1'] }), waba({ id: 'W2', numbers: ['N2'], currency: 'EUR' })];
    const plan = { currency: 'EUR', markup_pct: '10', fx: [{ from: 'USD', rate: '0.91' }], fx_margin_pct: '2.5' };
    const july = '2026-07-04T10:00:00Z';
    const events = [template('m1', 'marketing', july), template('m2', 'marketing', july, { number: 'N2' })];
    const lines = invoice(events, plan, { wabas })?.lines;
    // 0.0625 x 1.1 x 0.91 x 1.025 = 0.06412656250 exactly; the euro card needs no conversion.
    expect(lines?.[0]).toMatchObject({ unit_price: '0.0641265625', amount: '0.0641265625' });
    const euro = rateCase(asCase(events, { wabas }), book).charges[1]?.unit_price;
    expect(Number(lines?.[1]?.unit_price)).toBeCloseTo(Number(euro) * 1.1, 10);
  });
});

describe('the fee per message', () => {
  const fee = (events: Json[], plan: Json = {}, context: Json = {}) =>
    invoice(events, { fee_per_message: '1', ...plan }, context)?.lines.find((line) => line.item === 'message_fee')
      ?.quantity;

  it('is for delivered messages, free ones too, and not for parked and undelivered ones', () => {
    const events = [
      template('m1', 'marketing', at),
      text('m2', at),
      reaction('r1', at),
      text('m3', at, { statuses: [] }),
      template('m4', 'utility', at, { to: USER_ID }),
      text('m5', at, { number: 'N9' }),
      block('b1', 'utility', 10, at),
      {
        kind: 'group_text',
        id: 'g1',
        number: 'N1',
        group: 'G',
        sent_at: at,
        deliveries: [{ to: USER_ID, at }, { to: USER_ID, at }, { to: USER_ID }],
      },
      heard('u1', at),
    ];
    expect(fee(events)).toBe(15);
  });

  it('is for user messages only if the plan says so, each once', () => {
    const events = [
      text('m1', at),
      heard('u1', at),
      heard('u1', at),
      heard('u2', at),
      heard('u3', at, { number: 'N9' }),
    ];
    expect(fee(events)).toBe(1);
    expect(fee(events, { fee_applies_to: ['outbound_delivered', 'inbound'] })).toBe(3);
    expect(fee(events, { fee_applies_to: ['inbound'] })).toBe(2);
    expect(fee(events, { fee_applies_to: [] })).toBeUndefined();
  });

  it('is not for what is billed elsewhere, nor is the fee per number', () => {
    const wabas = [
      waba({ numbers: ['N1'] }),
      waba({ id: 'W2', numbers: ['N2', 'N3'], billed_by: 'other', currency: 'GBP' }),
    ];
    const events = [text('m1', at), text('m2', at, { number: 'N2' }), heard('u1', at, { number: 'N2' })];
    expect(fee(events, { fee_applies_to: ['outbound_delivered', 'inbound'] }, { wabas })).toBe(1);
    const lines = invoice([], { monthly_number_fee: '15', months: ['2026-05', '2026-06'] }, { wabas })?.lines;
    expect(lines).toEqual([{ item: 'number_fee', quantity: 2, unit_price: '15', amount: '30' }]);
  });
});

it('without a plan there is no invoice; with an empty one it is of nothing', () => {
  expect('tenant_invoice' in rateCase(asCase([template('m1', 'utility', at)]), book)).toBe(false);
  expect(invoice([], {})).toEqual({ currency: 'USD', lines: [], net: '0.00', tax: '0.00', total: '0.00' });
});
