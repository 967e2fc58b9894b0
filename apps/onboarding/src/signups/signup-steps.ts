/** How the merchant came: through Meta's dialog, or by an application that the provider carries out. */
export type SignupKind = 'embedded' | 'classic';

export type StepName =
  | 'create-account'
  | 'add-number'
  | 'verify-number'
  | 'dialog'
  | 'exchange-code'
  | 'prove-access'
  | 'save-account'
  | 'subscribe-app'
  | 'share-credit'
  | 'register-number'
  | 'sync-app'
  | 'import-numbers'
  | 'import-profile'
  | 'hear-from-meta';
export type StepState = 'todo' | 'done' | 'failed' | 'skipped';

export interface StepRow {
  readonly step: StepName;
  /** The merchant does the first one in Meta's dialog, we do the others. */
  readonly by: 'merchant' | 'us';
  /** What must be at hand before it can begin. */
  readonly needs?: 'code' | 'token';
  /** By what we know that it has been done, so that it can be repeated after a crash without harm. */
  readonly proof: string;
}

const LAST: readonly StepRow[] = [
  { step: 'subscribe-app', by: 'us', needs: 'token', proof: 'Graph lists our app with our callback on the WABA' },
  { step: 'share-credit', by: 'us', needs: 'token', proof: 'Graph shows who pays for the WABA' },
  { step: 'register-number', by: 'us', needs: 'token', proof: 'Graph shows the number CONNECTED on the Cloud API' },
  { step: 'sync-app', by: 'us', needs: 'token', proof: 'Meta says that contacts and history were asked for' },
  { step: 'import-numbers', by: 'us', needs: 'token', proof: 'every number of the WABA is saved as Graph shows it' },
  { step: 'import-profile', by: 'us', needs: 'token', proof: 'what customers see of the business is saved' },
  { step: 'hear-from-meta', by: 'us', proof: 'an event of the account has reached us' },
];

/**
 * The steps of an embedded signup, in order. Steps that change something at Meta look for their proof before they act,
 * so an answer that was lost does not make them act twice.
 */
export const STEPS: readonly StepRow[] = [
  { step: 'dialog', by: 'merchant', proof: 'a FINISH event or a code has arrived' },
  { step: 'exchange-code', by: 'us', needs: 'code', proof: 'a business token is kept, sealed' },
  { step: 'prove-access', by: 'us', needs: 'token', proof: 'Graph shows the WABA and its numbers to the token' },
  { step: 'save-account', by: 'us', needs: 'token', proof: 'portfolio, WABA and number are rows of this tenant' },
  ...LAST,
];

/**
 * The steps of a signup that the provider carries out for an approved application: account and number are made through
 * Graph, and the merchant proves the number with a code.
 */
export const CLASSIC_STEPS: readonly StepRow[] = [
  { step: 'create-account', by: 'us', proof: "the WABA bears the application's mark in its name, or its id is kept" },
  { step: 'prove-access', by: 'us', needs: 'token', proof: 'Graph shows the WABA to the token' },
  { step: 'add-number', by: 'us', needs: 'token', proof: 'Graph lists the number on the WABA' },
  { step: 'save-account', by: 'us', needs: 'token', proof: 'portfolio, WABA and number are rows of this tenant' },
  { step: 'verify-number', by: 'us', needs: 'token', proof: 'Graph shows the number VERIFIED' },
  ...LAST,
];

export const stepsOf = (kind: SignupKind): readonly StepRow[] => (kind === 'embedded' ? STEPS : CLASSIC_STEPS);

/** @returns this step and all that come after it @throws Error for a step that a signup of this kind does not have */
export function fromStep(first: StepName, kind: SignupKind = 'embedded'): StepName[] {
  const order = stepsOf(kind).map((row) => row.step);
  const at = order.indexOf(first);
  if (at < 0) throw new Error(`a signup that is ${kind} has no step ${first}`);
  return order.slice(at);
}

/** @returns our first step that is neither done nor skipped; undefined when nothing is left to do */
export function nextStep(states: ReadonlyMap<StepName, StepState>, kind: SignupKind = 'embedded'): StepRow | undefined {
  const isOver = (state: StepState | undefined) => state === 'done' || state === 'skipped';
  return stepsOf(kind).find((row) => row.by === 'us' && !isOver(states.get(row.step)));
}

/** @returns whether a step is over, and all of ours before it */
export function isPast(
  step: StepName,
  states: ReadonlyMap<StepName, StepState>,
  kind: SignupKind = 'embedded',
): boolean {
  const next = nextStep(states, kind);
  return !next || !fromStep(next.step, kind).includes(step);
}
