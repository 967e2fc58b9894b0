/** Among so many calls over such a time one was as quick as it gets. */
const WINDOW_MS = 1_000;
const WINDOW_CALLS = 50;
/**
 * But not of the first windows: a process that has just begun hears answers late, and its connections are new. The bound
 * was wrong by up to 2.1 ms in the second after the first window, later by 0.7 at most (one number at 1,000/s for a minute,
 * nine runs of 2026-11-24).
 */
const UNSURE_WINDOWS = 3;
const UNSURE_MS = 3;

/**
 * How late a call can have arrived, from how long its answer took. What even the quickest recent call needed is the way
 * itself and Meta's own work, the same for all, and moves all arrivals alike; only what a call took longer may have been
 * spent before it arrived. Times are of a steady clock, in ms.
 */
export class Transit {
  // Until a whole window was seen nothing is known: all of the time may have been spent on the way.
  private quickestBefore = 0;
  private quickestNow = Number.POSITIVE_INFINITY;
  private calls = 0;
  private windowSince = 0;
  private windows = 0;

  /** @returns the latest moment at which the call counts as arrived, from its start up to its answer */
  arrivedBy(startedAt: number, answeredAt: number): number {
    const took = answeredAt - startedAt;
    if (this.calls === 0) this.windowSince = answeredAt;
    this.calls++;
    this.quickestNow = Math.min(this.quickestNow, took);
    const seen = Math.min(this.quickestBefore, this.quickestNow);
    const quickest = this.windows > UNSURE_WINDOWS ? seen : Math.max(0, seen - UNSURE_MS);
    if (this.calls >= WINDOW_CALLS && answeredAt - this.windowSince >= WINDOW_MS) {
      this.quickestBefore = this.quickestNow;
      this.quickestNow = Number.POSITIVE_INFINITY;
      this.calls = 0;
      this.windows++;
    }
    return startedAt + took - quickest;
  }
}
