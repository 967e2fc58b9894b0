import { add, type Decimal, formatDecimal, isZero, negate, parseDecimal, trim, ZERO } from '#libs/money';
import type { Account } from './accounts.js';

/** One line of an entry: debit positive, credit negative, a decimal string other than zero. */
export interface Posting {
  readonly account: Account;
  readonly amount: string;
  readonly currency: string;
}

/** What an entry is about. Only `reversal` names an entry that it takes back. */
export const ENTRY_KINDS = [
  'message',
  'reversal',
  'top_up',
  'refund',
  'dispute',
  'invoice',
  'credit_note',
  'payment',
  'true_up',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface JournalEntry {
  /** Derived from what the entry books, so that the same thing is booked once. */
  readonly entryId: string;
  readonly kind: EntryKind;
  readonly messageId: string | null;
  /** `YYYY-MM-DD`, the day it counts for. */
  readonly bookedOn: string;
  /** The entry this one takes back. */
  readonly reverses?: string;
  readonly memo?: string;
  readonly postings: readonly Posting[];
}

/** An entry whose debits and credits differ: a mistake of the program, refused before it reaches the database. */
export class UnbalancedEntryError extends Error {
  override name = 'UnbalancedEntryError';
  constructor(
    readonly entryId: string,
    readonly differences: Readonly<Record<string, string>>,
  ) {
    const told = Object.entries(differences).map(([currency, sum]) => `${sum} ${currency}`);
    super(`journal entry ${entryId} is not balanced: ${told.join(', ') || 'it has no postings'}`);
  }
}

/**
 * What is left of an entry when its postings are added up, by currency; empty for one that is balanced.
 * @throws NotADecimal for an amount that is no decimal string
 */
export function differencesOf(postings: readonly Posting[]): Record<string, string> {
  const sums = new Map<string, Decimal>();
  for (const { currency, amount } of postings) {
    sums.set(currency, add(sums.get(currency) ?? ZERO, parseDecimal(amount)));
  }
  return Object.fromEntries(
    [...sums].flatMap(([currency, sum]) => (isZero(sum) ? [] : [[currency, formatDecimal(trim(sum))]])),
  );
}

/** @throws UnbalancedEntryError for an entry that is empty, does not add up, or posts a zero */
export function mustBalance(entry: JournalEntry): void {
  const differences = differencesOf(entry.postings);
  const posts = entry.postings.length > 0 && entry.postings.every((p) => !isZero(parseDecimal(p.amount)));
  if (!posts || Object.keys(differences).length > 0) throw new UnbalancedEntryError(entry.entryId, differences);
}

/** Moves an amount: the first account is debited, the second credited. Nothing is posted for nothing. */
export function move(amount: string, currency: string, debit: Account, credit: Account): Posting[] {
  const exact = parseDecimal(amount);
  if (isZero(exact)) return [];
  return [
    { account: debit, amount, currency },
    { account: credit, amount: formatDecimal(negate(exact)), currency },
  ];
}

/** One posting to each account, debit positive; nothing is posted for nothing. */
export const postingsOf = (currency: string, amounts: Partial<Record<Account, Decimal>>): Posting[] =>
  (Object.entries(amounts) as [Account, Decimal][]).flatMap(([account, amount]) =>
    isZero(amount) ? [] : [{ account, amount: formatDecimal(amount), currency }],
  );

/** The same postings with debits and credits changed over. */
export const opposite = (postings: readonly Posting[]): Posting[] =>
  postings.map((p) => ({ ...p, amount: formatDecimal(negate(parseDecimal(p.amount))) }));
