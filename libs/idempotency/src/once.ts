import { createHash } from 'node:crypto';
import type { Answered, IdempotencyKeys, KeyedCall } from './idempotency-keys.js';

/** How a call's key is stored with what the call does, in the statement that does it. */
export interface KeyToKeep {
  key: string;
  fingerprint: Buffer;
  keptUntil: Date;
  /** The answer as it is kept. */
  seal: (body: unknown) => string;
}

/** One call that its tenant marked with an Idempotency-Key. */
export class Once {
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly call: Omit<KeyedCall, 'fingerprint'>,
    /** Method, path and body, as far as it is known before the handler runs. */
    private readonly says: string,
  ) {}

  /** What it was answered before. @throws Refusal 409 when the key stands for another call */
  answered(): Promise<Answered | undefined> {
    return this.keys.answerOf(this.keyed(''));
  }

  /**
   * Does the call once.
   *
   * @param more what else makes it this call and no other, such as the hash of an uploaded file
   * @returns the answer of the first
   */
  async run<T>(work: () => Promise<T>, more = ''): Promise<T> {
    return (await this.keys.once(this.keyed(more), work)).body as T;
  }

  /** For a handler that stores the key itself. */
  toKeep(): KeyToKeep {
    const call = this.keyed('');
    return {
      key: call.key,
      fingerprint: call.fingerprint,
      keptUntil: this.keys.keptUntil(),
      seal: (body) => this.keys.sealed(call, body),
    };
  }

  private keyed(more: string): KeyedCall {
    return { ...this.call, fingerprint: createHash('sha256').update(this.says).update('\n').update(more).digest() };
  }
}
