import type { Tx } from '#libs/persistence';

/** Waits until nobody else decides what a tenant is charged; until the transaction ends, nobody else does. */
export async function decideAlone(tx: Tx, tenantId: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('rating:' || $1, 0))`, [tenantId]);
}
