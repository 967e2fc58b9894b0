import { takeSecondSlot } from './throughput.js';

const number = (throughputLevel: 'STANDARD' | 'HIGH', onBusinessApp = false) =>
  ({ throughputLevel, onBusinessApp, recentSends: { times: new Float64Array(0), next: 0 } }) as Parameters<
    typeof takeSecondSlot
  >[0];
const taken = (of: ReturnType<typeof number>, at: number, tries = 3_000) =>
  Array.from({ length: tries }).filter(() => takeSecondSlot(of, at)).length;

describe('throughput', () => {
  it.each([
    ['80 a second by default', number('STANDARD'), 84],
    ['1,000 after the upgrade', number('HIGH'), 1_050],
    ['20 for a number that is also in the Business app', number('HIGH', true), 21],
  ])('is %s, with a twentieth of slack', (_, of, allowed) => {
    expect(taken(of, 1e12)).toBe(allowed);
    expect(taken(of, 1e12 + 999)).toBe(0);
    expect(taken(of, 1e12 + 1_000)).toBe(allowed);
  });

  it('counts in a moving second, not by the clock', () => {
    const of = number('STANDARD');
    expect(taken(of, 1e12 + 900, 84)).toBe(84);
    expect(taken(of, 1e12 + 1_100)).toBe(0);
  });

  it('takes the new level at once when a number is upgraded', () => {
    const of = number('STANDARD');
    taken(of, 1e12);
    of.throughputLevel = 'HIGH';
    expect(taken(of, 1e12)).toBeGreaterThan(900);
  });
});
