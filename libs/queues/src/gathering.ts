/** Bounds of a wait, in ms. */
export interface Gathering {
  least: number;
  most: number;
}

/**
 * How long a lane that took all there was lets work gather before it looks again: as long as the last turn took. So no lane
 * is busy with itself for more than half of its time, and turns grow with the load instead of becoming more: what a turn
 * costs beside its rows is shared by more of them (docs/performance.md). An idle lane's first work waits for nothing.
 *
 * @param tookMs how long the last turn took
 */
export const gatherMs = (tookMs: number, { least, most }: Gathering): number => Math.min(most, Math.max(least, tookMs));

/** Waits so long. */
export const gather = (tookMs: number, bounds: Gathering): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, gatherMs(tookMs, bounds)));
