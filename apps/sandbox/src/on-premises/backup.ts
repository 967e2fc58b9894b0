import { createHash } from 'node:crypto';
import type { PhoneNumber } from '../state/records.js';

const sealOf = (password: string, digits: string) =>
  createHash('sha256').update(`${password}\n${digits}`).digest('hex');

/** What `/v1/settings/backup` gives out: with its password it proves the registration of a number. Opaque at Meta. */
export const makeBackup = (number: PhoneNumber, password: string): string =>
  Buffer.from(JSON.stringify({ digits: number.digits, seal: sealOf(password, number.digits) })).toString('base64');

/** The digits of the number, if the password fits. */
export function readBackup(password: unknown, data: unknown): string | undefined {
  try {
    const { digits, seal } = JSON.parse(Buffer.from(String(data), 'base64').toString()) as Record<string, unknown>;
    return typeof digits === 'string' && seal === sealOf(String(password), digits) ? digits : undefined;
  } catch {
    return undefined;
  }
}
