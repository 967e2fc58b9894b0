import type { Tx } from '#libs/persistence';
import type { KnownCustomer } from '#libs/privacy';
import { needlesOf } from './needles.js';
import { PARAMETERS, PLACES } from './places.js';

/** Rows of one table in an export; who has more is answered in parts by the merchant's own lists. */
const MOST_ROWS = 10_000;

/** What is kept of a customer: the rows of every place, and what they agreed to. */
export async function exportCustomer(
  tx: Tx,
  tenantId: string,
  customer: KnownCustomer,
  at: Date,
): Promise<Record<string, object[]>> {
  const parameters = [tenantId, customer.identifiers, needlesOf(customer.identifiers), customer.contactIds, '', at, at];
  const rows: Record<string, object[]> = {};
  for (const { table, where } of PLACES) {
    // What is sealed or raw says nothing that the others do not.
    if (table === 'idempotency_keys' || table === 'meta_events') continue;
    const found: { row: object }[] = await tx.query(
      `WITH who AS (${PARAMETERS}) SELECT to_jsonb(${table}) - 'tenant_id' AS row FROM ${table}
        WHERE tenant_id = (SELECT tenant FROM who) AND (${where}) LIMIT ${MOST_ROWS}`,
      parameters,
    );
    if (found.length > 0) rows[table] = [...(rows[table] ?? []), ...found.map((f) => f.row)];
  }
  const consents: { row: object }[] = await tx.query(
    `SELECT to_jsonb(r) - 'tenant_id' AS row FROM consent_records r WHERE r.tenant_id = $1 AND r.line = ANY ($2::text[])`,
    [tenantId, customer.identifiers],
  );
  if (consents.length > 0) rows.consent_records = consents.map((c) => c.row);
  return rows;
}
