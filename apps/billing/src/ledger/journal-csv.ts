import { Readable } from 'node:stream';
import { csvCell } from '#libs/http';
import { Ledger, type PostedEntry } from '#libs/ledger';
import type { Database } from '#libs/persistence';

const COLUMNS = 'booked_on,entry,kind,message,reverses,memo,account,debit,credit,currency';
const PAGE = 2_000;

/** The journal of a month for accounting programs: one row for each posting. It is read page by page, as it is sent. */
export function journalCsv(
  db: Database,
  ledger: Ledger,
  tenantId: string,
  days: { from: string; to: string },
): Readable {
  async function* rows(): AsyncGenerator<string> {
    yield `${COLUMNS}\r\n`;
    let after: { day: string; entryId: string } | undefined;
    for (;;) {
      const page = await db.inTenant(tenantId, (tx) =>
        ledger.entriesBooked(tx, tenantId, days, { after, limit: PAGE }),
      );
      if (page.length > 0) yield page.map(rowsOf).join('');
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = { day: last.bookedOn, entryId: last.entryId };
    }
  }
  return Readable.from(rows());
}

const rowsOf = (entry: PostedEntry): string =>
  entry.postings
    .map(({ account, amount, currency }) => {
      const credit = amount.startsWith('-');
      const common = [
        entry.bookedOn,
        entry.entryId,
        entry.kind,
        entry.messageId,
        entry.reverses ?? null,
        entry.memo ?? '',
      ];
      return [...common, account, credit ? '' : amount, credit ? amount.slice(1) : '', currency].map(csvCell).join(',');
    })
    .map((row) => `${row}\r\n`)
    .join('');
