import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Meta's signature of a webhook: `X-Hub-Signature-256: sha256=<hex HMAC-SHA256 of the raw body, keyed with the app
 * secret>` (Meta, "Create a webhook endpoint", 2025-11-07). We sign what we post to tenants in the same manner.
 */
export const signBody = (body: Buffer | string, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/**
 * @param header  as received; a missing or malformed one is simply not valid
 * @param secrets the current one and those that are being rotated out
 */
export function isSignedBy(body: Buffer | string, header: string | undefined, secrets: readonly string[]): boolean {
  if (!header) return false;
  const given = Buffer.from(header);
  return secrets.some((secret) => {
    const wanted = Buffer.from(signBody(body, secret));
    return wanted.length === given.length && timingSafeEqual(wanted, given);
  });
}
