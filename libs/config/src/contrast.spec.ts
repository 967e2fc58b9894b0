import fc from 'fast-check';
import { carriesWhiteText, contrast } from './contrast.js';

const color = fc.integer({ min: 0, max: 0xffffff }).map((n) => `#${n.toString(16).padStart(6, '0')}`);

describe('the contrast of two colours', () => {
  it('is 21 for black and white, as WCAG says, and the same whichever is named first', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 10);
    fc.assert(
      fc.property(color, color, (a, b) => {
        expect(contrast(a, b)).toBe(contrast(b, a));
        expect(contrast(a, b)).toBeGreaterThanOrEqual(1);
        expect(contrast(a, a)).toBe(1);
      }),
    );
  });

  // #767676 is the lightest grey that is known to pass, at 4.54; #777777 has 4.48.
  it.each([
    ['#767676', true],
    ['#777777', false],
    ['#0b6b4f', true],
    ['#0B6B4F', true],
    ['#ffd400', false],
    ['#ffffff', false],
    ['green', false],
    ['#fff', false],
  ])('%s carries white text: %s', (given, carries) => {
    expect(carriesWhiteText(given)).toBe(carries);
  });
});
