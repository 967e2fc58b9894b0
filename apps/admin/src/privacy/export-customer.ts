import type { Tx } from '#libs/persistence';
import type { KnownCustomer } from '#libs/privacy';
import { needlesOf } from './needles.js';
import { PLACES, showing } from './places.js';

/** Rows of one table in an export; who has more is answered in parts by the merchant's own lists. */
const MOST_ROWS = 10_000;

/** What is kept of a customer. */
export interface CustomerRows {
  /** By table. */
  rows: Record<string, object[]>;
  /** Tables with more rows than these. */
  truncated: string[];
}

/** What is kept of a customer: their own rows of every place, and what they agreed to. What others said of them is others'. */
export async function exportCustomer(
  tx: Tx,
  tenantId: string,
  customer: KnownCustomer,
  at: Date,
): Promise<CustomerRows> {
  const parameters = [tenantId, customer.identifiers, needlesOf(customer.identifiers), customer.contactIds, '', at, at];
  const exported: CustomerRows = { rows: {}, truncated: [] };
  const show = async (table: string, sql: string, values: unknown[]): Promise<void> => {
    const found: { row: object }[] = await tx.query(sql, values);
    if (found.length > 0) exported.rows[table] = found.slice(0, MOST_ROWS).map((f) => f.row);
    if (found.length > MOST_ROWS) exported.truncated.push(table);
  };
  for (const place of PLACES) {
    const sql = showing(place, MOST_ROWS + 1);
    if (sql) await show(place.table, sql, parameters);
  }
  await show(
    'consent_records',
    `SELECT to_jsonb(r) - 'tenant_id' AS row FROM consent_records r
      WHERE r.tenant_id = $1 AND r.line = ANY ($2::text[]) LIMIT ${MOST_ROWS + 1}`,
    [tenantId, customer.identifiers],
  );
  return exported;
}
