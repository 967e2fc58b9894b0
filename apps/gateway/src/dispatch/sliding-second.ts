/**
 * A second, a millisecond for who counts in whole ones, and one by which two machines' clocks or the bound on a call's
 * arrival may differ meanwhile. Each ms more is lost in every second: with 5 a number at 1,000/s made 990.
 */
const SECOND_MS = 1_002;

/**
 * Never more than so many sends in any second at Meta's end. When a call arrives there is not known here: somewhere
 * between its start and its answer. So a place is taken when a call starts, and is free again a second after the latest
 * moment at which the call can have arrived (`Transit` says how late that was); a call without an answer keeps its
 * place. Then no second at Meta's end, wherever it begins, sees more than the allowance, however unevenly calls travel.
 * Times are of a steady clock, in ms.
 */
export class SlidingSecond {
  private underWay = 0;
  /** When each place is free again, soonest first. */
  private readonly freeAt: number[] = [];

  constructor(public perSecond: number) {}

  /**
   * How many sends are allowed right now.
   *
   * @param aheadMs counts the places, too, that will be free so soon
   */
  room(now: number, aheadMs = 0): number {
    const due = this.freeBy(now);
    if (due > 0) this.freeAt.splice(0, due);
    const taken = this.freeAt.length - this.freeBy(now + aheadMs);
    return Math.max(0, this.perSecond - this.underWay - taken);
  }

  /** How long until a place is free, in ms; 0: now. Infinity: not before a call has its answer. */
  waitMs(now: number): number {
    if (this.room(now) > 0) return 0;
    const over = this.underWay + this.freeAt.length - this.perSecond;
    return (this.freeAt[over] ?? Number.POSITIVE_INFINITY) - now;
  }

  /** Takes places for calls that are about to start. */
  start(count: number): void {
    this.underWay += count;
  }

  /** A call has its answer, or will never have one. @param arrivedBy the latest moment at which it can have arrived */
  end(arrivedBy: number): void {
    this.underWay--;
    this.insert(arrivedBy + SECOND_MS);
  }

  /** A call was not made after all. */
  cancel(): void {
    this.underWay--;
  }

  /** Counts what others have just sent or received: customers, or the process that had the number before. */
  count(messages: number, now: number): void {
    // More than the allowance would only say the same for longer.
    for (let i = 0; i < Math.min(messages, this.perSecond); i++) this.insert(now + SECOND_MS);
  }

  private freeBy(instant: number): number {
    let free = 0;
    while (free < this.freeAt.length && (this.freeAt[free] as number) <= instant) free++;
    return free;
  }

  /** All but sorted already: calls mostly end in the order in which they started. */
  private insert(freeAt: number): void {
    const places = this.freeAt;
    let i = places.push(freeAt) - 1;
    for (; i > 0 && (places[i - 1] as number) > freeAt; i--) places[i] = places[i - 1] as number;
    places[i] = freeAt;
  }
}
