import type { CauseCode } from '../causes.js';
import type { SignupState } from '../signup-state.js';
import type { StepName } from '../signup-steps.js';

export type NoteCode = 'own_payment' | 'sync_too_late' | 'profile_hidden' | 'no_event_yet';
export const NEWS_CODES = [
  'PARTNER_ADDED',
  'PARTNER_REMOVED',
  'ACCOUNT_OFFBOARDED',
  'ACCOUNT_RECONNECTED',
  'ACCOUNT_DELETED',
  'ACCOUNT_RESTRICTION',
  'ACCOUNT_VIOLATION',
  'DISABLED_UPDATE',
  'APPROVED',
  'REJECTED',
  'OTHER',
] as const;
export type NewsCode = (typeof NEWS_CODES)[number];

/** What a merchant reads about a signup, in one language. */
export interface SignupTexts {
  readonly states: Readonly<Record<SignupState, string>>;
  readonly steps: Readonly<Record<StepName, string>>;
  /** What happened, and what helps. */
  readonly causes: Readonly<Record<CauseCode, readonly [what: string, next: string]>>;
  /** Something worth knowing about a step that is no failure. */
  readonly notes: Readonly<Record<NoteCode, string>>;
  /** What Meta told of the account; `{told}` is Meta's own word, for what has no text. */
  readonly news: Readonly<Record<NewsCode, string>>;
  /** What helps where there is no cause. */
  readonly next: {
    readonly connect: string;
    readonly waitForCode: string;
    readonly wait: string;
    readonly live: string;
    readonly payFirst: string;
    readonly namedLate: string;
    readonly cancelled: string;
    readonly retry: string;
  };
}
