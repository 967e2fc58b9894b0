import { createHmac } from 'node:crypto';

/** JSON as Meta writes it: non-ASCII as `\uXXXX` and `/` as `\/` (meta/webhooks.md §1), so receivers must use raw bytes. */
export function metaJson(body: unknown): string {
  return JSON.stringify(body)
    .replace(/\//g, '\\/')
    .replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Value of `X-Hub-Signature-256`: HMAC-SHA256 of the bytes sent, keyed with the app secret. */
export const sign = (payload: string, appSecret: string) =>
  `sha256=${createHmac('sha256', appSecret).update(payload).digest('hex')}`;
