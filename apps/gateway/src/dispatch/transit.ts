/** Among so many calls over such a time one was as quick as it gets. */
const WINDOW_MS = 1_000;
const WINDOW_CALLS = 50;

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

  /** @returns the latest moment at which the call counts as arrived, from its start up to its answer */
  arrivedBy(startedAt: number, answeredAt: number): number {
    const took = answeredAt - startedAt;
    if (this.calls === 0) this.windowSince = answeredAt;
    this.calls++;
    this.quickestNow = Math.min(this.quickestNow, took);
    const quickest = Math.min(this.quickestBefore, this.quickestNow);
    if (this.calls >= WINDOW_CALLS && answeredAt - this.windowSince >= WINDOW_MS) {
      this.quickestBefore = this.quickestNow;
      this.quickestNow = Number.POSITIVE_INFINITY;
      this.calls = 0;
    }
    return startedAt + took - quickest;
  }
}
