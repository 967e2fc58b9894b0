import fc from 'fast-check';
import { add, compare, type Decimal, formatDecimal, parseDecimal, ZERO } from '#libs/money';
import { creditTotals, type InvoiceTotals, totalsOf } from './invoice-document.js';

const sum = (notes: readonly InvoiceTotals[], of: 'net' | 'tax' | 'total'): Decimal =>
  notes.reduce((so, note) => add(so, parseDecimal(note[of])), ZERO);

describe('credit notes', () => {
  it('give back the tax to the cent however an invoice is cut, and never more than was taken', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom('0', '7.7', '16', '19.25', '21'),
        fc.constantFrom(0, 2),
        (parts, pct, decimals) => {
          const net = (cents: number): Decimal => ({ units: BigInt(cents), scale: decimals });
          const whole = parts.reduce((so, part) => so + part, 0);
          const invoice = totalsOf([formatDecimal(net(whole))], { pct }, decimals);
          const notes: InvoiceTotals[] = [];
          for (const part of parts) {
            notes.push(creditTotals(notes, net(part), { pct }, decimals));
            expect(compare(add(sum(notes, 'tax'), parseDecimal(invoice.tax)), ZERO)).toBeGreaterThanOrEqual(0);
            expect(notes.every((note) => !note.tax.replace('-0', '0').match(/^[1-9]/))).toBe(true);
          }
          expect(formatDecimal(add(sum(notes, 'total'), parseDecimal(invoice.total)))).toMatch(/^0(\.0+)?$/);
        },
      ),
    );
  });

  it('of 0.03 twice give back 0.01 of tax in all where each alone would give back 0.01', () => {
    const first = creditTotals([], parseDecimal('0.03'), { pct: '21' }, 2);
    const second = creditTotals([first], parseDecimal('0.03'), { pct: '21' }, 2);
    expect([first.tax, second.tax, totalsOf(['0.06'], { pct: '21' }, 2).tax]).toEqual(['-0.01', '0.00', '0.01']);
  });
});
