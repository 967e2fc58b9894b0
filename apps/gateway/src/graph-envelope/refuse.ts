import { REFUSALS, type RefusalCode } from '#libs/error-catalogue';
import { Refusal } from '#libs/http';
import { TransportRefusal, TransportUnreachable } from '#libs/message-transport';

/** Seconds to wait where nothing more exact is known and waiting helps. */
const SOME_SECONDS = 5;

/**
 * A refusal of the catalogue, to be thrown.
 *
 * @param code    decides HTTP status and Meta's code
 * @param details the fix, for a person
 */
export function refuse(code: RefusalCode, details: string, retryAfterSeconds?: number): Refusal {
  const { httpStatus, waitHelps } = REFUSALS[code];
  const wait = retryAfterSeconds ?? (waitHelps ? SOME_SECONDS : undefined);
  return new Refusal(httpStatus, code, details, wait === undefined ? {} : { retryAfterSeconds: wait });
}

/** What is missing and what is another tenant's get the same words, or ids could be guessed. */
export const unknownObject = (metaId: string): Refusal =>
  refuse(
    'unknown_object',
    `There is no object with id ${metaId.slice(0, 64)} that this key can reach. Check the id, and that the key belongs to its tenant.`,
  );

/** Meta's own refusal of a call that we passed on: it leaves as it came. */
export class MetaRefused extends Refusal {
  override name = 'MetaRefused';
  constructor(readonly error: TransportRefusal) {
    super(error.httpStatus, 'meta_refused', error.details ?? error.message, { cause: error });
  }
}

/** Turns what a call to Graph threw into what the tenant is answered. */
export function fromGraph(thrown: unknown): unknown {
  if (thrown instanceof TransportRefusal) {
    // 5xx and 401 speak of us and our token, not of the tenant and its key.
    if (thrown.httpStatus === 401) {
      return refuse(
        'number_disconnected',
        'Meta no longer accepts our access to this account. Connect it again in the onboarding app.',
      );
    }
    return thrown.httpStatus >= 500 && thrown.code === 0
      ? refuse('temporarily_unavailable', 'Meta did not answer properly. Try again shortly.')
      : new MetaRefused(thrown);
  }
  if (thrown instanceof TransportUnreachable) {
    return refuse(
      'temporarily_unavailable',
      thrown.sent
        ? 'Meta did not answer, so it may or may not have been done. Look before you try again.'
        : 'Meta could not be reached; nothing was done. Try again shortly.',
    );
  }
  return thrown;
}
