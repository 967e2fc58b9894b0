import type { Rows } from '#libs/closing';
import type { Tx } from '#libs/persistence';

/** Everybody whom a tenant knows, by digits of numbers and by user ids. */
const CUSTOMERS = `
  SELECT line AS customer FROM contact_identifiers WHERE tenant_id = $1
  UNION SELECT ltrim(value, '+') FROM contact_identifiers WHERE tenant_id = $1 AND kind <> 'username'
  UNION SELECT recipient FROM messages WHERE tenant_id = $1
  UNION SELECT customer FROM inbound_messages WHERE tenant_id = $1
  UNION SELECT user_id FROM inbound_messages WHERE tenant_id = $1 AND user_id IS NOT NULL`;

/** What could be a number or a user id, wherever it stands in a row. */
const CANDIDATES = String.raw`\d{7,15}|[A-Z]{2}\.[A-Za-z0-9.]{5,128}`;

/**
 * Reads every row of these tables as text, for any customer of the tenant. To be asked while it is known who they are.
 *
 * @returns rows by table; tables without any are absent
 */
export async function rowsNamingCustomers(tx: Tx, tenantId: string, tables: readonly string[]): Promise<Rows> {
  const naming: Record<string, number> = {};
  for (const table of tables) {
    const [{ rows }] = await tx.query(
      `WITH customers AS MATERIALIZED (${CUSTOMERS}),
            mentioned AS MATERIALIZED (
              SELECT t.tableoid, t.ctid, m.said[1] AS said
                FROM ${table} t CROSS JOIN LATERAL regexp_matches(t::text, $2, 'g') AS m(said) WHERE t.tenant_id = $1)
       SELECT count(DISTINCT (m.tableoid, m.ctid))::int AS rows FROM mentioned m JOIN customers c ON c.customer = m.said`,
      [tenantId, CANDIDATES],
    );
    if (rows > 0) naming[table] = rows;
  }
  return naming;
}
