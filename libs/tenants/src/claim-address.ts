import type { Tx } from '#libs/persistence';

/** Someone already signs in with this e-mail address. */
export class AddressTakenError extends Error {
  override name = 'AddressTakenError';
}

/**
 * Makes sure that nobody else signs in with an address, until the transaction ends. An address is unique across tenants,
 * which no index can say of rows keyed by tenant: who comes second waits here.
 *
 * @param email in lower case
 * @throws AddressTakenError
 */
export async function claimAddress(tx: Tx, email: string): Promise<void> {
  await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('address:' || $1, 0))", [email]);
  const taken = await tx.query('SELECT 1 FROM door_users_by_email($1)', [email]);
  if (taken.length > 0) throw new AddressTakenError();
}
