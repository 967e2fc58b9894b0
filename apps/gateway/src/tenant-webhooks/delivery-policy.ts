const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How posts to tenants' endpoints are tried. */
export interface DeliveryPolicy {
  /** Gaps after the first, second, ... failed attempt; after the last gap one more attempt, then the post is dead. */
  readonly gapsMs: readonly number[];
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
  holdAttempts: 3,
  timeoutMs: 10 * SECOND,
  window: 8,
  breakAfter: 8,
  restsMs: [10 * SECOND, 30 * SECOND, 1 * MINUTE, 5 * MINUTE],
};
