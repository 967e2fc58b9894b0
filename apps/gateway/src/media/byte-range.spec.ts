import fc from 'fast-check';
import { byteRange } from './byte-range.js';

describe('the range of a download', () => {
  it.each([
    ['bytes=0-0', { from: 0, to: 0 }],
    ['bytes=10-', { from: 10, to: 99 }],
    ['bytes=10-19', { from: 10, to: 19 }],
    ['bytes=90-500', { from: 90, to: 99 }],
    ['bytes=-5', { from: 95, to: 99 }],
    ['bytes=-500', { from: 0, to: 99 }],
    ['bytes=100-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=20-10', undefined],
    ['bytes=0-1,5-6', undefined],
    ['pages=1-2', undefined],
    ['bytes=-', undefined],
    [undefined, undefined],
  ])('of 100 bytes: %s', (header, wanted) => {
    expect(byteRange(header, 100)).toEqual(wanted);
  });

  it('lies within the file, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.option(fc.nat(2_000)),
        fc.option(fc.nat(2_000)),
        fc.integer({ min: 1, max: 1_000 }),
        (a, b, size) => {
          const range = byteRange(`bytes=${a ?? ''}-${b ?? ''}`, size);
          if (typeof range !== 'object') return;
          expect(range.from).toBeGreaterThanOrEqual(0);
          expect(range.from).toBeLessThanOrEqual(range.to);
          expect(range.to).toBeLessThan(size);
        },
      ),
    );
  });
});
