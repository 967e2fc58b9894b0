import {
  BRAZIL,
  block,
  INDIA,
  type Json,
  outcome,
  priced,
  template,
  text,
  USER_ID,
  waba,
} from '../../../../test/fixtures/pricing-cases/build-case.js';

const at = '2026-05-04T10:00:00Z';

describe('what cannot be priced with certainty waits for a person', () => {
  it.each<[string, Json, string]>([
    ['a category Meta added', template('m1', 'utility', at, priced(at, { category: 'astrology' })), 'unknown_category'],
    ['a stored category nobody knows', template('m1', 'astrology', at), 'unknown_category'],
    ['a category in capitals', template('m1', 'UTILITY', at), 'unknown_category'],
    ['a type Meta added', template('m1', 'utility', at, priced(at, { type: 'half_price' })), 'unknown_pricing_type'],
    [
      'a model Meta added',
      template('m1', 'utility', at, priced(at, { pricing_model: 'NBP' })),
      'unknown_pricing_model',
    ],
    [
      'all of them at once',
      template('m1', 'x', at, priced(at, { pricing_model: 'x', type: 'x', category: 'x' })),
      'unknown_pricing_model',
    ],
    ['type before category', template('m1', 'x', at, priced(at, { type: 'x', category: 'x' })), 'unknown_pricing_type'],
    [
      'a category of general-purpose AI',
      text('m1', at, priced(at, { category: 'general_purpose_ai' })),
      'unknown_category',
    ],
    ['a charge to a user id', template('m1', 'utility', at, { to: USER_ID }), 'unknown_market'],
    ['a number of no WABA', template('m1', 'utility', at, { number: 'N9' }), 'unknown_number'],
    ['a kind nobody knows', { kind: 'hologram', id: 'm1' }, 'unknown_kind'],
  ])('%s', (_name, event, reason) => {
    expect(outcome([event])).toEqual([`m1 parked: ${reason}`]);
  });

  it('the stored category does not matter where the webhook names one', () => {
    expect(outcome([template('m1', 'astrology', at, priced(at, { type: 'regular', category: 'utility' }))])).toEqual([
      'm1 Brazil utility 0.0068',
    ]);
  });

  it('an undelivered message is free whatever else is odd about it', () => {
    const odd = template('m1', 'astrology', at, { number: 'N9', to: USER_ID, statuses: [{ status: 'failed', at }] });
    expect(outcome([odd])).toEqual(['m1 free: not_delivered']);
  });

  it('a message billed elsewhere is not parked, whatever is odd about it', () => {
    const context = { wabas: [waba({ billed_by: 'other' })] };
    const events = [
      template('m1', 'astrology', at),
      template('m2', 'utility', at, { to: USER_ID }),
      { ...text('m3', at), kind: 'reaction' },
    ];
    expect(outcome(events, context)).toEqual([
      'm1 free: not_billed_here',
      'm2 free: not_billed_here',
      'm3 free: not_billed_here',
    ]);
  });

  it('a reaction with a strange webhook is still a reaction', () => {
    expect(outcome([{ ...text('m1', at, priced(at, { type: 'x' })), kind: 'reaction' }])).toEqual([
      'm1 free: reaction',
    ]);
  });

  it('a delivery of a message that is not in the case, once, and only if it is a delivery', () => {
    const status = (message: string, name: string): Json => ({ kind: 'status', message, status: name, at });
    const events = [status('x1', 'delivered'), status('x1', 'read'), status('x2', 'sent'), status('x3', 'failed')];
    expect(outcome(events)).toEqual(['x1 parked: unknown_message']);
    // A status of an event of unknown kind is not about an unknown message.
    expect(outcome([{ kind: 'hologram', id: 'x1' }, ...events])).toEqual(['x1 parked: unknown_kind']);
  });

  it('no rate: another currency, an older card and a free cell are no substitutes', () => {
    const context = {
      wabas: [waba({ currency: 'BRL', numbers: ['N1'] }), waba({ id: 'W2', currency: 'GBP', numbers: ['N2'] })],
    };
    const events = [
      template('m1', 'utility', '2026-07-01T10:00:00Z'),
      template('m2', 'utility', '2026-07-01T10:00:00Z', { to: INDIA }),
      template('m3', 'utility', '2026-10-01T10:00:00Z'),
      template('m4', 'utility', '2026-07-01T10:00:00Z', { number: 'N2' }),
    ];
    expect(outcome(events, context)).toEqual([
      'm1 Brazil utility 0.0350',
      'm2 parked: no_rate',
      'm3 parked: no_rate',
      'm4 parked: no_rate',
    ]);
  });

  it('a parked message moves no counter', () => {
    const volume = { portfolio: 'default', market: 'Brazil', category: 'utility', month: '2026-07', count: 249_999 };
    const context = {
      wabas: [waba({ numbers: ['N1'], currency: 'GBP' }), waba({ id: 'W2', numbers: ['N2'] })],
      counters: { volume: [volume] },
    };
    const events = [
      template('m1', 'utility', '2026-07-01T10:00:00Z'),
      template('m2', 'utility', '2026-07-01T10:00:01Z', { number: 'N2' }),
    ];
    expect(outcome(events, context)).toEqual(['m1 parked: no_rate', 'm2 Brazil utility 0.0068']);
  });
});

