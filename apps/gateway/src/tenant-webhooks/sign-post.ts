import { createHmac } from 'node:crypto';
import { signBody } from '#libs/meta-cloud';

/** Headers that a tenant may not set, because we do, or because they belong to the connection. */
export const OUR_HEADERS =
  /^(host|connection|keep-alive|transfer-encoding|content-length|content-type|expect|te|trailer|upgrade|user-agent|proxy-.*|webhook-.*|x-hub-.*|x-paloma-.*)$/i;

/**
 * The headers of one post: Meta's signature (`X-Hub-Signature-256`, HMAC-SHA256 over the exact bytes, keyed with the whole
 * text of the secret) and those of Standard Webhooks 1.0.0 (keyed with the bytes that the secret encodes).
 *
 * @param secrets the current one first; older ones only sign along in the header that has room for several
 * @param at      the instant of the attempt
 */
export function headersOf(
  post: { eventId: string; body: string; custom: Readonly<Record<string, string>> },
  secrets: readonly [string, ...string[]],
  at: Date,
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const own = Object.entries(post.custom).filter(([name]) => !OUR_HEADERS.test(name));
  return {
    ...Object.fromEntries(own),
    'content-type': 'application/json',
    'user-agent': 'Paloma-Webhooks/1',
    'x-hub-signature-256': signBody(post.body, secrets[0]),
    'webhook-id': post.eventId,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets
      .map((s) => standardSignature(s, `${post.eventId}.${timestamp}.${post.body}`))
      .join(' '),
  };
}

/**
 * The signature of Standard Webhooks 1.0.0, keyed with the bytes that the secret encodes. The package `standardwebhooks`,
 * by which tests verify it, hashes in JavaScript and takes four times as long (docs/performance.md).
 */
function standardSignature(secret: string, signed: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
