import fc from 'fast-check';
import { add, compare, formatDecimal, parseDecimal, times, ZERO } from '#libs/money';
import {
  asCase,
  book,
  inWords,
  type Json,
  USER_ID,
  waba,
} from '../../../../../test/fixtures/pricing-cases/build-case.js';
import { rateCase } from './rate-case.js';

/** Around every change of the rules. Distinct instants, so that only time can decide the order. */
const STARTS = ['2023-02-27', '2023-05-30', '2024-10-30', '2025-06-29', '2026-03-30', '2026-09-28'];
const instants = fc
  .record({
    start: fc.constantFrom(...STARTS),
    offsets: fc.uniqueArray(fc.nat(5 * 24 * 3600), { minLength: 1, maxLength: 25 }),
  })
  .map(({ start, offsets }) => offsets.map((s) => Date.parse(`${start}T00:00:00Z`) / 1000 + s));

const users = fc.constantFrom('+5511987650001', '+5215512345678', '+919812345678', '+14155550123', USER_ID);
const numbers = fc.constantFrom('N1', 'N2', 'N9');
const categories = fc.constantFrom('marketing', 'utility', 'authentication', 'astrology');
const pricing = fc.option(
  fc.record(
    {
      pricing_model: fc.constantFrom('CBP', 'PMP'),
      type: fc.constantFrom('regular', 'free_customer_service', 'free_entry_point', 'half_price'),
      category: fc.constantFrom('marketing', 'utility', 'service', 'authentication-international', 'astrology'),
    },
    { requiredKeys: [] },
  ),
);

type Draft = {
  kind: string;
  user: string;
  number: string;
  category: string;
  pricing: Json | null;
  delivered: boolean;
  entry: boolean;
};
const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom('template', 'template', 'text', 'reaction', 'user_message', 'bulk_template', 'group_text'),
  user: users,
  number: numbers,
  category: categories,
  pricing,
  delivered: fc.boolean(),
  entry: fc.boolean(),
});

function eventsOf(id: string, at: number, d: Draft): Json[] {
  const head = { id, kind: d.kind, number: d.number };
  const pricing = d.pricing && { pricing: d.pricing };
  switch (d.kind) {
    case 'user_message':
      return [{ ...head, from: d.user, at, ...(d.entry && { entry: 'click_to_whatsapp_ad', device: 'ios' }) }];
    case 'bulk_template':
      return [
        {
          ...head,
          to: d.user,
          category: d.category,
          count: 600_000,
          first_delivered_at: at,
          last_delivered_at: at,
          ...pricing,
        },
      ];
    case 'group_text':
      return [
        { ...head, group: 'G', sent_at: at, deliveries: [{ to: d.user, at: d.delivered ? at : null, ...pricing }] },
      ];
    default: {
      const event = { ...head, to: d.user, category: d.category, sent_at: at };
      if (!d.delivered) return [event];
      return [
        event,
        { kind: 'status', message: id, status: 'delivered', at, ...pricing },
        { kind: 'status', message: id, status: 'read', at: at + 1 },
      ];
    }
  }
}

const history = instants.chain((times) =>
  fc.tuple(...times.map((at, i) => draft.map((d) => eventsOf(`e${i}`, at, d)))).map((events) => events.flat()),
);
const context = {
  wabas: [
    waba({ numbers: ['N1'], timezone: 'Asia/Kolkata' }),
    waba({ id: 'W2', numbers: ['N2'], currency: 'INR', timezone: 'America/Sao_Paulo' }),
  ],
  portfolios: [{ id: 'default', auth_international: { eligible: true, start_time: '2024-01-01T00:00:00Z' } }],
  counters: { service_allowance: [{ number: 'N1', month: '2026-10', count: 998 }] },
  tenant_plan: { currency: 'USD', markup_pct: '12.5', fx: [{ from: 'INR', rate: '0.0113' }], fee_per_message: '0.001' },
};
const rate = (events: Json[]) => rateCase(asCase(events, context), book);

describe('whatever happened', () => {
  it('the order in which events are written down does not matter', () => {
    const shuffled = history.chain((events) =>
      fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
    );
    fc.assert(
      fc.property(shuffled, ([events, other]) => {
        const [one, two] = [rate(events), rate(other)];
        expect(inWords(two)).toEqual(inWords(one));
        expect(two.tenant_invoice?.total).toBe(one.tenant_invoice?.total);
      }),
      { numRuns: 300 },
    );
  });

  it('repeats change nothing', () => {
    const repeated = history.chain((events) => fc.tuple(fc.constant(events), fc.subarray(events)));
    fc.assert(
      fc.property(repeated, ([events, again]) => {
        expect(rate([...events, ...again])).toEqual(rate(events));
      }),
      { numRuns: 200 },
    );
  });

  it('each delivered message is charged, free or parked exactly once', () => {
    fc.assert(
      fc.property(history, (events) => {
        const { charges, free, parked } = rate(events);
        const lines = [...charges, ...free, ...parked];
        for (const { id, kind } of events) {
          if (id === undefined) continue;
          const sum = lines.filter((line) => line.event === id).reduce((so, line) => so + line.quantity, 0);
          expect([id, kind, sum]).toEqual([
            id,
            kind,
            kind === 'user_message' ? 0 : kind === 'bulk_template' ? 600_000 : 1,
          ]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('totals are the sums of amounts, amounts are price times quantity', () => {
    fc.assert(
      fc.property(history, (events) => {
        const { charges, totals } = rate(events);
        for (const [currency, total] of Object.entries(totals)) {
          const sum = charges
            .filter((charge) => charge.currency === currency)
            .reduce((so, charge) => {
              expect(charge.amount).toBe(formatDecimal(times(parseDecimal(charge.unit_price), charge.quantity)));
              return add(so, parseDecimal(charge.amount));
            }, ZERO);
          expect(compare(sum, parseDecimal(total))).toBe(0);
        }
      }),
      { numRuns: 200 },
    );
  });
});
