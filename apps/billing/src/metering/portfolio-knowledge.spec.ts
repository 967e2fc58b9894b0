import { MonthCounters } from './month-counters.js';
import { PortfolioKnowledge } from './portfolio-knowledge.js';

const P = 'p1';
const at = new Date('2026-11-10T00:00:00Z');
const tier = (lower: number, more: object = {}) => ({
  portfolioId: P,
  kind: 'volume_tier' as const,
  at,
  detail: {
    tier_update_time: at.getTime() / 1_000,
    pricing_category: 'UTILITY',
    tier: `${lower}:500000`,
    effective_month: '2026-11',
    region: 'Mexico',
    ...more,
  },
});
const counters = () => MonthCounters.load({ query: async () => [] } as never, 'tenant', []);

describe('what Meta told of a portfolio', () => {
  it('lifts the count of its market, category and month from its own time on, and never lowers it', async () => {
    const knowledge = new PortfolioKnowledge([tier(100_001), tier(50_001)]);
    const held = await counters();
    knowledge.lift(held, P, '2026-11', at.getTime() - 1);
    expect(held.volumeUsed('2026-11', P, 'Mexico', 'utility')).toBe(0);
    knowledge.lift(held, P, '2026-11', at.getTime());
    knowledge.lift(held, P, '2026-12', at.getTime());
    expect(held.volumeUsed('2026-11', P, 'Mexico', 'utility')).toBe(100_000);
    expect(held.volumeUsed('2026-12', P, 'Mexico', 'utility')).toBe(0);
    expect(held.volumeUsed('2026-11', 'p2', 'Mexico', 'utility')).toBe(0);
  });

  it.each([
    { region: 'Atlantis' },
    { tier: 'many' },
    { pricing_category: 'MARKETING' },
    { effective_month: undefined },
  ])('changes nothing where it cannot be read: %j', async (wrong) => {
    const held = await counters();
    new PortfolioKnowledge([tier(100_001, wrong)]).lift(held, P, '2026-11', at.getTime());
    expect(held.volumeUsed('2026-11', P, 'Mexico', 'utility')).toBe(0);
  });

  it('says from when international rates hold, and where the business is', () => {
    const knowledge = new PortfolioKnowledge([
      {
        portfolioId: P,
        kind: 'auth_international',
        at,
        detail: { start_time: 1_796_083_200, exception_countries: [{ country_code: 'ZA', start_time: 1_796_169_600 }] },
      },
      { portfolioId: P, kind: 'primary_location', at: new Date(at.getTime() + 1), detail: { country: 'DE' } },
    ]);
    expect(knowledge.factsAt(P, at.getTime() - 1)).toEqual({ country: null, countryVerified: false });
    expect(knowledge.factsAt(P, at.getTime() + 1)).toEqual({
      country: 'DE',
      countryVerified: true,
      authInternational: { startsAt: 1_796_083_200_000, exceptions: new Map([['ZA', 1_796_169_600_000]]) },
    });
  });
});
