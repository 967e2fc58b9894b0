import { randomBytes } from 'node:crypto';
import { hashToken } from '#libs/vault';

const SECRET_BYTES = 32;
const toBytes = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');
const toId = (bytes: Buffer) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/**
 * What a link or a refresh token is: whose row it is for, and a secret that only its holder knows. The row keeps the
 * secret's hash, so nobody has to look across tenants to find it.
 */
export interface Ticket {
  tenantId: string;
  rowId: string;
  /** SHA-256 of the secret. */
  secretHash: Buffer;
}

/** @returns the text to hand out, and the hash to keep */
export function makeTicket(tenantId: string, rowId: string): { text: string; secretHash: Buffer } {
  const secret = randomBytes(SECRET_BYTES);
  return {
    text: Buffer.concat([toBytes(tenantId), toBytes(rowId), secret]).toString('base64url'),
    secretHash: hashToken(secret.toString('hex')),
  };
}

/** @returns undefined for a text that is no ticket */
export function readTicket(text: string): Ticket | undefined {
  if (!/^[\w-]{86}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 32 + SECRET_BYTES) return undefined;
  return {
    tenantId: toId(bytes.subarray(0, 16)),
    rowId: toId(bytes.subarray(16, 32)),
    secretHash: hashToken(bytes.subarray(32).toString('hex')),
  };
}
