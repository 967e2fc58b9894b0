import type { Portfolio } from '#libs/wabas';
import { limitOf, scopeOf } from './tier-scope.js';

const now = new Date('2026-11-22T12:00:00Z');
const number = { phoneNumberId: 'n1', metaPhoneNumberId: '106540352242922' };
const holder = (messagingLimit: string) => ({
  number,
  portfolio: { tenantId: 't', portfolioId: 'p', messagingLimit } as Portfolio,
});

describe('whose messaging limit it is', () => {
  it('is the portfolio’s, which all of its numbers share', () => {
    expect(scopeOf(holder('TIER_2K'), now, new Map())).toEqual({ tenantId: 't', portfolioId: 'p', cap: 2_000 });
  });

  it('is what the provider holds it to until that ends, and never more than Meta allows', () => {
    const until = new Date(now.getTime() + 1_000);
    const held = (messagingLimit: string, heldTo: number) => {
      const { portfolio } = holder(messagingLimit);
      return { number, portfolio: { ...portfolio, heldTo, heldUntil: until } };
    };
    expect(scopeOf(held('TIER_2K', 300), now, new Map())).toMatchObject({ cap: 300, heldUntil: until });
    expect(scopeOf(held('TIER_UNLIMITED', 300), now, new Map())).toMatchObject({ cap: 300, heldUntil: until });
    expect(scopeOf(held('TIER_2K', 300), until, new Map())).toEqual({ tenantId: 't', portfolioId: 'p', cap: 2_000 });
    expect(scopeOf(held('TIER_250', 300), now, new Map())).toEqual({ tenantId: 't', portfolioId: 'p', cap: 250 });
  });

  it('is the lowest where the limit cannot be read', () => {
    expect(scopeOf(holder('TIER_MANY'), now, new Map()).cap).toBe(250);
  });

  it.each([
    ['unassigned', 50],
    ['tier1', 1_000],
    ['tier4', Infinity],
  ])('is the number’s own where it is configured with %s of the seed era', (tier, cap) => {
    const seedTiers = new Map([[number.metaPhoneNumberId, tier]]);
    expect(scopeOf(holder('TIER_2K'), now, seedTiers)).toEqual({
      tenantId: 't',
      portfolioId: 'p',
      phoneNumberId: 'n1',
      cap,
    });
    expect(limitOf(holder('TIER_2K'), now, seedTiers)).toMatchObject({ told: tier, ladder: { scope: 'number' } });
  });
});
