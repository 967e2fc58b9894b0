import { createHash } from 'node:crypto';

/** Bytes of a customer's code. */
export const CODE_BYTES = 8;
const DIGITS = /^[1-9]\d{0,14}$/;
const TWO_32 = 2 ** 32;

/**
 * Writes the codes of customers one behind the other. The digits of a number (15 at most, E.164) are the code themselves;
 * of a user id or a group it is 63 bits of a digest: that two of 100,000 share one has a chance of one in two thousand
 * million.
 *
 * @param customers digits without a sign, business-scoped user ids, or ids of groups
 */
export function codesOf(customers: readonly string[]): Buffer {
  const codes = Buffer.allocUnsafe(customers.length * CODE_BYTES);
  for (let i = 0; i < customers.length; i++) {
    const customer = customers[i] as string;
    if (DIGITS.test(customer)) {
      const n = Number(customer);
      codes.writeUInt32BE(Math.floor(n / TWO_32), i * CODE_BYTES);
      codes.writeUInt32BE(n % TWO_32, i * CODE_BYTES + 4);
    } else {
      createHash('sha256')
        .update(customer)
        .digest()
        .copy(codes, i * CODE_BYTES, 0, CODE_BYTES);
      codes[i * CODE_BYTES] = (codes[i * CODE_BYTES] as number) | 0x80;
    }
  }
  return codes;
}
