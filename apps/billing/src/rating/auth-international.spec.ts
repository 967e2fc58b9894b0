import {
  INDIA,
  type Json,
  outcome,
  priced,
  template,
  waba,
} from '../../../../test/fixtures/pricing-cases/build-case.js';

const SOUTH_AFRICA = '+27821234567';
const start = '2026-04-15T00:00:00Z';
const portfolio = (country: string | null, verified: boolean, auth: Json = {}) => ({
  portfolios: [
    {
      id: 'default',
      primary_business_location: { country, verified },
      auth_international: { eligible: true, start_time: start, exception_countries: [], ...auth },
    },
  ],
});
const login = (id: string, at: string, more: Json = {}) => template(id, 'authentication', at, { to: INDIA, ...more });
const DOMESTIC = 'm1 India authentication 0.0014';
const INTERNATIONAL = 'm1 India authentication_international 0.0304';

describe('authentication is charged at the international price only if all conditions hold', () => {
  it.each([
    ['from the start on', portfolio('US', true), start, INTERNATIONAL],
    ['not before the start', portfolio('US', true), '2026-04-14T23:59:59Z', DOMESTIC],
    ['not at home', portfolio('IN', true), start, DOMESTIC],
    ['at home, while the location is not verified', portfolio('IN', false), start, INTERNATIONAL],
    ['with no location at all', portfolio(null, false), start, INTERNATIONAL],
    ['not without eligibility', portfolio('US', true, { eligible: false }), start, DOMESTIC],
    ['not without a start', portfolio('US', true, { start_time: null }), start, DOMESTIC],
    ['not for a portfolio nobody spoke of', {}, start, DOMESTIC],
  ])('%s', (_name, context, at, wanted) => {
    expect(outcome([login('m1', at)], context)).toEqual([wanted]);
  });

  it('a country may have a start of its own, earlier or later', () => {
    const exceptions = [{ country_code: 'ZA', start_time: '2026-05-01T00:00:00Z' }];
    const context = portfolio('US', true, { exception_countries: exceptions });
    const events = [
      login('m1', '2026-04-20T00:00:00Z'),
      login('m2', '2026-04-30T23:59:59Z', { to: SOUTH_AFRICA }),
      login('m3', '2026-05-01T00:00:00Z', { to: SOUTH_AFRICA }),
    ];
    expect(outcome(events, context)).toEqual([
      INTERNATIONAL,
      'm2 South Africa authentication 0.0076',
      'm3 South Africa authentication_international 0.0200',
    ]);
  });

  it('the price of a country begins at midnight of the WABA, and a card that lacks it parks', () => {
    const context = {
      ...portfolio('US', true, { start_time: '2024-01-01T00:00:00Z' }),
      wabas: [waba({ timezone: 'Asia/Kolkata' })],
    };
    const events = [
      login('m1', '2024-06-30T18:29:59Z'),
      login('m2', '2024-06-30T18:30:00Z', { number: 'N2' }),
      // Iraq has the price from October 2026, but its figure is not on the card that is known.
      login('m3', '2026-09-30T18:29:59Z', { to: '+9647712345678' }),
      login('m4', '2026-09-30T18:30:00Z', { to: '+9647712345678' }),
    ];
    const [first, second, third, fourth] = outcome(events, context);
    // India had no authentication price at all before July 2024 in USD.
    expect(first).toBe('m1 parked: no_rate');
    expect(second).toBe('m2 India authentication_international 0.0280');
    expect(third).toMatch(/^m3 Rest of Middle East authentication \d/);
    expect(fourth).toBe('m4 parked: no_rate');
  });

  it("is not judged where Meta's webhook names the category", () => {
    const at = '2026-05-01T00:00:00Z';
    const stated = (category: string) => priced(at, { type: 'regular', category });
    expect(outcome([login('m1', at, stated('authentication'))], portfolio('US', true))).toEqual([DOMESTIC]);
    expect(outcome([login('m1', at, stated('authentication_international'))])).toEqual([INTERNATIONAL]);
    // A type alone leaves the category to us.
    expect(outcome([login('m1', at, priced(at, { type: 'regular' }))], portfolio('US', true))).toEqual([INTERNATIONAL]);
  });
});

describe('what Meta tells changes the portfolio from that moment', () => {
  const update = (id: string, at: string, event: string, more: Json): Json => ({
    kind: 'account_update',
    id,
    at,
    waba: 'W1',
    event,
    ...more,
  });
  const eligible = update('w1', '2026-05-01T00:00:00Z', 'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE', {
    auth_international_rate_eligibility: {
      start_time: 1777593600,
      exception_countries: [{ country_code: 'ZA', start_time: '2026-06-01T00:00:00Z' }],
    },
  });

  it('eligibility, with its start times', () => {
    const events = [
      login('m1', '2026-04-30T23:59:59Z'),
      login('m2', '2026-05-01T00:00:00Z'),
      login('m3', '2026-05-01T00:00:00Z', { to: SOUTH_AFRICA }),
      eligible,
    ];
    expect(outcome(events)).toEqual([
      DOMESTIC,
      'm2 India authentication_international 0.0304',
      'm3 South Africa authentication 0.0076',
    ]);
  });

  it('a location, which is then verified', () => {
    const location = update('w2', '2026-05-10T00:00:00Z', 'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', {
      country: 'IN',
    });
    const events = [location, eligible, login('m1', '2026-05-10T00:00:00Z'), login('m2', '2026-05-09T23:59:59Z')];
    expect(outcome(events)).toEqual([DOMESTIC, 'm2 India authentication_international 0.0304']);
  });

  it('anything else changes nothing', () => {
    const other = update('w1', '2026-05-01T00:00:00Z', 'ACCOUNT_VIOLATION', {
      violation_info: { violation_type: 'X' },
    });
    expect(outcome([other, login('m1', '2026-05-02T00:00:00Z')])).toEqual([DOMESTIC]);
  });
});
