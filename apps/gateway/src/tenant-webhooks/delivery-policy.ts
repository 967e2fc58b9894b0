const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How posts to tenants' endpoints are tried. */
export interface DeliveryPolicy {
  /** Gaps after the first, second, ... failed attempt; after the last gap one more attempt, then the post is dead. */
  readonly gapsMs: readonly number[];
  /** Gaps are longer or shorter by up to this share, by chance, so that what failed together does not come back together. */
  readonly jitter: number;
  /** So often a failing post is tried before later posts about the same customer overtake it. */
  readonly holdAttempts: number;
  /** How long an endpoint may take to answer. */
  readonly timeoutMs: number;
  /** Posts in flight per endpoint while it is well. */
  readonly window: number;
  /** After so many failures in a row the endpoint is left in peace. */
  readonly breakAfter: number;
  /** For how long, the first, second, ... time in a row; the last one repeats. Then a single post tries whether it is back. */
  readonly restsMs: readonly number[];
  /** An endpoint that has failed at every try for so long is switched off, and the tenant's other endpoints are told. */
  readonly disableAfterMs: number;
}

export const DELIVERY_POLICY = Symbol('DeliveryPolicy');

/** Retries reach seven days after the event, as long as Meta's own (webhooks overview, 2025-12-02). */
export const PALOMAS_DELIVERY: DeliveryPolicy = {
  gapsMs: [
    5 * SECOND,
    30 * SECOND,
    2 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    1 * HOUR,
    2 * HOUR,
    4 * HOUR,
    8 * HOUR,
    12 * HOUR,
    ...Array.from({ length: 6 }, () => 24 * HOUR - 20 * MINUTE),
  ],
  jitter: 0.1,
  holdAttempts: 3,
  timeoutMs: 10 * SECOND,
  window: 8,
  breakAfter: 8,
  restsMs: [10 * SECOND, 30 * SECOND, 1 * MINUTE, 5 * MINUTE],
  disableAfterMs: 5 * 24 * HOUR,
};

/** A gap with its jitter. @param chance from 0 to 1 */
export const jittered = (gapMs: number, jitter: number, chance: number): number =>
  Math.round(gapMs * (1 + jitter * (2 * chance - 1)));
