import type { Readable } from 'node:stream';

/** Names an object: one per tenant and content. */
export interface ObjectKey {
  tenantId: string;
  /** Hex, 64 digits. */
  sha256: string;
}

/** Bytes `from` to `to` of a file, both included. */
export interface ByteRange {
  from: number;
  to: number;
}

/** Where bytes are kept. Objects are named after their content, so putting one again changes nothing. */
export interface ObjectStore {
  /** A folder on this machine's disk in which files are received; for the folder store on the same disk as the store. */
  readonly spoolFolder: string;
  /**
   * Keeps the bytes of a file; when it resolves they are safe.
   *
   * @param file path of a complete file of `size` bytes; the store may move it away
   */
  put(key: ObjectKey, file: string, size: number): Promise<void>;
  /** @throws NoSuchBytesError */
  open(key: ObjectKey, range?: ByteRange): Promise<Readable>;
  /** Takes the bytes away; that they are not there is fine. */
  remove(key: ObjectKey): Promise<void>;
}

export const OBJECT_STORE = Symbol('ObjectStore');

/** A row names bytes that the store does not have: somebody took them away behind our back. */
export class NoSuchBytesError extends Error {
  override name = 'NoSuchBytesError';
  constructor(key: ObjectKey, options?: ErrorOptions) {
    super(`the media store has no object ${key.tenantId}/${key.sha256}`, options);
  }
}
