import { derivedId } from '#libs/ids';
import type { Account } from './accounts.js';
import type { Charge } from './charge.js';
import { type JournalEntry, move, type Posting } from './journal.js';

/** The id of the entry that books a message: the same whenever and wherever it is rated; a corrected one has its own. */
export const messageEntryId = (charge: Pick<Charge, 'messageId' | 'billedAt' | 'revision'>): string =>
  derivedId(charge.billedAt, charge.messageId, 'message', ...(charge.revision ? [String(charge.revision)] : []));

/**
 * One entry for each message that costs anything, of either side: pure.
 * @param payer the account that a price is taken from
 */
export function messageEntries(
  charges: readonly Charge[],
  payer: (price: Charge) => Extract<Account, 'wallet' | 'receivable'>,
): JournalEntry[] {
  // Messages that cost the same have the same postings.
  const moves = new Map<string, Posting[]>();
  const moveOf = (amount: string, currency: string, debit: Account, credit: Account): Posting[] => {
    const key = `${amount} ${currency} ${debit} ${credit}`;
    const known = moves.get(key) ?? move(amount, currency, debit, credit);
    moves.set(key, known);
    return known;
  };
  const entries = new Map<string, JournalEntry & { postings: Posting[] }>();
  for (const charge of charges) {
    const { messageId, amount, currency, localDay, bookedOn } = charge;
    const postings =
      charge.side === 'cost'
        ? moveOf(amount, currency, 'cost_of_sales_meta', 'payable_meta')
        : moveOf(amount, currency, payer(charge), 'revenue_messages');
    const entry = entries.get(messageId);
    if (entry) entry.postings.push(...postings);
    else {
      const day = bookedOn ?? localDay;
      entries.set(messageId, {
        entryId: messageEntryId(charge),
        kind: 'message',
        messageId,
        bookedOn: day,
        postings: [...postings],
      });
    }
  }
  return [...entries.values()].filter((entry) => entry.postings.length > 0);
}
