import { mostInAnySecond } from '../figures/one-number.js';
import { quantiles } from './load.js';
import { measure, median } from './rounds.js';

describe('a figure of the benchmark', () => {
  const at = (perSecond: number) => async () => ({ perSecond });

  it('is the median of rounds, and meets its goal or not by the ratio within each round', async () => {
    const speeds = [100, 100, 300, 300, 200, 200];
    const figure = {
      name: 'figure',
      size: 1_000,
      // Each round is warmed first, so every other run counts.
      run: async () => ({ perSecond: speeds.shift() ?? 0 }),
      baselines: [
        { name: 'X', goal: 2, run: at(100) },
        { name: 'Y', goal: 2.1, run: at(100) },
      ],
    };
    const lines = await measure(figure, 3);
    expect(lines.map(({ measured, ratio, goal, met }) => ({ measured, ratio, goal, met }))).toEqual([
      { measured: '200/s', ratio: '2.00 (1.00–3.00)', goal: '≥ 2 X', met: true },
      { measured: '200/s', ratio: '2.00 (1.00–3.00)', goal: '≥ 2.1 Y', met: false },
    ]);
  });

  it('is judged by its slowest hundredth where that is the goal', async () => {
    const run = async () => ({ perSecond: 10, p50: 5, p99: 41 });
    const [line] = await measure({ name: 'figure', size: 1_000, run, baselines: [], p99Goal: 40 }, 1);
    expect(line).toMatchObject({ goal: 'p99 ≤ 40 ms', met: false });
  });
});

it('the slowest hundredth of a hundred times is the slowest', () => {
  const times = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(quantiles(times)).toEqual({ p50: 51, p99: 100 });
});

it('a second counts from wherever it begins, and ends before the next one', () => {
  expect(mostInAnySecond([0, 900, 1_000, 1_100, 1_899.9, 2_100])).toBe(4);
  expect(mostInAnySecond([0, 1_000, 2_000])).toBe(1);
});

it('the median of an even number of rounds lies between the two in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([7])]).toEqual([2, 2.5, 7]);
});
