import type { Tx } from '#libs/persistence';

/**
 * Lets all messages of a tenant be looked at again that were made to wait, for whatever reason; those that are scheduled
 * stay. It is what staff may do with messages, so it goes through a door; the sweeper wakes the numbers.
 */
export const letGo = (tx: Tx, tenantId: string, now: Date): Promise<unknown> =>
  tx.query('SELECT door_let_go($1, $2)', [tenantId, now]);
