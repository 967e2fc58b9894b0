import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { loadConfig } from '#libs/config';
import { bytesOfId, idOfBytes } from '#libs/ids';

/** So long an address of a file works; Meta's live as long (business-phone-numbers/media, 2025-12-11). */
export const URL_LIVES_MS = 5 * 60_000;

/** Meta's own path, because 360dialog's clients put our host name into an address of Meta's and keep the rest. */
export const MEDIA_PATH = '/whatsapp_business/attachments';

/** Makes and checks the addresses under which files can be fetched without a key, for a short while. */
@Injectable()
export class MediaUrls {
  private readonly publicUrl: string;
  /** One for each encryption key, so that a rotation does not break the addresses that are out. */
  private readonly keys: readonly Buffer[];

  constructor(@Inject(CLOCK) private readonly clock: Clock) {
    const { PUBLIC_URL, ENCRYPTION_KEYS } = loadConfig(['PUBLIC_URL', 'ENCRYPTION_KEYS']);
    this.publicUrl = PUBLIC_URL;
    this.keys = ENCRYPTION_KEYS.map(({ key }) => Buffer.from(hkdfSync('sha256', key, '', 'paloma media urls', 32)));
  }

  /** An absolute address on our host. */
  of(tenantId: string, mediaId: string): string {
    const expires = Math.floor((this.clock.now().getTime() + URL_LIVES_MS) / 1_000);
    const [key] = this.keys;
    if (!key) throw new Error('no encryption key');
    const hash = Buffer.concat([bytesOfId(tenantId), signatureOf(key, tenantId, mediaId, expires)]);
    const query = new URLSearchParams({ mid: mediaId, ext: String(expires), hash: hash.toString('base64url') });
    return `${this.publicUrl}${MEDIA_PATH}?${query}`;
  }

  /** @returns the file that the address is for; undefined for one that is not ours, was altered or has expired */
  read({ mid, ext, hash }: Readonly<Record<string, unknown>>): { tenantId: string; mediaId: string } | undefined {
    if (typeof mid !== 'string' || typeof ext !== 'string' || typeof hash !== 'string') return undefined;
    const given = Buffer.from(hash, 'base64url');
    const expires = Number(ext);
    if (given.length !== HASH_BYTES || !(expires * 1_000 > this.clock.now().getTime())) return undefined;
    const tenantId = idOfBytes(given.subarray(0, ID_BYTES));
    const signed = this.keys.some((key) =>
      timingSafeEqual(signatureOf(key, tenantId, mid, expires), given.subarray(ID_BYTES)),
    );
    return signed ? { tenantId, mediaId: mid } : undefined;
  }
}

// `hash` is the tenant's id and the signature: the parameters are Meta's three, since some clients copy just these.
const ID_BYTES = 16;
const HASH_BYTES = ID_BYTES + 32;

const signatureOf = (key: Buffer, tenantId: string, mediaId: string, expires: number): Buffer =>
  createHmac('sha256', key)
    .update(JSON.stringify([tenantId, mediaId, expires]))
    .digest();
