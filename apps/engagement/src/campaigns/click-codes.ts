import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { bytesOfId, idOfBytes } from '#libs/ids';

/** A link of one message. */
export interface ClickedLink {
  tenantId: string;
  messageId: string;
  /** Which of the message's links, from 0. */
  nth: number;
}

const ID_BYTES = 16;
const NAMED_BYTES = 2 * ID_BYTES + 1;
/** Sixty-four bits: who guesses a million a second finds one in three hundred thousand years, and it leads to a shop. */
const SIGNATURE_BYTES = 8;

/** Under this path of the engagement app counted links lead on. */
export const LINK_PATH = '/l/';

/**
 * Writes and reads what stands in a counted link: whose message it is in, and which of its links, signed. It holds no address, so
 * it leads nowhere but to what the merchant put into that message.
 */
@Injectable()
export class ClickCodes {
  /** What counted links begin with. */
  readonly base: string;
  /** One for each encryption key, so that links stay good while keys are exchanged; they end with the key. */
  private readonly keys: readonly Buffer[];

  constructor() {
    const { ENGAGEMENT_PUBLIC_URL, ENCRYPTION_KEYS } = loadConfig(['ENGAGEMENT_PUBLIC_URL', 'ENCRYPTION_KEYS']);
    this.base = ENGAGEMENT_PUBLIC_URL.replace(/\/$/, '') + LINK_PATH;
    this.keys = ENCRYPTION_KEYS.map(({ key }) => Buffer.from(hkdfSync('sha256', key, '', 'paloma click codes', 32)));
  }

  /** @returns 55 characters that need no escaping in an address */
  of({ tenantId, messageId, nth }: ClickedLink): string {
    const [key] = this.keys;
    if (!key) throw new Error('no encryption key');
    const named = Buffer.concat([bytesOfId(tenantId), bytesOfId(messageId), Buffer.of(nth)]);
    return Buffer.concat([named, signatureOf(key, named)]).toString('base64url');
  }

  /** @returns undefined for what we did not write */
  read(code: string): ClickedLink | undefined {
    const given = Buffer.from(code, 'base64url');
    if (given.length !== NAMED_BYTES + SIGNATURE_BYTES) return undefined;
    const [named, signature] = [given.subarray(0, NAMED_BYTES), given.subarray(NAMED_BYTES)];
    if (!this.keys.some((key) => timingSafeEqual(signatureOf(key, named), signature))) return undefined;
    return {
      tenantId: idOfBytes(named.subarray(0, ID_BYTES)),
      messageId: idOfBytes(named.subarray(ID_BYTES, 2 * ID_BYTES)),
      nth: named[NAMED_BYTES - 1] as number,
    };
  }
}

const signatureOf = (key: Buffer, named: Buffer): Buffer =>
  createHmac('sha256', key).update(named).digest().subarray(0, SIGNATURE_BYTES);
