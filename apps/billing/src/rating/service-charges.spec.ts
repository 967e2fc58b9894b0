import {
  BRAZIL,
  block,
  heard,
  type Json,
  outcome,
  priced,
  reaction,
  template,
  text,
  USER_ID,
  waba,
} from '../../../../test/fixtures/pricing-cases/build-case.js';

const used = (count: number, more: Json = {}) => ({
  counters: { service_allowance: [{ number: 'N1', month: '2026-10', count }] },
  ...more,
});

describe('from October 2026 service messages are charged beyond 1,000 a number and month', () => {
  it('utility in the window is charged and draws nothing', () => {
    const events = [
      heard('u1', '2026-10-05T09:00:00Z'),
      template('m1', 'utility', '2026-10-05T10:00:00Z'),
      text('m2', '2026-10-05T10:01:00Z'),
      text('m3', '2026-10-05T10:02:00Z'),
    ];
    expect(outcome(events, used(999))).toEqual([
      'm1 Brazil utility 0.0068',
      'm2 free: service_allowance',
      'm3 Brazil service 0.0068',
    ]);
  });

  it('begins at midnight of the WABA and anew each local month', () => {
    const context = used(1000, { wabas: [waba({ timezone: 'America/Sao_Paulo' })] });
    const events = [
      text('m1', '2026-10-01T02:59:59Z'),
      text('m2', '2026-10-01T03:00:00Z'),
      text('m3', '2026-11-01T02:59:59Z'),
      text('m4', '2026-11-01T03:00:00Z'),
    ];
    expect(outcome(events, context)).toEqual([
      'm1 free: service_free',
      'm2 Brazil service 0.0068',
      'm3 Brazil service 0.0068',
      'm4 free: service_allowance',
    ]);
  });

  it('is drawn in the order of delivery, not of sending', () => {
    const events = [
      text('m1', '2026-10-05T10:00:00Z', { statuses: [{ status: 'delivered', at: '2026-10-06T10:00:00Z' }] }),
      text('m2', '2026-10-05T11:00:00Z'),
    ];
    expect(outcome(events, used(999))).toEqual(['m1 Brazil service 0.0068', 'm2 free: service_allowance']);
  });

  it("a webhook's type decides the charge, and the unit is drawn all the same, except in free entry", () => {
    const at = (minute: number) => `2026-10-05T10:0${minute}:00Z`;
    const stated = (id: string, minute: number, type: string): Json => ({
      ...text(id, at(minute)),
      ...priced(at(minute), { type, category: 'service' }),
    });
    const events = [
      stated('m1', 1, 'regular'),
      stated('m2', 2, 'free_customer_service'),
      stated('m3', 3, 'free_entry_point'),
      text('m4', at(4)),
      text('m5', at(5)),
      stated('m6', 6, 'free_customer_service'),
    ];
    expect(outcome(events, used(997))).toEqual([
      'm1 Brazil service 0.0068',
      'm2 free: service_allowance',
      'm3 free: free_entry',
      'm4 free: service_allowance',
      'm5 Brazil service 0.0068',
      'm6 free: service_allowance',
    ]);
  });

  it('a utility template that Meta calls free has no finer reason any more', () => {
    const at = '2026-10-05T10:00:00Z';
    const event = template('m1', 'utility', at, priced(at, { type: 'free_customer_service', category: 'utility' }));
    expect(outcome([event])).toEqual(['m1 free: free_by_webhook']);
  });

  it('reactions, undelivered and parked messages draw nothing', () => {
    const events = [
      reaction('r1', '2026-10-05T10:00:00Z'),
      text('m1', '2026-10-05T10:01:00Z', { statuses: [] }),
      // Charged by Meta's word, but to a user without a market: parked, so its unit is not drawn.
      {
        ...text('m2', '2026-10-05T10:02:00Z'),
        ...priced('2026-10-05T10:02:00Z', { type: 'regular', category: 'service' }),
        to: USER_ID,
      },
      text('m3', '2026-10-05T10:03:00Z', { to: USER_ID }),
      text('m4', '2026-10-05T10:04:00Z', { to: USER_ID }),
    ];
    expect(outcome(events, used(999))).toEqual([
      'm1 free: not_delivered',
      'm2 parked: unknown_market',
      'm3 free: service_allowance',
      'm4 parked: unknown_market',
      'r1 free: reaction',
    ]);
  });

  it('a number billed elsewhere draws on its own allowance', () => {
    const context = used(0, { wabas: [waba({ billed_by: 'other' }), waba({ id: 'W2', numbers: ['N3'] })] });
    const events = [block('b1', 'text', 1500, '2026-10-05T10:00:00Z'), text('m1', '2026-10-06T10:00:00Z')];
    expect(outcome(events, context)).toEqual(['b1 free: not_billed_here x1500', 'm1 free: not_billed_here']);
  });

  it('has no volume tiers', () => {
    const events = [block('b1', 'text', 2_000_000, '2026-10-05T10:00:00Z')];
    expect(outcome(events)).toEqual(['b1 Brazil service 0.0068 x1999000', 'b1 free: service_allowance x1000']);
  });

  it('does not hold where the card has no service price', () => {
    const context = { ...used(1000), wabas: [waba({ currency: 'INR' })] };
    const events = [text('m1', '2026-10-05T10:00:00Z'), text('m2', '2026-10-05T10:00:00Z', { to: '+919812345678' })];
    expect(outcome(events, context)).toEqual(['m1 parked: no_rate', 'm2 India service 0.1150']);
  });

  it('an entitled block fills the allowance before it pays', () => {
    const events = [block('b1', 'text', 500, '2026-10-05T10:00:00Z', { to: USER_ID })];
    expect(outcome(events, used(800))).toEqual(['b1 free: service_allowance x200', 'b1 parked: unknown_market x300']);
    expect(outcome([text('m1', '2026-10-05T10:00:00Z', { to: BRAZIL, number: 'N2' })], used(1000))).toEqual([
      'm1 free: service_allowance',
    ]);
  });
});
