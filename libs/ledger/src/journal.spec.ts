import fc from 'fast-check';
import type { JournalEntry } from './journal.js';
import { differencesOf, move, mustBalance, opposite, UnbalancedEntryError } from './journal.js';

const entry = (postings: JournalEntry['postings']): JournalEntry => ({
  entryId: 'e1',
  kind: 'message',
  messageId: null,
  bookedOn: '2026-11-22',
  postings,
});
const amount = fc.tuple(fc.bigInt(1n, 10n ** 12n), fc.integer({ min: 1, max: 8 })).map(([units, places]) => {
  const digits = units.toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
});

describe('a journal entry', () => {
  it('that moves any amounts from account to account adds up to zero, and so does its opposite', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, fc.constantFrom('USD', 'INR')), { minLength: 1 }), (moves) => {
        const postings = moves.flatMap(([a, currency]) => move(a, currency, 'receivable', 'revenue_messages'));
        mustBalance(entry(postings));
        mustBalance(entry(opposite(postings)));
        expect(differencesOf([...postings, ...opposite(postings)])).toEqual({});
      }),
    );
  });

  it('is refused when it is off by the last place, mixes currencies, is empty or posts a zero', () => {
    const [debit, credit] = move('0.0085', 'USD', 'receivable', 'revenue_messages');
    if (!debit || !credit) throw new Error('a move has two sides');
    expect(() => mustBalance(entry([debit, { ...credit, amount: '-0.0084' }]))).toThrow('0.0001 USD');
    expect(() => mustBalance(entry([debit, { ...credit, currency: 'EUR' }]))).toThrow('0.0085 USD, -0.0085 EUR');
    expect(() => mustBalance(entry([]))).toThrow(UnbalancedEntryError);
    expect(() => mustBalance(entry([{ ...debit, amount: '0.0000' }]))).toThrow(UnbalancedEntryError);
  });

  it('has no lines for a message that costs nothing', () => {
    expect(move('0.0000', 'USD', 'cost_of_sales_meta', 'payable_meta')).toEqual([]);
  });
});
