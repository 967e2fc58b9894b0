import fc from 'fast-check';
import { boundsOf, SLICES } from './split.js';

describe('the parts of an audience', () => {
  it.each([
    [[1], []],
    [[1, 1], [5_000]],
    [
      [80, 10, 10],
      [8_000, 9_000],
    ],
  ])('of weights %j begin at %j', (weights, bounds) => expect(boundsOf(weights)).toEqual(bounds));

  it('are as large as their weights, to a slice', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 10 }), (weights) => {
        const edges = [0, ...boundsOf(weights), SLICES];
        const sum = weights.reduce((a, b) => a + b, 0);
        weights.forEach((weight, i) => {
          const size = (edges[i + 1] as number) - (edges[i] as number);
          expect(Math.abs(size - (weight * SLICES) / sum)).toBeLessThanOrEqual(1);
        });
      }),
    );
  });
});
