import type { Tx } from '#libs/persistence';
import { PhoneNumber } from './entities.js';

/** register and deregister of a number together, whoever makes them (Meta, registration, 2025-11-04). */
const REGISTRATIONS = { most: 10, withinMs: 72 * 3_600_000 } as const;

/**
 * @param made instants of registrations and deregistrations, oldest first
 * @returns those that still count; when the next may be tried, if not now
 */
export function registrationsLeft(made: readonly Date[], now: Date): { counted: Date[]; retryAt?: Date } {
  const counted = made.filter((at) => at.getTime() > now.getTime() - REGISTRATIONS.withinMs);
  const oldest = counted.at(-REGISTRATIONS.most);
  if (!oldest) return { counted };
  return { counted, retryAt: new Date(oldest.getTime() + REGISTRATIONS.withinMs) };
}

/**
 * Counts a registration or deregistration before Meta is asked for it, because one that Meta refuses may count there too.
 *
 * @returns when it may be tried, if ten count already; then nothing is counted and Meta is not to be asked
 */
export async function countRegistration(
  tx: Tx,
  tenantId: string,
  phoneNumberId: string,
  now: Date,
): Promise<Date | undefined> {
  const numbers = tx.getRepository(PhoneNumber);
  const number = await numbers.findOne({ where: { tenantId, phoneNumberId }, lock: { mode: 'pessimistic_write' } });
  if (!number) return undefined;
  const { counted, retryAt } = registrationsLeft(number.registrations, now);
  if (retryAt) return retryAt;
  await numbers.update({ tenantId, phoneNumberId }, { registrations: [...counted, now] });
  return undefined;
}
