import fc from 'fast-check';
import { formsOf, lineOf } from './line-of.js';

describe('two ways of writing a number name the same line', () => {
  it.each([
    ['a Brazilian mobile number with and without the ninth digit', '5531987654321', '553187654321'],
    ['a Mexican mobile number with and without the 1 of before 2019', '5215512345678', '525512345678'],
    ['an Argentine mobile number with and without the 9', '5491123456789', '541123456789'],
  ])('%s', (_, long, short) => {
    expect(lineOf(long)).toBe(lineOf(short));
    expect(formsOf(long)).toEqual([long, short]);
    expect(formsOf(short)).toEqual([short, long]);
  });

  it.each([
    ['a Brazilian landline is not the mobile number with a 9 before it', '551143214321', '5511943214321'],
    ['a number of the United States is only itself', '15512345678', '1551234567'],
    ['two numbers of Mexico', '525512345678', '525512345679'],
  ])('but %s', (_, one, other) => {
    expect(lineOf(one)).not.toBe(lineOf(other));
  });

  it.each(['BR.5531987654321', '120363043912345678@g.us', '', '55'])('and what is no number is itself: "%s"', (key) => {
    expect(lineOf(key)).toBe(key);
    expect(formsOf(key)).toEqual([key]);
  });
});

const digits = fc
  .tuple(
    fc.constantFrom('55', '52', '521', '54', '549', '1', '34', '5511', '5531', '55119'),
    fc.stringMatching(/^\d{6,11}$/),
  )
  .map((parts) => parts.join(''));

describe('whatever the number', () => {
  it('its forms, and theirs, all name one line, and the line is one of its forms', () => {
    fc.assert(
      fc.property(digits, (number) => {
        const line = lineOf(number);
        expect(formsOf(number)).toContain(line);
        expect(lineOf(line)).toBe(line);
        for (const form of formsOf(number)) {
          expect(lineOf(form)).toBe(line);
          expect([...formsOf(form)].sort()).toEqual([...formsOf(number)].sort());
        }
      }),
    );
  });

  it('another number names its line only as one of its forms', () => {
    fc.assert(
      fc.property(digits, digits, (one, other) => {
        if (lineOf(one) === lineOf(other)) expect(formsOf(one)).toContain(other);
      }),
    );
  });
});
