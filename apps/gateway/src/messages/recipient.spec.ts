import { looksLikeNumber, recipientDigits } from './recipient.js';

describe('a number in any spelling', () => {
  it.each([
    ['+16505551234', true],
    [' +1 (650) 555-12.34 ', true],
    ['16505551234', true],
    ['650', false],
    ['1650555123456789', false],
    ['+1+6505551234', false],
    ['Ana', false],
    ['', false],
  ])('%j can be one: %s', (to, expected) => {
    expect(looksLikeNumber(to)).toBe(expected);
  });

  // A megabyte of spaces once kept the process busy for hours, and every tenant waiting.
  it.each([
    ['spaces before a word', `${' '.repeat(1_000_000)}x`],
    ['spaces within', `+1${' '.repeat(1_000_000)}6505551234x`],
    ['digits without end', '1'.repeat(1_000_000)],
  ])('is judged at once, however long: %s', (_, to) => {
    expect(looksLikeNumber(to)).toBe(false);
  });

  it('without + and short, gets the country code of the number that sends', () => {
    expect(recipientDigits('5512345678', '+52 1 55 0000 0000')).toBe('525512345678');
  });
});
