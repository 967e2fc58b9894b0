import fc from 'fast-check';
import { DAY_MS, hoursOf, type Invited, planEach } from './index.js';

const now = new Date('2026-11-22T12:00:00Z');
const plus = (ms: number) => new Date(now.getTime() + ms);
const stranger = (customer: string): Invited => ({ customer, insideWindow: false, counted: false });

describe('the plan of a broadcast', () => {
  it('says who goes now, who waits, until when and why', () => {
    const use = { cap: 3, used: 2, leavingAt: [plus(5_000), plus(9_000)] };
    const audience = [
      stranger('a'),
      { ...stranger('b'), counted: true },
      stranger('c'),
      { ...stranger('d'), insideWindow: true },
      stranger('e'),
      stranger('f'),
    ];
    expect(planEach(audience, use, now)).toEqual([
      { customer: 'a', rule: 'place_free', at: now },
      { customer: 'b', rule: 'counted_already', at: now },
      { customer: 'c', rule: 'tier_exhausted', at: plus(5_000) },
      { customer: 'd', rule: 'inside_window', at: now },
      { customer: 'e', rule: 'tier_exhausted', at: plus(9_000) },
      { customer: 'f', rule: 'tier_exhausted', at: plus(DAY_MS) },
    ]);
  });

  it('sends everybody at once without a limit, and no stranger under a limit of nobody', () => {
    const all = planEach([stranger('a'), stranger('b')], { cap: Infinity, used: 9 }, now);
    expect(all.every((p) => p.rule === 'place_free' && p.at === now)).toBe(true);
    expect(planEach([stranger('a')], { cap: 0, used: 0 }, now)).toEqual([
      { customer: 'a', rule: 'tier_exhausted', at: undefined },
    ]);
  });

  it('names everybody once, lets nobody overtake, and counts the later ones by the hour', () => {
    const leaving = fc.array(fc.integer({ min: 1, max: DAY_MS }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), leaving, fc.integer({ min: 0, max: 60 }), (cap, ms, size) => {
        const leavingAt = ms.sort((a, b) => a - b).map(plus);
        const audience = Array.from({ length: size }, (_, i) => stranger(`${i}`));
        const plan = planEach(audience, { cap, used: ms.length, leavingAt }, now);
        expect(plan.map((p) => p.customer)).toEqual(audience.map((a) => a.customer));
        const times = plan.map((p) => p.at?.getTime() ?? 0);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        const later = plan.filter((p) => p.rule === 'tier_exhausted').length;
        expect(hoursOf(plan).reduce((sum, hour) => sum + hour.customers, 0)).toBe(later);
        expect(plan.filter((p) => p.at === now).length).toBe(Math.min(size, Math.max(0, cap - ms.length)));
      }),
    );
  });
});
