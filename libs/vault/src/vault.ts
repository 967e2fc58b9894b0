import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { EncryptionKey } from '#libs/config';

/**
 * Encrypts what we must be able to read again (Meta tokens, PINs, webhook secrets): AES-256-GCM with the id of the key
 * beside the ciphertext, so that keys can be rotated. The context (what the secret belongs to) is authenticated: a
 * ciphertext copied to another row does not open there.
 */
export class Vault {
  private readonly byId: ReadonlyMap<string, Buffer>;
  private readonly current: EncryptionKey;

  constructor(keys: readonly EncryptionKey[]) {
    const [first] = keys;
    if (!first) throw new Error('a vault needs a key');
    this.current = first;
    this.byId = new Map(keys.map((k) => [k.id, k.key]));
  }

  /** Id of the key that seals. */
  get currentKeyId(): string {
    return this.current.id;
  }

  /** Ids of all keys that open, the current one first. */
  get keyIds(): string[] {
    return [...this.byId.keys()];
  }

  /** @returns `v1.<key id>.<base64url of nonce, tag and ciphertext>` */
  seal(secret: string, context: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.current.key, nonce).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return `v1.${this.current.id}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
  }

  /** @throws Error if the key is not in the ring, the text was altered or the context is another */
  open(sealed: string, context: string): string {
    const [version, keyId, encoded] = sealed.split('.');
    const key = keyId === undefined ? undefined : this.byId.get(keyId);
    if (version !== 'v1' || !key || !encoded) throw new Error('sealed with a key that is not in ENCRYPTION_KEYS');
    const bytes = Buffer.from(encoded, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  }

  /**
   * Signs a text so that whoever holds the database alone cannot: HMAC-SHA-256 under a key drawn from the current one.
   *
   * @param context what the signature is for; it is worthless for anything else
   * @returns `<key id>.<base64url>`
   */
  sign(text: string, context: string): string {
    return `${this.current.id}.${mac(this.current.key, text, context).toString('base64url')}`;
  }

  /** @returns 'wrong' for another text or context; 'no-key' when it was signed with a key that is not in the ring */
  judgeSignature(signature: string, text: string, context: string): 'right' | 'wrong' | 'no-key' {
    const [keyId = '', encoded = ''] = signature.split('.');
    const key = this.byId.get(keyId);
    if (!key) return 'no-key';
    const [given, made] = [Buffer.from(encoded, 'base64url'), mac(key, text, context)];
    return given.length === made.length && timingSafeEqual(given, made) ? 'right' : 'wrong';
  }

  /** Whether a stored secret should be sealed again because its key is no longer the current one. */
  isStale(sealed: string): boolean {
    return sealed.split('.')[1] !== this.current.id;
  }
}

const mac = (key: Buffer, text: string, context: string): Buffer =>
  createHmac('sha256', Buffer.from(hkdfSync('sha256', key, '', `paloma signature: ${context}`, 32)))
    .update(text)
    .digest();

/** For what we only compare (API keys, one-time links): high-entropy tokens need no slow hash. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();
