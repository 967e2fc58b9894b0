import { Readable } from 'node:stream';
import { csvCell } from '#libs/http';
import type { Database } from '#libs/persistence';
import { type AuditFilter, type AuditRow, searchAudit } from './search-audit.js';

const PAGE = 1_000;
const COLUMNS = [
  'seq',
  'at',
  'who',
  'action',
  'object',
  'tenant_id',
  'reason',
  'before',
  'after',
  'from_address',
  'user_agent',
  'session_id',
  'request_id',
  'staff_id',
  'entry_id',
  'hash',
] as const satisfies readonly (keyof AuditRow)[];

export type ExportFormat = 'csv' | 'jsonl';

const textOf = (value: AuditRow[keyof AuditRow]): string => {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

/** One row as a line of the export. */
export const lineOf = (row: AuditRow, format: ExportFormat): string =>
  format === 'jsonl'
    ? `${JSON.stringify(row)}\n`
    : `${COLUMNS.map((column) => csvCell(textOf(row[column]))).join(',')}\r\n`;

/** The entries that a filter finds, oldest first, read page by page as they are sent. */
export function exportAudit(db: Database, filter: AuditFilter, format: ExportFormat): Readable {
  async function* lines(): AsyncGenerator<string> {
    if (format === 'csv') yield `${COLUMNS.join(',')}\r\n`;
    let last: string | undefined;
    for (;;) {
      const page = await db.asStaff((tx) =>
        searchAudit(tx, filter, { order: 'oldest first', beyond: last, limit: PAGE }),
      );
      if (page.length > 0) yield page.map((row) => lineOf(row, format)).join('');
      last = page.at(-1)?.entry_id;
      if (page.length < PAGE) return;
    }
  }
  return Readable.from(lines());
}
