import type { Tx } from '#libs/persistence';

/** The key of a customer's line in a tenant; nobody else in the database takes locks by it. */
const KEY = `hashtextextended('customer ' || $1::text || ' ' || l.line, 0)`;

/**
 * Keeps customers from being forgotten until the transaction ends; call it before anything is read or written of them. Otherwise
 * who forgets would not see what is not committed yet, and the customer would come back with it.
 *
 * @param lines as `lineOf` writes them
 * @returns false where one of them is being forgotten at this moment: what was under way about them is not to be kept
 */
export async function mayKeep(tx: Tx, tenantId: string, lines: readonly string[]): Promise<boolean> {
  const rows: { held: boolean }[] = await tx.query(
    `SELECT pg_try_advisory_xact_lock_shared(${KEY}) AS held FROM unnest($2::text[]) AS l(line)`,
    [tenantId, lines],
  );
  return rows.every(({ held }) => held);
}

/** The same for what must not be lost: waits until whoever forgets one of them is done. */
export async function waitToKeep(tx: Tx, tenantId: string, lines: readonly string[]): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock_shared(${KEY}) FROM (SELECT DISTINCT line FROM unnest($2::text[]) AS u(line) ORDER BY 1) l`,
    [tenantId, lines],
  );
}

/** Waits for whatever is under way about customers; until the transaction ends, nothing more begins. */
export async function forgetAlone(tx: Tx, tenantId: string, lines: readonly string[]): Promise<void> {
  await tx.query(
    `SELECT pg_advisory_xact_lock(${KEY}) FROM (SELECT DISTINCT line FROM unnest($2::text[]) AS u(line) ORDER BY 1) l`,
    [tenantId, lines],
  );
}
