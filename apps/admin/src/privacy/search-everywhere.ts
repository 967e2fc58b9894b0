import type { Tx } from '#libs/persistence';
import { undividedInSql } from './needles.js';

/** Where lines of files are kept as people wrote them, with signs between the digits of a number. */
const AS_PEOPLE_WRITE: Readonly<Record<string, string>> = {
  contact_import_refusals: 'content',
  contact_import_pieces: `encode(bytes, 'escape')`,
};

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
    const written = AS_PEOPLE_WRITE[table];
    const texts = ['t::text', ...(written ? [written, undividedInSql(written)] : [])];
    const named = texts.map((text) => `${text} LIKE ANY ($2::text[])`).join(' OR ');
    const [{ rows }] = await tx.query(
      `SELECT count(*)::int AS rows FROM ${table} t WHERE t.tenant_id = $1 AND (${named})`,
      [tenantId, needles],
    );
    if (rows > 0) found[table] = rows;
  }
  return found;
}
