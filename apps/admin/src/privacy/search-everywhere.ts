import type { Tx } from '#libs/persistence';

/** Tables with a tenant's rows, whatever they are for. */
const TABLES = `
  SELECT c.relname AS table FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1`;

/** Names of all tables with a tenant's rows that the caller may read. */
export async function tenantTables(tx: Tx): Promise<string[]> {
  const tables: { table: string }[] = await tx.query(TABLES);
  return tables.map(({ table }) => table);
}

/**
 * Reads every row that a tenant has in any table and counts those in which a customer is named; it does not ask where a
 * customer should be.
 *
 * @param needles patterns of LIKE, see `needlesOf`
 * @returns rows by table; tables without any are absent
 */
export async function searchEverywhere(
  tx: Tx,
  tenantId: string,
  needles: readonly string[],
): Promise<Record<string, number>> {
  return searchTables(tx, tenantId, await tenantTables(tx), needles);
}

/** The same in some tables. */
export async function searchTables(
  tx: Tx,
  tenantId: string,
  tables: readonly string[],
  needles: readonly string[],
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of tables) {
    const [{ rows }] = await tx.query(
      `SELECT count(*)::int AS rows FROM ${table} t WHERE t.tenant_id = $1 AND t::text LIKE ANY ($2::text[])`,
      [tenantId, needles],
    );
    if (rows > 0) found[table] = rows;
  }
  return found;
}
