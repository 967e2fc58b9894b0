import {
  block,
  heard,
  INDIA,
  type Json,
  MEXICO,
  outcome,
  priced,
  template,
  waba,
} from '../../../../test/fixtures/pricing-cases/build-case.js';

const at = '2026-05-12T00:00:00Z';
const used = (count: number, more: Json = {}) => ({
  portfolio: 'default',
  market: 'Mexico',
  category: 'utility',
  month: '2026-05',
  count,
  ...more,
});
const mexico = { to: MEXICO };

describe('volume tiers are counted by portfolio, market, category and local month', () => {
  it('a block is priced band by band, and nothing is priced again', () => {
    const context = { counters: { volume: [used(999_900)] } };
    expect(outcome([block('b1', 'utility', 4_000_200, at, mexico)], context)).toEqual([
      'b1 Mexico utility 0.0077 x100',
      'b1 Mexico utility 0.0081 x4000000',
      'b1 Mexico utility 0.0085 x100',
    ]);
  });

  it('all WABAs of a portfolio count together, those billed elsewhere too, and other portfolios apart', () => {
    const context = {
      wabas: [
        waba({ numbers: ['N1'], portfolio: 'P1' }),
        waba({ id: 'W2', numbers: ['N2'], portfolio: 'P1', billed_by: 'other' }),
        waba({ id: 'W3', numbers: ['N3'], portfolio: 'P2' }),
        waba({ id: 'W4', numbers: ['N4'] }),
        waba({ id: 'W5', numbers: ['N5'] }),
      ],
    };
    const events = [
      block('b1', 'utility', 1_000_000, '2026-05-10T00:00:00Z', { ...mexico, number: 'N2' }),
      template('m1', 'utility', at, mexico),
      template('m2', 'utility', at, { ...mexico, number: 'N3' }),
      block('b2', 'utility', 1_000_000, '2026-05-10T00:00:00Z', { ...mexico, number: 'N4' }),
      template('m3', 'utility', at, { ...mexico, number: 'N5' }),
    ];
    expect(outcome(events, context)).toEqual([
      'b1 free: not_billed_here x1000000',
      'b2 Mexico utility 0.0085 x1000000',
      'm1 Mexico utility 0.0081',
      'm2 Mexico utility 0.0085',
      'm3 Mexico utility 0.0081',
    ]);
  });

  it('only charged messages count', () => {
    const context = { counters: { volume: [used(999_999)] } };
    const events = [
      heard('u1', '2026-05-11T12:00:00Z', { from: MEXICO }),
      template('m1', 'utility', '2026-05-11T13:00:00Z', mexico),
      template('m2', 'utility', at, { ...mexico, ...priced(at, { type: 'free_entry_point' }) }),
      template('m3', 'marketing', at, mexico),
      template('m4', 'utility', '2026-05-13T00:00:00Z', mexico),
      template('m5', 'utility', '2026-05-13T00:00:01Z', mexico),
    ];
    expect(outcome(events, context)).toEqual([
      'm1 free: service_window',
      'm2 free: free_entry',
      'm3 Mexico marketing 0.0305',
      'm4 Mexico utility 0.0085',
      'm5 Mexico utility 0.0081',
    ]);
  });

  it('the month is that of each WABA: a portfolio can count in two at once', () => {
    const context = {
      wabas: [
        waba({ numbers: ['N1'], timezone: 'America/Sao_Paulo' }),
        waba({ id: 'W2', numbers: ['N2'], timezone: 'Asia/Kolkata' }),
      ],
      counters: { volume: [used(1_000_000)] },
    };
    const turn = '2026-05-31T20:00:00Z';
    expect(
      outcome(
        [template('m1', 'utility', turn, mexico), template('m2', 'utility', turn, { ...mexico, number: 'N2' })],
        context,
      ),
    ).toEqual(['m1 Mexico utility 0.0081', 'm2 Mexico utility 0.0085']);
  });

  it('authentication and authentication-international share one count, at the price of each', () => {
    const context = {
      portfolios: [
        {
          id: 'default',
          primary_business_location: { country: 'US', verified: true },
          auth_international: { eligible: true, start_time: at, exception_countries: [] },
        },
      ],
      counters: { volume: [used(749_999, { market: 'India', category: 'authentication' })] },
    };
    const events = [
      template('m1', 'authentication', '2026-05-11T23:59:59Z', { to: INDIA }),
      template('m2', 'authentication', at, { to: INDIA }),
      template('m3', 'utility', at, { to: INDIA }),
    ];
    expect(outcome(events, context)).toEqual([
      'm1 India authentication 0.0014',
      'm2 India authentication_international 0.0286',
      'm3 India utility 0.0014',
    ]);
  });

  it('without tier rows the count still runs, for the day a portfolio reaches a card that has them', () => {
    const context = { counters: { volume: [used(1_000_000, { month: '2026-03' })] } };
    expect(outcome([template('m1', 'utility', '2026-03-12T00:00:00Z', mexico)], context)).toEqual([
      'm1 Mexico utility 0.0085',
    ]);
  });
});

describe('a tier that Meta announces', () => {
  const tier = (more: Json = {}, info: Json = {}): Json => ({
    kind: 'account_update',
    id: 'w1',
    at: '2026-05-10T00:00:00Z',
    waba: 'W1',
    event: 'VOLUME_BASED_PRICING_TIER_UPDATE',
    volume_tier_info: {
      pricing_category: 'UTILITY',
      region: 'Mexico',
      tier: '1000001:5000000',
      effective_month: '2026-05',
      ...info,
    },
    ...more,
  });
  const before = template('m1', 'utility', '2026-05-09T23:59:59Z', mexico);
  const after = template('m2', 'utility', '2026-05-10T00:00:00Z', mexico);

  it('lifts the count from its time on, to the last message below the band', () => {
    expect(outcome([before, after, tier()])).toEqual(['m1 Mexico utility 0.0085', 'm2 Mexico utility 0.0081']);
    const early = tier({}, { tier_update_time: 1778371199 });
    expect(outcome([before, after, early])).toEqual(['m1 Mexico utility 0.0081', 'm2 Mexico utility 0.0081']);
  });

  it('never lowers the count, and is for its own market, category and month', () => {
    const context = { counters: { volume: [used(6_000_000)] } };
    expect(outcome([after, tier()], context)).toEqual(['m2 Mexico utility 0.0077']);
    for (const info of [{ region: 'Brazil' }, { pricing_category: 'AUTHENTICATION' }, { effective_month: '2026-06' }]) {
      expect(outcome([after, tier({}, info)])).toEqual(['m2 Mexico utility 0.0085']);
    }
    expect(outcome([after, tier({ waba: undefined, portfolio: 'P9' })])).toEqual(['m2 Mexico utility 0.0085']);
  });

  it('for marketing, or with an open upper end, or under the name of the web page, is understood', () => {
    expect(outcome([after, tier({}, { tier: '1000001:MAX' })])).toEqual(['m2 Mexico utility 0.0081']);
    expect(outcome([after, tier({}, { pricing_category: 'MARKETING', tier: '0:MAX' })])).toEqual([
      'm2 Mexico utility 0.0085',
    ]);
    const poland = { to: '+48512345678' };
    const cee = tier({}, { region: 'Rest of Central and Eastern Europe', tier: '3000001:MAX' });
    const [line] = outcome([template('m2', 'utility', '2026-05-10T00:00:00Z', poland), cee]);
    const [list] = outcome([template('m2', 'utility', '2026-05-10T00:00:00Z', poland)]);
    expect(line).not.toBe(list);
  });
});
