import { isLine } from './line.js';

describe('a name', () => {
  it.each(['Flores & Té', '花屋', '=1+1', "O'Hara <shop>", 'गुलाब', '👩‍🌾'])(
    'is one line of any writing: %j',
    (name) => {
      expect(isLine(name)).toBe(true);
    },
  );

  it.each(['', '   ', 'Flores\r\nBcc: a@b.example', 'a\u2028b', 'a\0b', 'a\tb', '\u202eserolF', 7, null])(
    'is not blank, ends no header or row, and does not read backwards: %j',
    (name) => expect(isLine(name)).toBe(false),
  );
});
