import { metaError } from '#libs/error-catalogue';
import { GraphError, GraphUnreachableError } from '#libs/meta-cloud';
import { TakenByAnotherTenantError } from '#libs/wabas';
import type { CauseCode } from './causes.js';
import type { Outcome } from './outcome.js';
import type { Said } from './signup.entity.js';
import type { StepName } from './signup-steps.js';

/** Waits before attempt 2, 3, ...; the last one repeats. Meta's outages last minutes to hours. */
const RETRY_AFTER_MS = [500, 2_000, 10_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];
/** About half a day of outage; then a person should look. */
const MOST_ATTEMPTS = 20;
/** A PIN guessed too often or too fast (133008, 133009): Meta names no time, an hour is what clients report. */
const PIN_LOCK_MS = 3_600_000;

/** The wait before the next attempt in milliseconds, absent when there should be none. */
export const tryAgain = (attempts: number): { retryInMs?: number } =>
  attempts < MOST_ATTEMPTS
    ? { retryInMs: RETRY_AFTER_MS[Math.min(Math.max(attempts, 1), RETRY_AFTER_MS.length) - 1] as number }
    : {};

interface Meaning {
  code: number;
  subcode?: number;
  step?: StepName;
  cause: CauseCode;
}

/** What Meta's refusals mean in a signup; the first row that fits. What is in no row is `meta_refused`. */
const MEANINGS: readonly Meaning[] = [
  { step: 'exchange-code', code: 100, subcode: 36007, cause: 'code_expired' },
  { step: 'exchange-code', code: 100, subcode: 36009, cause: 'code_used' },
  { step: 'exchange-code', code: 101, cause: 'platform_misconfigured' }, // app id and secret do not match
  { step: 'exchange-code', code: 100, cause: 'code_refused' },
  { step: 'prove-access', code: 100, subcode: 33, cause: 'access_refused' },
  // With the provider's own token: what is wrong is the provider's to mend.
  { step: 'share-credit', code: 10, cause: 'credit_refused' },
  { step: 'share-credit', code: 190, cause: 'platform_misconfigured' },
  { step: 'share-credit', code: 100, cause: 'credit_refused' },
  { code: 10, cause: 'access_refused' },
  { code: 200, cause: 'access_refused' },
  { code: 190, cause: 'token_lost' },
  { code: 102, cause: 'token_lost' },
  { step: 'subscribe-app', code: 2200, cause: 'platform_misconfigured' }, // our callback did not answer the handshake
  { step: 'register-number', code: 133005, cause: 'pin_mismatch' },
  { step: 'register-number', code: 133006, cause: 'number_unverified' },
  { step: 'register-number', code: 133008, cause: 'pin_locked' },
  { step: 'register-number', code: 133009, cause: 'pin_locked' },
  { step: 'register-number', code: 133016, cause: 'register_limit' },
  { code: 131031, cause: 'account_blocked' },
  { code: 368, cause: 'account_blocked' },
];

const meaningOf = (step: StepName, error: GraphError): CauseCode =>
  MEANINGS.find(
    (m) =>
      m.code === error.code &&
      (m.subcode === undefined || m.subcode === error.subcode) &&
      (m.step === undefined || m.step === step),
  )?.cause ?? 'meta_refused';

/** Meta repeats what it was given in some messages ("Malformed access token ..."). */
const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((clean, secret) => (secret ? clean.replaceAll(secret, '[hidden]') : clean), text);

function whatMetaSaid(error: GraphError, secrets: readonly string[]): NonNullable<Said['meta']> {
  const { title, advice } = metaError(error.code, error.subcode);
  return {
    http_status: error.httpStatus,
    code: error.code,
    ...(error.subcode === undefined ? {} : { subcode: error.subcode }),
    message: withoutSecrets(error.message, secrets),
    ...(error.details === undefined ? {} : { details: withoutSecrets(error.details, secrets) }),
    title,
    advice,
  };
}

/** A refusal that the same call may be spared in a while: Meta's own trouble, or too many calls. */
function isTransient(error: GraphError): boolean {
  if (metaError(error.code, error.subcode).retry === 'backoff' || error.httpStatus === 429) return true;
  // Some errors of the app and of permissions come with 500 as well, so a listed code decides before the status does.
  const listed = metaError(error.code, error.subcode).title !== 'Unlisted error';
  return error.httpStatus >= 500 && !listed;
}

/**
 * What trouble in a step means and what follows from it.
 *
 * @param attempts how often the step has been tried, this time included
 * @param secrets  texts that must not be kept: code, token, PIN, app secret
 * @returns undefined for a surprise: it belongs in the log and the lane tries again
 */
export function judgeTrouble(
  thrown: unknown,
  step: StepName,
  attempts: number,
  secrets: readonly string[],
): Outcome | undefined {
  if (thrown instanceof TakenByAnotherTenantError) {
    const cause = { waba: 'waba_taken', phone_number: 'number_taken', business: 'business_taken' } as const;
    return { is: 'held-up', cause: cause[thrown.kind] };
  }
  const again = tryAgain(attempts);
  if (thrown instanceof GraphUnreachableError) return { is: 'held-up', cause: 'meta_unavailable', ...again };
  if (!(thrown instanceof GraphError)) return undefined;
  const meta = whatMetaSaid(thrown, secrets);
  if (isTransient(thrown)) return { is: 'held-up', cause: 'meta_unavailable', meta, ...again };
  const cause = meaningOf(step, thrown);
  if (cause === 'pin_locked') return { is: 'held-up', cause, meta, retryInMs: PIN_LOCK_MS };
  const { retry, waitSeconds } = metaError(thrown.code, thrown.subcode);
  if (retry === 'later' && waitSeconds !== undefined) {
    const known = cause === 'meta_refused' ? 'number_pending' : cause;
    return { is: 'held-up', cause: known, meta, retryInMs: waitSeconds * 1_000 };
  }
  return { is: 'held-up', cause, meta };
}