describe('a block that straddles a change waits for a person', () => {
  const straddling = (category: string, first: string, last: string, more: Json = {}) =>
    block('b1', category, 7, first, { last_delivered_at: last, ...more });
  const PARKED = ['b1 parked: bulk_straddles_change x7'];

  it('of month, even where it would be free', () => {
    expect(outcome([straddling('marketing', '2026-05-31T23:00:00Z', '2026-06-01T00:00:00Z')])).toEqual(PARKED);
    expect(outcome([straddling('text', '2026-05-31T23:00:00Z', '2026-06-01T00:00:00Z')])).toEqual(PARKED);
    expect(outcome([straddling('marketing', '2026-05-31T23:00:00Z', '2026-05-31T23:59:59Z')])).toHaveLength(1);
    expect(outcome([straddling('marketing', '2026-05-31T23:00:00Z', '2026-05-31T23:59:59Z')])).not.toEqual(PARKED);
  });

  it('in the zone of the WABA', () => {
    const context = { wabas: [waba({ timezone: 'America/Sao_Paulo' })] };
    const [line] = outcome([straddling('marketing', '2026-05-31T23:00:00Z', '2026-06-01T02:59:59Z')], context);
    expect(line).toBe('b1 Brazil marketing 0.0625 x7');
  });

  it('of category, when the international price begins or is announced in between', () => {
    const eligible = { eligible: true, start_time: '2026-05-10T00:00:00Z' };
    const context = { portfolios: [{ id: 'default', auth_international: eligible }] };
    const first = '2026-05-09T23:00:00Z';
    expect(outcome([straddling('authentication', first, '2026-05-10T00:00:00Z', { to: INDIA })], context)).toEqual(
      PARKED,
    );
    expect(outcome([straddling('authentication', first, '2026-05-10T00:00:00Z', { to: BRAZIL })], context)).not.toEqual(
      PARKED,
    );
    const named = { to: INDIA, pricing: { type: 'regular', category: 'authentication' } };
    expect(outcome([straddling('authentication', first, '2026-05-10T00:00:00Z', named)], context)).not.toEqual(PARKED);
    const told = {
      kind: 'account_update',
      id: 'w1',
      at: '2026-05-09T23:30:00Z',
      portfolio: 'default',
      event: 'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE',
      auth_international_rate_eligibility: { start_time: '2026-05-01T00:00:00Z', exception_countries: [] },
    };
    expect(outcome([told, straddling('authentication', first, '2026-05-10T00:00:00Z', { to: INDIA })])).toEqual(PARKED);
  });

  it('but after the other checks', () => {
    expect(outcome([straddling('astrology', '2026-05-31T23:00:00Z', '2026-06-01T00:00:00Z')])).toEqual([
      'b1 parked: unknown_category x7',
    ]);
    expect(
      outcome([straddling('marketing', '2026-05-31T23:00:00Z', '2026-06-01T00:00:00Z', { number: 'N9' })]),
    ).toEqual(['b1 parked: unknown_number x7']);
    const other = { wabas: [waba({ billed_by: 'other' })] };
    expect(outcome([straddling('marketing', '2026-05-31T23:00:00Z', '2026-06-01T00:00:00Z')], other)).toEqual([
      'b1 free: not_billed_here x7',
    ]);
  });
});
