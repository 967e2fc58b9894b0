import type { SignupState } from './signup-state.js';
import type { SignupKind } from './signup-steps.js';

export type CauseCode =
  | 'code_expired'
  | 'code_used'
  | 'code_refused'
  | 'nothing_shared'
  | 'access_refused'
  | 'token_lost'
  | 'partner_removed'
  | 'account_deleted'
  | 'waba_taken'
  | 'number_taken'
  | 'business_taken'
  | 'business_unknown'
  | 'no_number'
  | 'number_unverified'
  | 'code_needed'
  | 'pin_mismatch'
  | 'pin_locked'
  | 'register_limit'
  | 'credit_refused'
  | 'account_blocked'
  | 'number_pending'
  | 'platform_misconfigured'
  | 'meta_unavailable'
  | 'meta_refused'
  | 'internal';

/** What helps: open Meta's dialog (again), prove the number with a code, try again here, wait, or ask the provider's support. */
export type ActionKind = 'connect' | 'verify' | 'retry' | 'wait' | 'support' | 'none';
export type Who = 'merchant' | 'meta' | 'provider' | 'nobody';

interface Cause {
  state: SignupState;
  who: Who;
  action: ActionKind;
  /** Meta refuses until a time is over, whatever else it tells of the account meanwhile. */
  onlyTimeHelps?: true;
}

/** In which state a cause leaves the signup, and who can do what about it. Texts for people are in texts/. */
export const CAUSES: Readonly<Record<CauseCode, Cause>> = {
  // The dialog gives a new code, so these wait for the merchant to open it once more.
  code_expired: { state: 'waiting-for-merchant', who: 'merchant', action: 'connect' },
  code_used: { state: 'waiting-for-merchant', who: 'merchant', action: 'connect' },
  code_refused: { state: 'waiting-for-merchant', who: 'merchant', action: 'connect' },
  nothing_shared: { state: 'waiting-for-merchant', who: 'merchant', action: 'connect' },
  access_refused: { state: 'waiting-for-merchant', who: 'merchant', action: 'connect' },
  token_lost: { state: 'waiting-for-merchant', who: 'merchant', action: 'connect' },
  partner_removed: { state: 'waiting-for-merchant', who: 'merchant', action: 'connect' },
  account_deleted: { state: 'waiting-for-merchant', who: 'merchant', action: 'connect' },
  no_number: { state: 'waiting-for-merchant', who: 'merchant', action: 'connect' },
  code_needed: { state: 'waiting-for-merchant', who: 'merchant', action: 'verify' },
  // The merchant mends something elsewhere and tries again.
  number_unverified: { state: 'failed', who: 'merchant', action: 'connect' },
  pin_mismatch: { state: 'failed', who: 'merchant', action: 'retry' },
  // One of Meta's ids belongs to one tenant only.
  waba_taken: { state: 'failed', who: 'merchant', action: 'support' },
  number_taken: { state: 'failed', who: 'merchant', action: 'support' },
  business_taken: { state: 'failed', who: 'merchant', action: 'support' },
  business_unknown: { state: 'failed', who: 'merchant', action: 'connect' },
  account_blocked: { state: 'failed', who: 'merchant', action: 'retry' },
  // Time helps.
  pin_locked: { state: 'waiting-for-meta', who: 'meta', action: 'wait', onlyTimeHelps: true },
  register_limit: { state: 'waiting-for-meta', who: 'meta', action: 'wait', onlyTimeHelps: true },
  number_pending: { state: 'waiting-for-meta', who: 'meta', action: 'wait' },
  internal: { state: 'working', who: 'nobody', action: 'wait' },
  meta_unavailable: { state: 'working', who: 'nobody', action: 'wait' },
  // The provider mends it.
  credit_refused: { state: 'failed', who: 'provider', action: 'support' },
  platform_misconfigured: { state: 'failed', who: 'provider', action: 'support' },
  meta_refused: { state: 'failed', who: 'provider', action: 'retry' },
};

/**
 * What a cause comes to in a signup of a kind. Where the provider carries out an application there is no dialog with which
 * to connect again: account and token are the provider's own, and only the number is proven by the merchant.
 */
export function causeIn(kind: SignupKind, cause: CauseCode): CauseCode {
  if (kind === 'embedded' || CAUSES[cause].action !== 'connect') return cause;
  return cause === 'number_unverified' ? 'code_needed' : 'meta_refused';
}
