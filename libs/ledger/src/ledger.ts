import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import type { Tx } from '#libs/persistence';
import { ACCOUNTS, type Account } from './accounts.js';
import type { Charge, ChargeCursor, ChargeGroup, Days, Side } from './charge.js';
import { chargedOn, chargeGroups, chargesOf, listCharges } from './charge-queries.js';
import { type Corrected, type CorrectionReason, correctCharges, reversalOf } from './correct-charges.js';
import { insertCharges } from './insert-charges.js';
import { insertEntries } from './insert-entries.js';
import type { JournalEntry } from './journal.js';
import { messageEntries } from './message-entries.js';
import {
  ENTRIES,
  type EntryRow,
  entryOf,
  owedFor,
  type PostedEntry,
  postedEntries,
  truedUp,
} from './posted-entries.js';

export interface Balance {
  account: Account;
  currency: string;
  /** Debit positive, credit negative. */
  balance: string;
}
/**
 * What entries of one kind posted to an account on a day. All messages of a day are one movement, and so is all that was taken
 * back of messages for one reason, which after a mistake in a rate card is tens of thousands.
 */
export interface Movement {
  day: string;
  kind: JournalEntry['kind'];
  account: Account;
  currency: string;
  entries: number;
  /** Debit positive, credit negative. */
  amount: string;
  memo: string;
}
/**
 * The one writer of charges, journal entries and postings. Rows are only ever added; the same charge or entry told twice
 * is kept once.
 */
@Injectable()
export class Ledger {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /**
   * Books messages: their charges, and one entry for each message that costs anything. A message that was charged
   * before is left as it is, whatever is said of it now.
   *
   * @param charges both sides of each message
   * @param walletCurrency prices in this currency are paid from the tenant's wallet; all others are owed
   * @returns the messages that were charged by this call
   */
  async charge(tx: Tx, tenantId: string, charges: readonly Charge[], walletCurrency?: string): Promise<Set<string>> {
    const fresh = await insertCharges(tx, tenantId, charges);
    const right = charges.filter((c) => fresh.has(c.messageId) && isAsCharged(c));
    const payer = ({ currency }: Charge) => (currency === walletCurrency ? 'wallet' : 'receivable');
    await this.post(tx, tenantId, messageEntries(right, payer));
    return fresh;
  }

  /** Of these messages, those that are charged already. */
  async chargedAmong(tx: Tx, tenantId: string, messageIds: readonly string[]): Promise<Set<string>> {
    const rows: { message_id: string }[] = await tx.query(
      `SELECT message_id FROM charges WHERE tenant_id = $1 AND message_id = ANY($2::uuid[]) AND side = 'cost'`,
      [tenantId, messageIds],
    );
    return new Set(rows.map((row) => row.message_id));
  }

  /**
   * Posts entries. One whose id is there already is left as it is.
   *
   * @throws UnbalancedEntryError before anything is written; the database refuses such an entry at commit, too
   */
  async post(tx: Tx, tenantId: string, entries: readonly JournalEntry[]): Promise<void> {
    await insertEntries(tx, tenantId, entries, this.clock.now());
  }

  /**
   * Takes an entry back by posting its opposite; the entry itself stays. Asked twice, it is taken back once.
   *
   * @param why for people who read the books, and the day on which it counts (`YYYY-MM-DD`)
   * @returns the id of the reversal, or undefined when the tenant has no such entry
   */
  async reverse(
    tx: Tx,
    tenantId: string,
    entryId: string,
    why: { memo: string; bookedOn: string },
  ): Promise<string | undefined> {
    const entry = await this.entry(tx, tenantId, entryId);
    if (!entry) return undefined;
    const reversal = reversalOf(entry, why);
    await this.post(tx, tenantId, [reversal]);
    return reversal.entryId;
  }

  /**
   * Charges messages anew: what they were charged is taken back, on their charges and in the journal, and the right charges
   * are added beside it. Rows that are there stay as they are. A message that is charged so already, or was never charged,
   * is left alone.
   *
   * @param rights both sides of each message as they should be
   * @param walletCurrency as for `charge`; what was owed before stays owed
   */
  correct(
    tx: Tx,
    tenantId: string,
    rights: readonly (readonly [Charge, Charge])[],
    why: CorrectionReason,
    walletCurrency?: string,
  ): Promise<Corrected> {
    return correctCharges(tx, tenantId, rights, why, { postedAt: this.clock.now(), walletCurrency });
  }

  /** Every row of one message, the cost first, as first rated and as corrected; empty for one that is not charged. */
  chargesOf(tx: Tx, tenantId: string, messageId: string): Promise<Charge[]> {
    return chargesOf(tx, tenantId, messageId);
  }

  /**
   * What messages of a range of local days are charged now, both sides, in the order of their ids.
   * @param page from which message on (its id excluded), and of how many messages
   */
  chargedOn(
    tx: Tx,
    tenantId: string,
    days: { from: string; to: string },
    page: { after?: string | undefined; limit: number },
  ): Promise<Charge[]> {
    return chargedOn(tx, tenantId, days, page);
  }

  /** A page of charges by the day they are booked on, then by message. */
  listCharges(
    tx: Tx,
    tenantId: string,
    page: { side: Side; days: Days; group?: ChargeGroup; after?: ChargeCursor | undefined; limit: number },
  ): Promise<Charge[]> {
    return listCharges(tx, tenantId, page);
  }

  /** Charges booked in a range of days summed up into groups, in an order that depends on nothing but the groups. */
  chargeGroups(tx: Tx, tenantId: string, side: Side, days: Days): Promise<ChargeGroup[]> {
    return chargeGroups(tx, tenantId, side, days);
  }

