/** A call's key, kept in the statement that stores its message: both or neither. */
export interface AcceptOnce {
  key: string;
  fingerprint: Buffer;
  keptUntil: Date;
  /** What will be answered, as it is kept. */
  answer: (ref: string) => string;
}

/** The key is in use: its message was accepted before, and this one was not stored. */
export class KeyInUseError extends Error {
  override name = 'KeyInUseError';
}

/** The tenant's wallet does not cover the message; it was not stored. */
export class NotCoveredError extends Error {
  override name = 'NotCoveredError';
}
