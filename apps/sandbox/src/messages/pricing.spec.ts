import { localDate, type PricingFacts, pricingOf } from './pricing.js';

const facts = (given: Partial<PricingFacts>): PricingFacts => ({
  reaction: false,
  inServiceWindow: false,
  inFreeEntry: false,
  date: '2025-12-01',
  serviceDelivered: 0,
  ...given,
});
const kind = (given: Partial<PricingFacts>) => {
  const pricing = pricingOf(facts(given));
  return [pricing.pricing_model, 'type' in pricing ? pricing.type : undefined, pricing.category, pricing.billable];
};

describe('the pricing block', () => {
  it.each([
    [
      'a marketing template is charged inside the window',
      { category: 'marketing', inServiceWindow: true },
      'regular',
      true,
    ],
    [
      'an authentication template is charged inside the window',
      { category: 'authentication', inServiceWindow: true },
      'regular',
      true,
    ],
    ['a utility template is charged outside the window', { category: 'utility' }, 'regular', true],
    [
      'a utility template is free inside the window',
      { category: 'utility', inServiceWindow: true },
      'free_customer_service',
      false,
    ],
    [
      'a utility template inside the window is charged since October 2026',
      { category: 'utility', inServiceWindow: true, date: '2026-10-01' },
      'regular',
      true,
    ],
    [
      'a utility template inside the window is free on the last day before',
      { category: 'utility', inServiceWindow: true, date: '2026-09-30' },
      'free_customer_service',
      false,
    ],
  ] as const)('%s', (_, given, type, billable) => {
    expect(kind(given)).toEqual(['PMP', type, given.category, billable]);
  });

  it('makes service messages free until October 2026, then 1,000 a month', () => {
    const service = { inServiceWindow: true };
    expect(kind({ ...service, serviceDelivered: 5_000 })).toEqual(['PMP', 'free_customer_service', 'service', false]);
    const after = { ...service, date: '2026-10-01' };
    expect(kind({ ...after, serviceDelivered: 999 })[1]).toBe('free_customer_service');
    expect(kind({ ...after, serviceDelivered: 1_000 })[1]).toBe('regular');
    expect(kind({ ...after, serviceDelivered: 1_000, reaction: true })[1]).toBe('free_customer_service');
  });

  it('makes everything free in the free entry window', () => {
    for (const category of ['marketing', 'utility', 'authentication', undefined] as const)
      expect(kind({ category, inFreeEntry: true })).toEqual(['PMP', 'free_entry_point', 'referral_conversion', false]);
  });

  it('has the form of conversations before July 2025', () => {
    expect(kind({ category: 'utility', inServiceWindow: true, date: '2025-06-30' })).toEqual([
      'CBP',
      undefined,
      'utility',
      true,
    ]);
    expect(kind({ date: '2025-06-30' })).toEqual(['CBP', undefined, 'service', false]);
  });

  it('takes the date from the time zone of the account', () => {
    const instant = Date.parse('2026-10-01T03:00:00Z');
    expect(localDate(instant, 'America/Los_Angeles')).toBe('2026-09-30');
    expect(localDate(instant, 'Asia/Kolkata')).toBe('2026-10-01');
    expect(localDate(instant, 'Nowhere/Else')).toBe('2026-10-01');
  });
});
