import type { Tx } from '#libs/persistence';
import { distinct } from './distinct.js';
import { type JournalEntry, mustBalance } from './journal.js';

const postingsOf = ({ postings }: JournalEntry): string =>
  postings.map((p) => `${p.account} ${p.amount} ${p.currency}`).join('\n');

/**
 * Adds entries with their postings; one whose id is there already is left as it is.
 * @throws UnbalancedEntryError before anything is written; the database refuses such an entry, too
 */
export async function insertEntries(
  tx: Tx,
  tenantId: string,
  entries: readonly JournalEntry[],
  postedAt: Date,
): Promise<void> {
  if (entries.length === 0) return;
  const { kinds, places } = distinct(entries, postingsOf);
  for (const kind of kinds) mustBalance(kind);
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
      postedAt,
      entries.map((e) => e.reverses ?? null),
      entries.map((e) => e.memo ?? ''),
    ],
  );
  const fresh = new Set(posted.map((row) => row.entry_id));
  const added = entries.map((e, i) => ({ id: e.entryId, kind: places[i] })).filter((e) => fresh.has(e.id));
  const lines = kinds.flatMap((e, i) => e.postings.map((p, line) => ({ ...p, kind: i + 1, line: line + 1 })));
  await tx.query(
    `INSERT INTO postings (tenant_id, entry_id, line, account, amount, currency)
     SELECT $1::uuid, e.id, p.line, p.account, p.amount, p.currency
       FROM unnest($2::uuid[], $3::int[]) AS e(id, kind)
       JOIN unnest($4::int[], $5::smallint[], $6::text[], $7::numeric[], $8::text[])
              AS p(kind, line, account, amount, currency) USING (kind)`,
    [
      tenantId,
      added.map((e) => e.id),
      added.map((e) => e.kind),
      lines.map((l) => l.kind),
      lines.map((l) => l.line),
      lines.map((l) => l.account),
      lines.map((l) => l.amount),
      lines.map((l) => l.currency),
    ],
  );
}
