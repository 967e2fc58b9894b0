import type { CauseCode } from './causes.js';
import type { Said, SignupFacts } from './signup.entity.js';

/** What an attempt of a step brought. */
export type Outcome =
  | { is: 'done' | 'skipped'; facts?: Partial<SignupFacts>; token?: string; note?: string }
  /** It cannot go on like this; CAUSES says who must act. With `retryInMs` we ask again by ourselves. */
  | { is: 'held-up'; cause: CauseCode; facts?: Partial<SignupFacts>; meta?: Said['meta']; retryInMs?: number };
