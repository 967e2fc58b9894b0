import fc from 'fast-check';
import { ALERT_KINDS, judge, KINDS } from './alert-kinds.js';

describe('an alert', () => {
  const rule = { raiseAt: 20, clearAt: 10 };

  it('is raised once while the value swings above the level at which all is well', () => {
    let open = false;
    const told: string[] = [];
    for (const value of [5, 19, 20, 15, 25, 11, 30, 10, 12, 19, 20]) {
      const verdict = judge(open, value, rule);
      if (verdict !== 'keep') told.push(`${verdict} at ${value}`);
      open = verdict === 'raise' || (verdict === 'keep' && open);
    }
    expect(told).toEqual(['raise at 20', 'clear at 10', 'raise at 20']);
  });

  it('is over when nothing is measured any more, such as of a template that was deleted', () => {
    expect(judge(true, undefined, rule)).toBe('clear');
    expect(judge(false, undefined, rule)).toBe('keep');
  });

  it('is never raised and cleared by the same value', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect([judge(false, value, rule), judge(true, value, rule)]).not.toEqual(['raise', 'clear']);
      }),
    );
  });

  it('of every kind has room between the two levels', () => {
    for (const kind of ALERT_KINDS) expect(KINDS[kind].clearAt).toBeLessThan(KINDS[kind].raiseAt);
  });
});
