export type StepName =
  | 'dialog'
  | 'exchange-code'
  | 'prove-access'
  | 'save-account'
  | 'subscribe-app'
  | 'register-number'
  | 'import-numbers';
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

/**
 * The steps of an embedded signup, in order. Steps that change something at Meta look for their proof before they act,
 * so an answer that was lost does not make them act twice.
 */
export const STEPS: readonly StepRow[] = [
  { step: 'dialog', by: 'merchant', proof: 'a FINISH event or a code has arrived' },
  { step: 'exchange-code', by: 'us', needs: 'code', proof: 'a business token is kept, sealed' },
  { step: 'prove-access', by: 'us', needs: 'token', proof: 'Graph shows the WABA and its numbers to the token' },
  { step: 'save-account', by: 'us', needs: 'token', proof: 'portfolio, WABA and number are rows of this tenant' },
  { step: 'subscribe-app', by: 'us', needs: 'token', proof: 'Graph lists our app with our callback on the WABA' },
  { step: 'register-number', by: 'us', needs: 'token', proof: 'Graph shows the number CONNECTED on the Cloud API' },
  { step: 'import-numbers', by: 'us', needs: 'token', proof: 'every number of the WABA is saved as Graph shows it' },
];

const ORDER: readonly StepName[] = STEPS.map((row) => row.step);

/** @returns this step and all that come after it */
export const fromStep = (first: StepName): StepName[] => ORDER.slice(ORDER.indexOf(first));

/** @returns our first step that is neither done nor skipped; undefined when nothing is left to do */
export function nextStep(states: ReadonlyMap<StepName, StepState>): StepRow | undefined {
  const isOver = (state: StepState | undefined) => state === 'done' || state === 'skipped';
  return STEPS.find((row) => row.by === 'us' && !isOver(states.get(row.step)));
}
