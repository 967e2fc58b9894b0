import type { Rows } from '#libs/closing';
import type { Tx } from '#libs/persistence';

/** How many rows a tenant has in each of these tables; those without any are absent. */
export async function countRows(tx: Tx, tenantId: string, tables: readonly string[]): Promise<Rows> {
  const counted: Record<string, number> = {};
  for (const table of tables) {
    const [{ rows }] = await tx.query(`SELECT count(*)::int AS rows FROM ${table} WHERE tenant_id = $1`, [tenantId]);
    if (rows > 0) counted[table] = rows;
  }
  return counted;
}
