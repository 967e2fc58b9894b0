import type { Tx } from '#libs/persistence';
import type { Account } from './accounts.js';
import type { JournalEntry, Posting } from './journal.js';

export interface PostedEntry extends JournalEntry {
  readonly postedAt: Date;
}

export interface EntryRow {
  entry_id: string;
  message_id: string | null;
  kind: JournalEntry['kind'];
  booked_on: string;
  posted_at: Date;
  reverses: string | null;
  memo: string;
  postings: Posting[];
}
/** All entries of tenant $1 with their postings; conditions are added with AND. */
export const ENTRIES = `
  SELECT e.entry_id, e.message_id, e.kind, e.booked_on::text, e.posted_at, e.reverses, e.memo,
         (SELECT json_agg(json_build_object('account', p.account, 'amount', p.amount::text, 'currency', p.currency)
                          ORDER BY p.line)
            FROM postings p WHERE p.tenant_id = e.tenant_id AND p.entry_id = e.entry_id) AS postings
    FROM journal_entries e WHERE e.tenant_id = $1`;
export const entryOf = (row: EntryRow): PostedEntry => ({
  entryId: row.entry_id,
  kind: row.kind,
  messageId: row.message_id,
  bookedOn: row.booked_on,
  postedAt: row.posted_at,
  ...(row.reverses ? { reverses: row.reverses } : {}),
  memo: row.memo,
  postings: row.postings,
});

/** Of these ids the entries that there are. */
export async function postedEntries(tx: Tx, tenantId: string, ids: readonly string[]): Promise<PostedEntry[]> {
  if (ids.length === 0) return [];
  const rows: EntryRow[] = await tx.query(`${ENTRIES} AND e.entry_id = ANY ($2::uuid[])`, [tenantId, ids]);
  return rows.map(entryOf);
}

/** What messages, and what was taken back of them, left on `receivable` in a range of days; debit positive. */
export async function owedFor(
  tx: Tx,
  tenantId: string,
  currency: string,
  days: { from: string; to: string },
): Promise<string> {
  const [row]: { sum: string }[] = await tx.query(
    `SELECT coalesce(sum(p.amount), 0)::text AS sum
       FROM postings p JOIN journal_entries e ON e.tenant_id = p.tenant_id AND e.entry_id = p.entry_id
      WHERE p.tenant_id = $1 AND p.account = 'receivable' AND p.currency = $2 AND e.message_id IS NOT NULL
        AND e.booked_on >= $3::date AND e.booked_on <= $4::date`,
    [tenantId, currency, days.from, days.to],
  );
  return row?.sum ?? '0';
}

/** How many true-ups there are whose memo begins so, and what they posted to an account together; debit positive. */
export async function truedUp(
  tx: Tx,
  tenantId: string,
  account: Account,
  memoBegins: string,
): Promise<{ entries: number; sum: string }> {
  const [row]: { entries: number; sum: string }[] = await tx.query(
    `SELECT count(*)::int AS entries, coalesce(sum(p.amount), 0)::text AS sum
       FROM journal_entries e JOIN postings p ON p.tenant_id = e.tenant_id AND p.entry_id = e.entry_id
      WHERE e.tenant_id = $1 AND e.kind = 'true_up' AND starts_with(e.memo, $2) AND p.account = $3`,
    [tenantId, memoBegins, account],
  );
  return row ?? { entries: 0, sum: '0' };
}
