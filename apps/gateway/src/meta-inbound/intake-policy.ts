/** How patient the intake is. */
export interface IntakePolicy {
  /** So many events of a route are applied in one transaction at most. */
  readonly batch: number;
  /** An event that speaks of something we do not know yet is tried again after this long, and given up after that long. */
  readonly waitMs: number;
  readonly patienceMs: number;
  /** Gaps before further attempts at an event whose handling threw; after the last one it is parked. */
  readonly retryGapsMs: readonly number[];
  /** How long the provider keeps looking for the tenant of an event. */
  readonly unclaimedMs: number;
}

export const INTAKE_POLICY = Symbol('IntakePolicy');

/**
 * A status overtakes the answer to our own call by milliseconds, a template's review the answer to its creation by
 * seconds; a minute is far beyond both. Meta itself retries a webhook for seven days, and so long we look for its tenant.
 */
export const PALOMAS_INTAKE: IntakePolicy = {
  batch: 200,
  waitMs: 500,
  patienceMs: 60_000,
  retryGapsMs: [1_000, 5_000, 30_000],
  unclaimedMs: 7 * 86_400_000,
};
