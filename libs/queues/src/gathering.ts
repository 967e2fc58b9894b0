/** How long work gathers: so many times as long as the last turn took, between bounds in ms. */
export interface Gathering {
  times: number;
  least: number;
  most: number;
}

/**
 * How long a lane that took all there was lets work gather before it looks again. So a lane that waits four times as long as
 * it works is busy with itself for no more than a fifth of its time, and turns grow with the load instead of becoming more:
 * what a turn costs beside its rows is shared by more of them (docs/performance.md). An idle lane's first work waits for
 * nothing.
 *
 * @param tookMs how long the last turn took
 */
export const gatherMs = (tookMs: number, { times, least, most }: Gathering): number =>
  Math.min(most, Math.max(least, times * tookMs));

/** Waits so long; where lanes share places, `Turn.rest` does. */
export const gather = (tookMs: number, bounds: Gathering): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, gatherMs(tookMs, bounds)));
