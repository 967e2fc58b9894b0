import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { derivedId } from '#libs/ids';
import { compare, formatDecimal, negate, parseDecimal } from '#libs/money';
import type { Tx } from '#libs/persistence';
import { ACCOUNTS, type Account } from './accounts.js';
import type { Charge, ChargeCursor, ChargeGroup, Days, Side } from './charge.js';
import { chargeGroups, chargesOf, listCharges } from './charge-queries.js';
import { type JournalEntry, move, mustBalance, opposite, type Posting } from './journal.js';

export interface Balance {
  account: Account;
  currency: string;
  /** Debit positive, credit negative. */
  balance: string;
}
/** What entries of one kind posted to an account on a day; all messages of a day are one movement. */
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
export interface PostedEntry extends JournalEntry {
  readonly postedAt: Date;
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
    if (charges.length === 0) return new Set();
    const inserted: { message_id: string }[] = await tx.query(
      `INSERT INTO charges (tenant_id, message_id, side, waba_id, phone_number_id, market, category, quantity, unit_price,
                            amount, currency, rule, free_reason, plan, card_date, card_currency, tier, billed_at, local_day,
                            revision, booked_on)
       SELECT $1::uuid, c.* FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::int[],
                $9::numeric[], $10::numeric[], $11::text[], $12::text[], $13::text[], $14::text[], $15::date[],
                $16::text[], $17::smallint[], $18::timestamptz[], $19::date[], $20::smallint[], $21::date[]) AS c
       ON CONFLICT DO NOTHING RETURNING message_id`,
      [
        tenantId,
        charges.map((c) => c.messageId),
        charges.map((c) => c.side),
        charges.map((c) => c.wabaId),
        charges.map((c) => c.phoneNumberId),
        charges.map((c) => c.market),
        charges.map((c) => c.category),
        charges.map((c) => c.quantity),
        charges.map((c) => c.unitPrice),
        charges.map((c) => c.amount),
        charges.map((c) => c.currency),
        charges.map((c) => c.rule),
        charges.map((c) => c.freeReason),
        charges.map((c) => c.plan),
        charges.map((c) => c.card?.date ?? null),
        charges.map((c) => c.card?.currency ?? null),
        charges.map((c) => c.card?.tier ?? null),
        charges.map((c) => c.billedAt),
        charges.map((c) => c.localDay),
        charges.map((c) => c.revision ?? 0),
        charges.map((c) => c.bookedOn ?? null),
      ],
    );
    const fresh = new Set(inserted.map((row) => row.message_id));
    const right = charges.filter((c) => fresh.has(c.messageId) && isAsCharged(c));
    await this.post(tx, tenantId, entriesFor(right, walletCurrency));
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
    for (const entry of entries) mustBalance(entry);
    if (entries.length === 0) return;
    const posted: { entry_id: string }[] = await tx.query(
      `INSERT INTO journal_entries (tenant_id, entry_id, message_id, kind, booked_on, posted_at, reverses, memo)
       SELECT $1::uuid, e.id, e.message_id, e.kind, e.booked_on, $6::timestamptz, e.reverses, e.memo
         FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $7::uuid[], $8::text[])
           AS e(id, message_id, kind, booked_on, reverses, memo)
       ON CONFLICT DO NOTHING RETURNING entry_id`,
      [
        tenantId,
        entries.map((e) => e.entryId),
        entries.map((e) => e.messageId),
        entries.map((e) => e.kind),
        entries.map((e) => e.bookedOn),
        this.clock.now(),
        entries.map((e) => e.reverses ?? null),
        entries.map((e) => e.memo ?? ''),
      ],
    );
    const fresh = new Set(posted.map((row) => row.entry_id));
    const lines = entries
      .filter((e) => fresh.has(e.entryId))
      .flatMap((e) => e.postings.map((p, i) => ({ ...p, entryId: e.entryId, line: i + 1 })));
    await tx.query(
      `INSERT INTO postings (tenant_id, entry_id, line, account, amount, currency)
       SELECT $1::uuid, p.* FROM unnest($2::uuid[], $3::smallint[], $4::text[], $5::numeric[], $6::text[]) AS p`,
      [
        tenantId,
        lines.map((l) => l.entryId),
        lines.map((l) => l.line),
        lines.map((l) => l.account),
        lines.map((l) => l.amount),
        lines.map((l) => l.currency),
      ],
    );
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
    const reversal: JournalEntry = {
      entryId: derivedId(entry.postedAt, entryId, 'reversal'),
      kind: 'reversal',
      messageId: entry.messageId,
      bookedOn: why.bookedOn,
      reverses: entryId,
      memo: why.memo,
      postings: opposite(entry.postings),
    };
    await this.post(tx, tenantId, [reversal]);
    return reversal.entryId;
  }

  /**
   * Charges a message anew: what it was charged is taken back, on its charges and in the journal, and the right charge is
   * added beside it. Rows that are there stay as they are.
   *
   * @param right both sides as they should be
   * @param why for people who read the books, and the day in an open month on which it counts (`YYYY-MM-DD`)
   * @returns false when it is charged so already, or was never charged
   */
  async correct(
    tx: Tx,
    tenantId: string,
    right: readonly [Charge, Charge],
    why: { memo: string; bookedOn: string },
    walletCurrency?: string,
  ): Promise<boolean> {
    const [{ messageId }] = right;
    const rows = await chargesOf(tx, tenantId, messageId);
    const last = Math.max(-1, ...rows.map((row) => row.revision ?? 0));
    const held = rows.filter((row) => row.revision === last);
    if (last < 0 || right.every((charge) => held.some((row) => costsTheSame(row, charge)))) return false;
    const back = held.map((row) => ({
      ...row,
      revision: last + 1,
      bookedOn: why.bookedOn,
      quantity: -row.quantity,
      amount: formatDecimal(negate(parseDecimal(row.amount))),
    }));
    const anew = right.map((charge) => ({ ...charge, revision: last + 2, bookedOn: why.bookedOn }));
    const entry = held[0] && (await this.entry(tx, tenantId, messageEntryId(held[0])));
    if (entry) await this.reverse(tx, tenantId, entry.entryId, why);
    await this.charge(tx, tenantId, [...back, ...anew], walletCurrency);
    return true;
  }

  /** Every row of one message, the cost first, as first rated and as corrected; empty for one that is not charged. */
  chargesOf(tx: Tx, tenantId: string, messageId: string): Promise<Charge[]> {
    return chargesOf(tx, tenantId, messageId);
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

  /** The first day on which something is charged, of all or from a day on; undefined when nothing is. */
  async firstChargedDay(tx: Tx, tenantId: string, from?: string): Promise<string | undefined> {
    const [row]: { day: string | null }[] = await tx.query(
      `SELECT min(coalesce(booked_on, local_day))::text AS day FROM charges
        WHERE tenant_id = $1 AND side = 'price' AND ($2::date IS NULL OR coalesce(booked_on, local_day) >= $2::date)`,
      [tenantId, from ?? null],
    );
    return row?.day ?? undefined;
  }

  /** What each account holds, by currency. */
  async balances(tx: Tx, tenantId: string): Promise<Balance[]> {
    return tx.query(
      `SELECT account, currency, sum(amount)::text AS balance FROM postings
        WHERE tenant_id = $1 GROUP BY account, currency ORDER BY account, currency`,
      [tenantId],
    );
  }

  /** A page of the journal in the order of entry ids. */
  async listEntries(
    tx: Tx,
    tenantId: string,
    page: { after?: string | undefined; limit: number },
  ): Promise<PostedEntry[]> {
    const rows: EntryRow[] = await tx.query(
      `${ENTRIES} AND ($2::uuid IS NULL OR e.entry_id > $2) ORDER BY e.entry_id LIMIT $3`,
      [tenantId, page.after ?? null, page.limit],
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
      `SELECT e.booked_on::text AS day, e.kind, p.account, p.currency, count(*)::int AS entries,
              sum(p.amount)::text AS amount, CASE WHEN e.kind <> 'message' THEN max(e.memo) ELSE '' END AS memo
         FROM postings p JOIN journal_entries e ON e.tenant_id = p.tenant_id AND e.entry_id = p.entry_id
        WHERE p.tenant_id = $1 AND p.account = ANY ($2::text[]) AND e.booked_on >= $3::date AND e.booked_on <= $4::date
        GROUP BY e.booked_on, e.kind, p.account, p.currency, CASE WHEN e.kind <> 'message' THEN e.entry_id END
        ORDER BY e.booked_on, e.kind, memo, p.account, p.currency`,
      [tenantId, accounts, days.from, days.to],
    );
    return { opening, movements };
  }

  async entry(tx: Tx, tenantId: string, entryId: string): Promise<PostedEntry | undefined> {
    const rows: EntryRow[] = await tx.query(`${ENTRIES} AND e.entry_id = $2`, [tenantId, entryId]);
    return rows.map(entryOf)[0];
  }
}