  /** The first day on which something is charged; undefined when nothing is. */
  async firstChargedDay(tx: Tx, tenantId: string): Promise<string | undefined> {
    const [row]: { day: string | null }[] = await tx.query(
      `SELECT min(coalesce(booked_on, local_day))::text AS day FROM charges
        WHERE tenant_id = $1 AND side = 'price'`,
      [tenantId],
    );
    return row?.day ?? undefined;
  }

  /** Whether anything was ever charged of a WABA. */
  async hasCharged(tx: Tx, tenantId: string, wabaId: string): Promise<boolean> {
    const [row]: { charged: boolean }[] = await tx.query(
      'SELECT EXISTS (SELECT 1 FROM charges WHERE tenant_id = $1 AND waba_id = $2) AS charged',
      [tenantId, wabaId],
    );
    return row?.charged ?? false;
  }

  /** What each account holds, by currency. */
  async balances(tx: Tx, tenantId: string): Promise<Balance[]> {
    return tx.query(
      `SELECT account, currency, sum(amount)::text AS balance FROM postings
        WHERE tenant_id = $1 GROUP BY account, currency ORDER BY account, currency`,
      [tenantId],
    );
  }

  /** A page of the entries that touch one of these accounts, in the order of their ids. */
  async listEntries(
    tx: Tx,
    tenantId: string,
    page: { accounts: readonly Account[]; after?: string | undefined; limit: number },
  ): Promise<PostedEntry[]> {
    const rows: EntryRow[] = await tx.query(
      `${ENTRIES} AND ($2::uuid IS NULL OR e.entry_id > $2)
          AND EXISTS (SELECT FROM postings p
                       WHERE p.tenant_id = e.tenant_id AND p.entry_id = e.entry_id AND p.account = ANY ($4::text[]))
        ORDER BY e.entry_id LIMIT $3`,
      [tenantId, page.after ?? null, page.limit, page.accounts],
    );
    return rows.map(entryOf);
  }

  /** A page of the entries booked in a range of days, in the order of day and id. */
  async entriesBooked(
    tx: Tx,
    tenantId: string,
    days: { from: string; to: string },
    page: { after?: { day: string; entryId: string } | undefined; limit: number },
  ): Promise<PostedEntry[]> {
    const rows: EntryRow[] = await tx.query(
      `${ENTRIES} AND e.booked_on >= $2::date AND e.booked_on <= $3::date
          AND ($4::date IS NULL OR (e.booked_on, e.entry_id) > ($4::date, $5::uuid))
        ORDER BY e.booked_on, e.entry_id LIMIT $6`,
      [tenantId, days.from, days.to, page.after?.day ?? null, page.after?.entryId ?? null, page.limit],
    );
    return rows.map(entryOf);
  }

  /** What was posted to accounts day by day and by kind of entry, and what they held before the first day. */
  async movements(
    tx: Tx,
    tenantId: string,
    accounts: readonly Account[],
    days: { from: string; to: string },
  ): Promise<{ opening: Balance[]; movements: Movement[] }> {
    const opening: Balance[] = await tx.query(
      `SELECT p.account, p.currency, sum(p.amount)::text AS balance FROM postings p
         JOIN journal_entries e ON e.tenant_id = p.tenant_id AND e.entry_id = p.entry_id
        WHERE p.tenant_id = $1 AND p.account = ANY ($2::text[]) AND e.booked_on < $3::date
        GROUP BY p.account, p.currency ORDER BY p.account, p.currency`,
      [tenantId, accounts, days.from],
    );
    const movements: Movement[] = await tx.query(
      `SELECT e.booked_on::text AS day, e.kind, p.account, p.currency,
              CASE WHEN e.kind IN ('message', 'reversal') THEN count(*)::int ELSE 1 END AS entries,
              sum(p.amount)::text AS amount, CASE WHEN e.kind <> 'message' THEN e.memo ELSE '' END AS memo
         FROM postings p JOIN journal_entries e ON e.tenant_id = p.tenant_id AND e.entry_id = p.entry_id
        WHERE p.tenant_id = $1 AND p.account = ANY ($2::text[]) AND e.booked_on >= $3::date AND e.booked_on <= $4::date
        GROUP BY e.booked_on, e.kind, p.account, p.currency, CASE WHEN e.kind <> 'message' THEN e.memo ELSE '' END,
                 CASE WHEN e.kind NOT IN ('message', 'reversal') THEN e.entry_id END
        ORDER BY e.booked_on, e.kind, memo, p.account, p.currency`,
      [tenantId, accounts, days.from, days.to],
    );
    return { opening, movements };
  }

  /** What messages of a range of days are owed for, corrections included, instead of paid from a wallet; a decimal string. */
  owedFor(tx: Tx, tenantId: string, currency: string, days: { from: string; to: string }): Promise<string> {
    return owedFor(tx, tenantId, currency, days);
  }

  /** How many true-ups there are whose memo begins so, and what they posted to an account together; debit positive. */
  truedUp(tx: Tx, tenantId: string, account: Account, memoBegins: string): Promise<{ entries: number; sum: string }> {
    return truedUp(tx, tenantId, account, memoBegins);
  }

  async entry(tx: Tx, tenantId: string, entryId: string): Promise<PostedEntry | undefined> {
    return (await postedEntries(tx, tenantId, [entryId]))[0];
  }
}

/** Even revisions say what a message costs; odd ones take the one before back. */
const isAsCharged = ({ revision = 0 }: Charge): boolean => revision % 2 === 0;

/** The name of an account as accountants write it. */
export const titleOf = (account: Account): string => ACCOUNTS[account].title;
