/** SQLSTATE of a transaction that PostgreSQL ended because it and another one waited for each other. */
const DEADLOCK = '40P01';
const TRIES = 3;

/**
 * Does a transaction again when PostgreSQL ended it for the sake of another one that it had locked out: nothing of it holds,
 * and the other one goes on meanwhile. For those who cannot lock in the order of everybody else.
 *
 * @param transaction may run several times, and does nothing outside its transaction
 */
export async function despiteDeadlock<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await transaction();
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK || tried === TRIES) throw error;
    }
  }
}
