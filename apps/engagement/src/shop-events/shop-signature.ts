import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * How both Shopify and WooCommerce sign a webhook: the base64 of HMAC-SHA256 over the raw body (Shopify, "Verify webhook
 * deliveries", header `X-Shopify-Hmac-Sha256`; WooCommerce REST API, webhooks, `X-WC-Webhook-Signature`; both read 2026-11-22).
 *
 * @param body as it came, byte by byte
 */
export const shopSignature = (body: Buffer | string, secret: string): string =>
  createHmac('sha256', secret).update(body).digest('base64');

/** @param given the header; a missing one is simply not right */
export function isSignedByShop(body: Buffer | string, given: string | undefined, secret: string): boolean {
  if (!given) return false;
  const [is, should] = [Buffer.from(given), Buffer.from(shopSignature(body, secret))];
  return is.length === should.length && timingSafeEqual(is, should);
}
