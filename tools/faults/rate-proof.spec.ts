import { abovePairRate, mostInASecond } from './rate-proof.js';

describe('what Meta’s end saw of a number’s calls', () => {
  it('is judged by the fullest second, wherever it begins', () => {
    expect(mostInASecond([0, 999])).toBe(2);
    expect(mostInASecond([0, 1_000])).toBe(1);
    expect(mostInASecond([100, 900, 950, 1_050, 1_099, 1_100, 1_899])).toBe(6);
  });

  it('is above the pair rate from the 46th call at once to one customer on', () => {
    const calls = (n: number, everyMs: number) =>
      Array.from({ length: n }, (_, i) => ({ time: new Date(i * everyMs).toISOString(), body: { to: '1' } }));
    expect(abovePairRate(calls(45, 0))).toBe(0);
    expect(abovePairRate(calls(47, 0))).toBe(2);
    expect(abovePairRate(calls(500, 6_000))).toBe(0);
  });
});
