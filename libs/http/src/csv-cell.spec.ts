import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvCell, plainCell } from './csv-cell.js';

describe('a cell of a CSV file', () => {
  it.each([
    "=cmd|' /C calc'!A0",
    '+1+1',
    "-2+3+cmd|' /C calc'!A0",
    '-1-1',
    '@SUM(A1)',
    ' =1+1',
    '\t=1+1',
    '\r=1+1',
    '\n=1+1',
    '＝1+1',
    '-',
  ])('that a spreadsheet would reckon as a formula is text: %j', (text) => {
    expect(csvCell(text).replace(/^"/, '')).toMatch(/^'/);
  });

  it('that is a number stays a number', () => {
    const numbers = ['-0.0397', '12', '0.5', '+5215512345678'];
    expect(numbers.map(csvCell)).toEqual(numbers);
  });

  it('is read as it was written, but for the mark of text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const [[read] = []]: string[][] = parse(`${csvCell(text)},x\r\n`, { record_delimiter: '\r\n' });
        expect([text, `'${text}`]).toContain(read);
      }),
    );
  });

  it('is what it was when the mark is taken off, also where it began with one', () => {
    const text = fc.string({
      unit: fc.constantFrom("'", '=', '-', '+', '@', ' ', '5', 'a', '"', ',', '\n'),
      maxLength: 6,
    });
    fc.assert(
      fc.property(text, (given) => {
        const [[read = ''] = []]: string[][] = parse(`${csvCell(given)},x\r\n`, { record_delimiter: '\r\n' });
        expect(plainCell(read)).toBe(given);
      }),
    );
  });
});
