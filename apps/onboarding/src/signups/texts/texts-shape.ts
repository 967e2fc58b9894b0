import type { CauseCode } from '../causes.js';
import type { SignupState } from '../signup-state.js';
import type { StepName } from '../signup-steps.js';

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
