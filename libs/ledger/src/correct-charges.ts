import { derivedId } from '#libs/ids';
import { compare, formatDecimal, negate, parseDecimal, subtract, ZERO } from '#libs/money';
import type { Tx } from '#libs/persistence';
import type { Charge } from './charge.js';
import { chargesOf } from './charge-queries.js';
import { insertCharges } from './insert-charges.js';
import { insertEntries } from './insert-entries.js';
import { type JournalEntry, opposite } from './journal.js';
import { messageEntries, messageEntryId } from './message-entries.js';
import { type PostedEntry, postedEntries } from './posted-entries.js';

/** What a correction did. */
export interface Corrected {
  /** The messages that were charged otherwise before. */
  readonly messageIds: readonly string[];
  /** What the tenant's wallet must be moved by, so that it says what its account in the ledger says; a decimal string. */
  readonly toWallet: string;
}

/** Why a correction is made, for people who read the books, and the day in an open month on which it counts. */
export interface CorrectionReason {
  readonly memo: string;
  readonly bookedOn: string;
}

/** Takes charges back and adds the right ones; see `Ledger.correct`. */
export async function correctCharges(
  tx: Tx,
  tenantId: string,
  rights: readonly (readonly [Charge, Charge])[],
  why: CorrectionReason,
  facts: { postedAt: Date; walletCurrency: string | undefined },
): Promise<Corrected> {
  const rows = new Map<string, Charge[]>(rights.map(([{ messageId }]) => [messageId, []]));
  for (const row of await chargesOf(tx, tenantId, ...rows.keys())) rows.get(row.messageId)?.push(row);
  const [back, anew, wrong]: [Charge[], Charge[], Charge[]] = [[], [], []];
  for (const right of rights) {
    const all = rows.get(right[0].messageId) ?? [];
    const last = Math.max(-1, ...all.map((row) => row.revision ?? 0));
    const held = all.filter((row) => row.revision === last);
    if (!held[0] || right.every((charge) => held.some((row) => costsTheSame(row, charge)))) continue;
    wrong.push(held[0]);
    for (const row of held) {
      const amount = formatDecimal(negate(parseDecimal(row.amount)));
      back.push({ ...row, revision: last + 1, bookedOn: why.bookedOn, quantity: -row.quantity, amount });
    }
    for (const charge of right) anew.push({ ...charge, revision: last + 2, bookedOn: why.bookedOn });
  }
  const before = await postedEntries(tx, tenantId, wrong.map(messageEntryId));
  const entries = [
    ...before.map((entry) => reversalOf(entry, why)),
    ...messageEntries(anew, whoPaid(before, facts.walletCurrency)),
  ];
  await insertCharges(tx, tenantId, [...back, ...anew]);
  await insertEntries(tx, tenantId, entries, facts.postedAt);
  const toWallet = entries
    .flatMap((entry) => entry.postings)
    .filter((posting) => posting.account === 'wallet' && posting.currency === facts.walletCurrency)
    .reduce((sum, { amount }) => subtract(sum, parseDecimal(amount)), ZERO);
  return { messageIds: wrong.map((charge) => charge.messageId), toWallet: formatDecimal(toWallet) };
}

/** The entry that takes another one back: its own id, derived, so an entry is taken back once. */
export const reversalOf = (entry: PostedEntry, why: CorrectionReason): JournalEntry => ({
  entryId: derivedId(entry.postedAt, entry.entryId, 'reversal'),
  kind: 'reversal',
  messageId: entry.messageId,
  bookedOn: why.bookedOn,
  reverses: entry.entryId,
  memo: why.memo,
  postings: opposite(entry.postings),
});

/** A corrected price is taken from where the wrong one was: a wallet that was opened since pays for no message before it. */
function whoPaid(before: readonly PostedEntry[], walletCurrency: string | undefined) {
  const owed = new Set(
    before.filter((e) => e.postings.some((p) => p.account === 'receivable')).map((e) => e.messageId ?? ''),
  );
  return ({ messageId, currency }: Charge) =>
    currency === walletCurrency && !owed.has(messageId) ? ('wallet' as const) : ('receivable' as const);
}

const costsTheSame = (a: Charge, b: Charge): boolean =>
  a.side === b.side &&
  a.currency === b.currency &&
  a.market === b.market &&
  a.category === b.category &&
  compare(parseDecimal(a.amount), parseDecimal(b.amount)) === 0;
