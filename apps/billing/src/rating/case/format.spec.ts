import {
  asCase,
  BRAZIL,
  block,
  book,
  heard,
  inWords,
  type Json,
  outcome,
  template,
  text,
  waba,
} from '../../../../../test/fixtures/pricing-cases/build-case.js';
import { InvalidCase, instantOf } from './fields.js';
import { rateCase } from './rate-case.js';

const at = '2026-05-04T10:00:00Z';
const rate = (events: Json[], context: Json = {}, more: Json = {}) => rateCase(asCase(events, context, more), book);

describe('an instant', () => {
  const noon = Date.parse('2026-10-01T12:00:00Z');
  it.each([
    '2026-10-01T12:00:00Z',
    '2026-10-01T12:00Z',
    '2026-10-01T14:00:00+02:00',
    '2026-10-01T14:00:00+0200',
    '2026-10-01T06:30:00-05:30',
    '2026-10-01T12:00:00.000Z',
    noon / 1000,
    String(noon / 1000),
  ])('may be written %p', (value) => {
    expect(instantOf(value)).toBe(noon);
  });

  it.each([
    '2026-10-01',
    '2026-10-01T12:00:00',
    '2026-02-29T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-10-01T24:00:00Z',
    '2026-10-01T12:60:00Z',
    '2026-10-01 12:00:00Z',
    'noon',
    '',
    '-5',
    '1e9',
    1.5,
    -1,
    null,
    true,
    '99999999999999999',
  ])('may not be written %p', (value) => {
    expect(instantOf(value)).toBeUndefined();
  });

  it('keeps milliseconds and drops what is finer', () => {
    expect(instantOf('2026-10-01T12:00:00.5Z')).toBe(noon + 500);
    expect(instantOf('2026-10-01T11:59:59.9999Z')).toBe(noon - 1);
  });
});

