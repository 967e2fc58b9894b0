import fc from 'fast-check';
import { compareUsage, trueUpOf, type UsageCell } from './compare-usage.js';

const cell = (more: Partial<UsageCell> = {}): UsageCell => ({
  day: '2026-11-20',
  number: '15550100',
  market: 'Mexico',
  category: 'utility',
  charged: true,
  volume: 10,
  cost: null,
  ...more,
});
const causes = (ours: UsageCell[], metas: UsageCell[], waiting = new Map<string, number>()) =>
  compareUsage(ours, metas, waiting, '2026-11-21').map((d) => [d.category, d.ours, d.metas, d.cause]);

describe('our usage beside that of Meta', () => {
  it('is silent where both agree, however it is cut into rows', () => {
    expect(causes([cell({ volume: 4 }), cell({ volume: 6 })], [cell()])).toEqual([]);
  });

  it.each<[string, UsageCell[], UsageCell[], string]>([
    ['another category', [cell()], [cell({ category: 'service' })], 'category_differs'],
    ['free on one side', [cell({ charged: false })], [cell()], 'free_or_charged_differs'],
    ['another day, which a wrong time zone makes', [cell()], [cell({ day: '2026-11-21' })], 'day_differs'],
    ['more at Meta', [cell({ volume: 7 })], [cell()], 'status_missing'],
    ['more with us of yesterday', [cell({ day: '2026-11-22' })], [], 'not_told_yet'],
    ['more with us of long ago', [cell()], [], 'unknown'],
    ['another price', [cell({ cost: '0.085' })], [cell({ cost: '0.081' })], 'price_differs'],
  ])('differs by %s', (_, ours, metas, cause) => {
    const found = causes(ours, metas);
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map((row) => row[3]))).toEqual(new Set([cause]));
  });

  it('is short by what waits for a price', () => {
    expect(causes([cell({ volume: 7 })], [cell()], new Map([['2026-11-20', 3]]))).toEqual([
      ['utility', 7, 10, 'waits_unpriced'],
    ]);
  });

  it('names a difference wherever there is one, and nowhere else', () => {
    const cells = fc.array(
      fc.record({
        day: fc.constantFrom('2026-11-20', '2026-11-21'),
        number: fc.constantFrom('1', '2'),
        market: fc.constantFrom('Mexico', 'Spain'),
        category: fc.constantFrom('utility', 'marketing'),
        charged: fc.boolean(),
        volume: fc.nat(20),
        cost: fc.constant(null),
      }),
      { maxLength: 12 },
    );
    const sum = (all: readonly UsageCell[], one: UsageCell) =>
      all
        .filter((c) => JSON.stringify({ ...c, volume: 0 }) === JSON.stringify({ ...one, volume: 0 }))
        .reduce((s, c) => s + c.volume, 0);
    fc.assert(
      fc.property(cells, cells, (ours, metas) => {
        const told = new Set(
          compareUsage(ours, metas, new Map(), '2026-11-21').map(
            (d) => `${d.day}${d.number}${d.market}${d.category}${d.charged}`,
          ),
        );
        for (const one of [...ours, ...metas]) {
          const key = `${one.day}${one.number}${one.market}${one.category}${one.charged}`;
          expect([key, told.has(key)]).toEqual([key, sum(ours, one) !== sum(metas, one)]);
        }
      }),
    );
  });

  it('is trued up by the difference to the invoice, either way, or not at all', () => {
    expect([trueUpOf('10.00', '9.5'), trueUpOf('9.5', '10'), trueUpOf('10.0', '10')]).toEqual([
      '-0.50',
      '0.5',
      undefined,
    ]);
  });
});
