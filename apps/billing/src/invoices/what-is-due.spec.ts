import fc from 'fast-check';
import { add, compare, type Decimal, formatDecimal, negate, parseDecimal, subtract, trim, ZERO } from '#libs/money';
import { totalsOf } from './invoice-document.js';
import { dueBesideWallet, dueOf, fromWalletOf, offWhatIsDue } from './what-is-due.js';

const cents = (units: number): Decimal => ({ units: BigInt(units), scale: 2 });
const invoice = (total: string, due: string) => ({ total, due, paidFromWallet: Number(due) === 0 });

describe('what is due of an invoice beside the wallet', () => {
  const of = (net: string, owed: string, decimals = 2) =>
    formatDecimal(dueBesideWallet(net, parseDecimal(owed), { pct: '21' }, decimals));

  it.each([
    ['all that was delivered before there was a wallet, with its tax', '600.00', '500', '605.00'],
    ['rounded as an invoice is: net, then tax', '600.00', '500.0085', '605.01'],
    ['the whole invoice where it is all of it', '0.12', '0.1191', totalsOf(['0.1191'], { pct: '21' }, 2).total],
    ['nothing where the wallet paid for all', '600.00', '0', '0.00'],
    ['nothing for less than half a cent', '600.00', '0.0049', '0.00'],
    ['nothing where more was taken back than owed', '600.00', '-3.2', '0.00'],
    ['no more than the invoice comes to', '4.00', '500', '4.84'],
    ['nothing of an invoice that gives back', '-4.00', '500', '0.00'],
  ])('is %s', (_, net, owed, due) => {
    expect(of(net, owed)).toBe(due);
  });

  it('is in the smallest unit of a currency without cents', () => {
    expect(of('600', '500.4', 0)).toBe('605');
  });

  it('is never more than the invoice comes to, and nothing or all of it where nothing or all is owed', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.double({ min: 0, max: 1, noNaN: true }), (exact, share) => {
        const amount = formatDecimal({ units: BigInt(exact), scale: 4 });
        const owed = formatDecimal({ units: BigInt(Math.floor(exact * share)), scale: 4 });
        const { net, total } = totalsOf([amount], { pct: '21' }, 2);
        expect(compare(parseDecimal(of(net, owed)), parseDecimal(total))).toBeLessThanOrEqual(0);
        expect([of(net, '0'), of(net, amount)]).toEqual(['0.00', total]);
      }),
    );
  });

  it('is all or nothing of documents that were issued before it was kept', () => {
    expect(dueOf({ total: '12.10', paidFromWallet: true })).toEqual(ZERO);
    expect(dueOf({ total: '12.10', paidFromWallet: false })).toEqual(parseDecimal('12.10'));
    expect(fromWalletOf({ total: '12.10', paidFromWallet: false }).units).toBe(0n);
  });

  it('however an invoice is credited: first what was not paid is let go, and in the end all is back where it came from', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (parts, share) => {
          const total = parts.reduce((sum, part) => sum + part, 0);
          const credited = invoice(formatDecimal(cents(total)), formatDecimal(cents(Math.floor(total * share))));
          const notes: ReturnType<typeof invoice>[] = [];
          for (const part of parts) {
            const off = offWhatIsDue(credited, notes, cents(part));
            expect(compare(off, ZERO)).toBeGreaterThanOrEqual(0);
            const stillDue = notes.reduce((left, note) => add(left, dueOf(note)), dueOf(credited));
            if (compare(off, cents(part)) < 0) expect(trim(off)).toEqual(trim(stillDue));
            notes.push(invoice(formatDecimal(negate(cents(part))), formatDecimal(negate(off))));
          }
          const left = notes.reduce((sum, note) => add(sum, dueOf(note)), dueOf(credited));
          const onWallet = notes.reduce((sum, note) => subtract(sum, fromWalletOf(note)), ZERO);
          expect(left.units).toBe(0n);
          expect(compare(onWallet, fromWalletOf(credited))).toBe(0);
        },
      ),
    );
  });
});
