import type { CauseCode } from '../causes.js';
import type { SignupState } from '../signup-state.js';
import type { StepName } from '../signup-steps.js';
import { en } from './en.js';
import { es } from './es.js';
import type { Language } from './language.js';
import { pt } from './pt.js';

/** What a merchant reads about a signup, in one language. */
export interface SignupTexts {
  readonly states: Readonly<Record<SignupState, string>>;
  readonly steps: Readonly<Record<StepName, string>>;
  /** What happened, and what helps. */
  readonly causes: Readonly<Record<CauseCode, readonly [what: string, next: string]>>;
  /** What helps where there is no cause. */
  readonly next: {
    readonly connect: string;
    readonly waitForCode: string;
    readonly wait: string;
    readonly live: string;
    readonly cancelled: string;
    readonly retry: string;
  };
}

export const SIGNUP_TEXTS: Readonly<Record<Language, SignupTexts>> = { en, es, pt };