describe('a file that breaks the format is refused, and the message names the place', () => {
  const good = asCase([]);
  const context = (more: Json): Json => asCase([], more);

  it.each<[string, unknown, RegExp]>([
    ['no object', [], /case must be an object/],
    ['another format', { ...good, format: 'pricing-case/2' }, /format/],
    ['no id', { ...good, id: undefined }, /id is missing/],
    ['no context', { ...good, context: undefined }, /context is missing/],
    ['events that are no array', { ...good, events: {} }, /events must be an array/],
    ['no WABA', context({ wabas: [] }), /wabas/],
    ['a WABA without a zone', context({ wabas: [waba({ timezone: undefined })] }), /wabas\[0\]: timezone is missing/],
    ['a zone that does not exist', context({ wabas: [waba({ timezone: 'Mars/Olympus' })] }), /timezone/],
    ['no currency', context({ wabas: [waba({ currency: 'dollars' })] }), /currency/],
    ['a number in two WABAs', context({ wabas: [waba(), waba({ id: 'W2' })] }), /N1 twice/],
    ['a WABA billed by nobody known', context({ wabas: [waba({ billed_by: 'us' })] }), /billed_by/],
    ['an unknown field of the context', context({ waba: [] }), /context: waba is no known field/],
    ['an unknown field of a WABA', context({ wabas: [waba({ time_zone: 'UTC' })] }), /time_zone/],
    ['a misspelt counter', context({ counters: { service_alowance: [] } }), /service_alowance/],
    [
      'a misspelt field of a counter',
      context({ counters: { service_allowance: [{ number: 'N1', month: '2026-10', count: 1, counts: 1 }] } }),
      /service_allowance\[0\]: counts/,
    ],
    [
      'a count that is no whole number',
      context({ counters: { service_allowance: [{ number: 'N1', month: '2026-10', count: '7' }] } }),
      /count/,
    ],
    [
      'a month that is none',
      context({ counters: { free_conversations: [{ waba: 'W1', month: '2026-13', count: 7 }] } }),
      /month/,
    ],
    [
      'a volume of a market that is none',
      context({
        counters: { volume: [{ portfolio: 'P', market: 'Brasil', category: 'utility', month: '2026-10', count: 7 }] },
      }),
      /market/,
    ],
    [
      'a volume of marketing',
      context({
        counters: { volume: [{ portfolio: 'P', market: 'Brazil', category: 'marketing', month: '2026-10', count: 7 }] },
      }),
      /category/,
    ],
    ['an unknown field of a portfolio', context({ portfolios: [{ id: 'P', eligible: true }] }), /eligible/],
    [
      'an unknown field of a location',
      context({ portfolios: [{ id: 'P', primary_business_location: { county: 'US' } }] }),
      /primary_business_location: county/,
    ],
    [
      'an unknown field of a start time',
      context({ portfolios: [{ id: 'P', auth_international: { exception_countries: [{ country: 'ZA' }] } }] }),
      /exception_countries\[0\]: country /,
    ],
    [
      'an unknown field of a template',
      context({ templates: [{ name: 'a', category: 'utility', language: 'en' }] }),
      /language/,
    ],
    ['a plan with a price as a number', context({ tenant_plan: { markup_pct: 20 } }), /markup_pct must be a decimal/],
    ['a plan with an exponent', context({ tenant_plan: { fee_per_message: '5e-3' } }), /fee_per_message/],
    ['a plan with a negative tax', context({ tenant_plan: { tax_pct: '-1' } }), /tax_pct/],
    ['a markup of an unknown category', context({ tenant_plan: { markup_pct_by_category: { promo: '1' } } }), /promo/],
    ['a fee on nothing known', context({ tenant_plan: { fee_applies_to: ['outbound'] } }), /fee_applies_to/],
    [
      'a plan in another currency without a rate',
      context({ tenant_plan: { currency: 'EUR' } }),
      /fx has no rate from USD/,
    ],
    [
      'several currencies and a plan without one',
      context({ wabas: [waba(), waba({ id: 'W2', numbers: [], currency: 'EUR' })], tenant_plan: {} }),
      /currency is missing/,
    ],
    ['half a decimal place', context({ tenant_plan: { decimals: 1.5 } }), /decimals/],
    ['an events_file that is no name', { ...good, events_file: 7 }, /events_file/],
  ])('%s', (_name, input, message) => {
    expect(() => rateCase(input, book)).toThrow(InvalidCase);
    expect(() => rateCase(input, book)).toThrow(message);
  });

  it.each<[string, Json, RegExp]>([
    ['no kind', { id: 'm1' }, /events\[0\]: kind is missing/],
    ['no id', { ...text('m1', at), id: undefined }, /events\[0\]: id is missing/],
    ['no number', text('m1', at, { number: undefined }), /event m1 .*number is missing/],
    ['no recipient', text('m1', at, { to: undefined }), /event m1 .*to is missing/],
    ['no time of sending', text('m1', at, { sent_at: null }), /event m1 .*sent_at is missing/],
    ['a time that is none', text('m1', 'yesterday'), /event m1/],
    [
      'a template of no category and no name',
      { ...template('m1', '', at), category: undefined },
      /event m1 .*category/,
    ],
    [
      'a status without a time',
      text('m1', at, { statuses: [{ status: 'read' }] }),
      /event m1 .*statuses\[0\]: at is missing/,
    ],
    [
      'a window that is neither open nor closed',
      text('m1', at, { in_service_window: 'yes' }),
      /event m1 .*in_service_window/,
    ],
    ['a block without a count', { ...block('b1', 'text', 1, at), count: undefined }, /event b1 .*count is missing/],
    ['a block of half a message', block('b1', 'text', 0.5, at), /event b1 .*count/],
    ['a block without an end', block('b1', 'text', 1, at, { last_delivered_at: undefined }), /last_delivered_at/],
    [
      'a group message without deliveries',
      { ...text('g1', at), kind: 'group_text', group: 'G' },
      /event g1 .*deliveries/,
    ],
    ['a user message from nobody', heard('u1', at, { from: undefined }), /event u1 .*from/],
    ['an entry without a device', heard('u1', at, { entry: 'facebook_page_cta' }), /event u1 .*device is missing/],
    ['a status of nothing', { kind: 'status', status: 'read', at }, /events\[0\]: message is missing/],
    [
      'an account update of nobody',
      { kind: 'account_update', id: 'w1', at, event: 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', country: 'IN' },
      /event w1 .*waba/,
    ],
    [
      'a tier without its block',
      { kind: 'account_update', id: 'w1', at, waba: 'W1', event: 'VOLUME_BASED_PRICING_TIER_UPDATE' },
      /event w1 .*volume_tier_info is missing/,
    ],
    [
      'a change of category to nothing',
      { kind: 'template_category_update', id: 'w1', at, template: 't' },
      /event w1 .*new_category/,
    ],
  ])('%s', (_name, event, message) => {
    expect(() => rate([event])).toThrow(InvalidCase);
    expect(() => rate([event])).toThrow(message);
  });

  it('a line of an events file is named by its file and number', () => {
    const open = () => [{ value: { kind: 'text', id: 'm9' }, where: 'log.jsonl line 3' }];
    expect(() => rateCase(asCase([], {}, { events_file: 'log.jsonl' }), book, open)).toThrow(
      'event m9 (log.jsonl line 3)',
    );
  });
});

describe('what the format leaves open is tolerated', () => {
  it('unknown fields outside the context, absent lists, and null for absent', () => {
    const input = {
      ...asCase([text('m1', at, { mood: 'good', pricing: null })], { counters: null }),
      expect: 7,
      mood: 1,
    };
    expect(inWords(rateCase(input, book))).toEqual(['m1 free: service_free']);
    expect(rateCase({ format: 'pricing-case/1', id: 'x', context: { wabas: [waba()] } }, book)).toEqual({
      case: 'x',
      charges: [],
      free: [],
      parked: [],
      total: '0',
      currency: 'USD',
      totals: { USD: '0' },
    });
  });

  it('the events of files follow those of the case', () => {
    const files: Record<string, Json[]> = {
      a: [template('m1', 'marketing', at), { kind: 'status', message: 'm2', status: 'delivered', at }],
      b: [template('m2', 'utility', at, { statuses: [] })],
    };
    const open = (path: string) => (files[path] ?? []).map((value, i) => ({ value, where: `${path} line ${i + 1}` }));
    const input = asCase([template('m1', 'utility', at)], {}, { events_file: ['a', 'b'] });
    expect(inWords(rateCase(input, book, open))).toEqual(['m1 Brazil utility 0.0068', 'm2 Brazil utility 0.0068']);
  });

  it('a repeat of a user message, or statuses where none belong, change nothing', () => {
    const events = [
      heard('u1', at, { statuses: [{ status: 'delivered', at }] }),
      heard('u1', '2026-05-06T10:00:00Z'),
      template('m1', 'utility', '2026-05-06T11:00:00Z'),
      block('b1', 'utility', 2, at, { statuses: [{ status: 'failed', at }] }),
    ];
    expect(outcome(events)).toEqual(['b1 Brazil utility 0.0068 x2', 'm1 Brazil utility 0.0068']);
  });
});

describe('the sums', () => {
  const two = [waba({ numbers: ['N1'] }), waba({ id: 'W2', numbers: ['N2'], currency: 'INR' })];
  const events = [
    template('m1', 'utility', '2025-10-05T10:00:00Z'),
    template('m2', 'utility', '2025-10-05T10:00:00Z', { number: 'N2', to: BRAZIL }),
    template('m3', 'marketing', '2025-10-05T10:00:00Z', { number: 'N2', to: '+919812345678' }),
  ];

  it('never add currencies', () => {
    const rated = rate(events, { wabas: two });
    expect([rated.total, rated.currency]).toEqual([null, null]);
    expect(Object.keys(rated.totals)).toEqual(['USD', 'INR']);
    expect(rated.totals.USD).toBe('0.0068');
  });

  it('name every currency of a billed WABA, and none of the others', () => {
    const wabas = [...two, waba({ id: 'W3', numbers: ['N3'], currency: 'GBP', billed_by: 'other' })];
    expect(rate([], { wabas }).totals).toEqual({ USD: '0', INR: '0' });
    expect(rate([], { wabas: [waba({ billed_by: 'other' })] })).toMatchObject({
      totals: {},
      total: null,
      currency: null,
    });
  });

  it('are exact products and sums', () => {
    const rated = rate([block('b1', 'marketing', 3_333_333, at), template('m1', 'utility', at)]);
    expect(rated.charges[0]).toMatchObject({ unit_price: '0.0625', quantity: 3_333_333, amount: '208333.3125' });
    expect(rated.total).toBe('208333.3193');
  });
});
