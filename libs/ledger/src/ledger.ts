import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { derivedId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { ACCOUNTS, type Account } from './accounts.js';
import type { Charge, ChargeCursor, ChargeGroup, Days, Side } from './charge.js';
import { CHARGE_COLUMNS, type ChargeRow, chargeOf } from './charge-rows.js';
import { type JournalEntry, move, mustBalance, opposite, type Posting } from './journal.js';

export interface Balance {
  account: Account;
  currency: string;
  /** Debit positive, credit negative. */
  balance: string;
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
   * @returns the messages that were charged by this call
   */
  async charge(tx: Tx, tenantId: string, charges: readonly Charge[]): Promise<Set<string>> {
    if (charges.length === 0) return new Set();
    const inserted: { message_id: string }[] = await tx.query(
      `INSERT INTO charges (tenant_id, message_id, side, waba_id, phone_number_id, market, category, quantity, unit_price,
                            amount, currency, rule, free_reason, plan, card_date, card_currency, tier, billed_at, local_day)
       SELECT $1::uuid, c.* FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::int[],
                $9::numeric[], $10::numeric[], $11::text[], $12::text[], $13::text[], $14::text[], $15::date[],
                $16::text[], $17::smallint[], $18::timestamptz[], $19::date[]) AS c
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
      ],
    );
    const fresh = new Set(inserted.map((row) => row.message_id));
    await this.post(tx, tenantId, entriesFor(charges.filter((c) => fresh.has(c.messageId))));
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

  /** Both sides of one message, the cost first; empty for a message that is not charged. */
  async chargesOf(tx: Tx, tenantId: string, messageId: string): Promise<Charge[]> {
    const rows: ChargeRow[] = await tx.query(
      `SELECT ${CHARGE_COLUMNS} FROM charges WHERE tenant_id = $1 AND message_id = $2 ORDER BY side`,
      [tenantId, messageId],
    );
    return rows.map(chargeOf);
  }

  /** A page of charges by local day, then by message. */
  async listCharges(
    tx: Tx,
    tenantId: string,
    page: { side: Side; days: Days; group?: ChargeGroup; after?: ChargeCursor | undefined; limit: number },
  ): Promise<Charge[]> {
    const { side, days, group, after, limit } = page;
    const rows: ChargeRow[] = await tx.query(
      `SELECT ${CHARGE_COLUMNS} FROM charges
        WHERE tenant_id = $1 AND side = $2
          AND ($3::date IS NULL OR local_day >= $3::date) AND ($4::date IS NULL OR local_day <= $4::date)
          AND ($5::date IS NULL OR (local_day, message_id) > ($5::date, $6::uuid))
          AND ($7::text[] IS NULL OR ${IN_GROUP})
        ORDER BY local_day, message_id LIMIT $8`,
      [
        tenantId,
        side,
        days.from ?? null,
        days.to ?? null,
        after?.localDay ?? null,
        after?.messageId ?? null,
        group ? groupValues(group) : null,
        limit,
      ],
    );
    return rows.map(chargeOf);
  }

  /** Charges of a range of days summed up into groups, in an order that depends on nothing but the groups. */
  async chargeGroups(tx: Tx, tenantId: string, side: Side, days: Days): Promise<ChargeGroup[]> {
    const rows: (ChargeRow & { quantity: string })[] = await tx.query(
      `SELECT currency, market, category, unit_price, rule, free_reason, plan, card_date::text, card_currency, tier,
              sum(quantity)::text AS quantity, sum(amount)::text AS amount
         FROM charges
        WHERE tenant_id = $1 AND side = $2
          AND ($3::date IS NULL OR local_day >= $3::date) AND ($4::date IS NULL OR local_day <= $4::date)
        GROUP BY currency, market, category, unit_price, rule, free_reason, plan, card_date, card_currency, tier
        ORDER BY currency, market COLLATE "C" NULLS LAST, category, card_date NULLS LAST, tier, unit_price, rule,
                 free_reason, plan`,
      [tenantId, side, days.from ?? null, days.to ?? null],
    );
    return rows.map((row) => {
      const { currency, market, category, unitPrice, rule, freeReason, plan, card, amount } = chargeOf(row);
      const quantity = Number(row.quantity);
      return { currency, market, category, unitPrice, rule, freeReason, plan, card, quantity, amount };
    });
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

  async entry(tx: Tx, tenantId: string, entryId: string): Promise<PostedEntry | undefined> {
    const rows: EntryRow[] = await tx.query(`${ENTRIES} AND e.entry_id = $2`, [tenantId, entryId]);
    return rows.map(entryOf)[0];
  }
}

/** The id of the entry that books a message: the same whenever and wherever it is rated. */
export const messageEntryId = (charge: Pick<Charge, 'messageId' | 'billedAt'>): string =>
  derivedId(charge.billedAt, charge.messageId, 'message');

function entriesFor(charges: readonly Charge[]): JournalEntry[] {
  const entries = new Map<string, JournalEntry & { postings: Posting[] }>();
  for (const charge of charges) {
    const postings =
      charge.side === 'cost'
        ? move(charge.amount, charge.currency, 'cost_of_sales_meta', 'payable_meta')
        : move(charge.amount, charge.currency, 'receivable', 'revenue_messages');
    const entry = entries.get(charge.messageId);
    if (entry) entry.postings.push(...postings);
    else {
      const { messageId, localDay } = charge;
      entries.set(messageId, {
        entryId: messageEntryId(charge),
        kind: 'message',
        messageId,
        bookedOn: localDay,
        postings,
      });
    }
  }
  return [...entries.values()].filter((entry) => entry.postings.length > 0);
}

/** Is a row in the group whose values, in this order, are in parameter 7? NULL equals NULL, and 0.10 equals 0.1. */
const IN_GROUP = `ROW(currency::text, market, category, unit_price, rule, free_reason, plan, card_date,
                      card_currency::text, tier) IS NOT DISTINCT FROM
                  ROW($7[1], $7[2], $7[3], $7[4]::numeric, $7[5], $7[6], $7[7], $7[8]::date, $7[9], $7[10]::smallint)`;
const groupValues = (g: ChargeGroup): (string | null)[] => [
  g.currency,
  g.market,
  g.category,
  g.unitPrice,
  g.rule,
  g.freeReason,
  g.plan,
  g.card?.date ?? null,
  g.card?.currency ?? null,
  g.card ? String(g.card.tier) : null,
];

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