/** The id of the entry that books a message: the same whenever and wherever it is rated; a corrected one has its own. */
export const messageEntryId = (charge: Pick<Charge, 'messageId' | 'billedAt' | 'revision'>): string =>
  derivedId(charge.billedAt, charge.messageId, 'message', ...(charge.revision ? [String(charge.revision)] : []));

/** Even revisions say what a message costs; odd ones take the one before back. */
const costsTheSame = (a: Charge, b: Charge): boolean =>
  a.side === b.side &&
  a.currency === b.currency &&
  a.market === b.market &&
  a.category === b.category &&
  compare(parseDecimal(a.amount), parseDecimal(b.amount)) === 0;

const isAsCharged = ({ revision = 0 }: Charge): boolean => revision % 2 === 0;

function entriesFor(charges: readonly Charge[], walletCurrency: string | undefined): JournalEntry[] {
  const entries = new Map<string, JournalEntry & { postings: Posting[] }>();
  for (const charge of charges) {
    const postings =
      charge.side === 'cost'
        ? move(charge.amount, charge.currency, 'cost_of_sales_meta', 'payable_meta')
        : move(
            charge.amount,
            charge.currency,
            charge.currency === walletCurrency ? 'wallet' : 'receivable',
            'revenue_messages',
          );
    const entry = entries.get(charge.messageId);
    if (entry) entry.postings.push(...postings);
    else {
      const { messageId, localDay, bookedOn } = charge;
      entries.set(messageId, {
        entryId: messageEntryId(charge),
        kind: 'message',
        messageId,
        bookedOn: bookedOn ?? localDay,
        postings,
      });
    }
  }
  return [...entries.values()].filter((entry) => entry.postings.length > 0);
}

interface EntryRow {
  entry_id: string;
  message_id: string | null;
  kind: JournalEntry['kind'];
  booked_on: string;
  posted_at: Date;
  reverses: string | null;
  memo: string;
  postings: Posting[];
}
const ENTRIES = `
  SELECT e.entry_id, e.message_id, e.kind, e.booked_on::text, e.posted_at, e.reverses, e.memo,
         (SELECT json_agg(json_build_object('account', p.account, 'amount', p.amount::text, 'currency', p.currency)
                          ORDER BY p.line)
            FROM postings p WHERE p.tenant_id = e.tenant_id AND p.entry_id = e.entry_id) AS postings
    FROM journal_entries e WHERE e.tenant_id = $1`;
const entryOf = (row: EntryRow): PostedEntry => ({
  entryId: row.entry_id,
  kind: row.kind,
  messageId: row.message_id,
  bookedOn: row.booked_on,
  postedAt: row.posted_at,
  ...(row.reverses ? { reverses: row.reverses } : {}),
  memo: row.memo,
  postings: row.postings,
});

/** The name of an account as accountants write it. */
export const titleOf = (account: Account): string => ACCOUNTS[account].title;
