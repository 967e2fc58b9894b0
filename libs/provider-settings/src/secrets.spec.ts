import fc from 'fast-check';
import { accepted } from './secrets.js';

const at = (ms: number) => new Date(ms);
const rows = (...untils: number[]) => untils.map((ms) => ({ previousUntil: at(ms) }));

describe('secrets that are rotated', () => {
  it('begin with that of the environment', () => {
    expect(accepted([], at(10))).toEqual({ rows: 0, environment: true });
  });

  it('overlap with what they replaced, until then and not at it', () => {
    expect(accepted(rows(20), at(19))).toEqual({ rows: 1, environment: true });
    expect(accepted(rows(20), at(20))).toEqual({ rows: 1, environment: false });
  });

  it('reach back no further than the first whose overlap is over', () => {
    expect(accepted(rows(50, 20, 90), at(30))).toEqual({ rows: 2, environment: false });
  });

  it('always count the newest, and as time passes only fewer', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { minLength: 1 }), fc.nat(100), fc.nat(100), (untils, a, b) => {
        const [earlier, later] = [Math.min(a, b), Math.max(a, b)].map((ms) => accepted(rows(...untils), at(ms)));
        expect(later?.rows).toBeGreaterThanOrEqual(1);
        expect(later?.rows).toBeLessThanOrEqual(earlier?.rows as number);
        if (later?.environment) expect(earlier?.environment).toBe(true);
      }),
    );
  });
});
