/**
 * A second and a little more, because calls that leave evenly arrive unevenly: with it no second at Meta's end sees more
 * than the allowance.
 */
const SECOND_MS = 1_010;

/** Never more than so many sends in any second: remembers when each of the last sends was. Times are of a steady clock. */
export class SlidingSecond {
  private readonly sentAt: Float64Array;
  private next = 0;

  constructor(readonly perSecond: number) {
    this.sentAt = new Float64Array(perSecond).fill(Number.NEGATIVE_INFINITY);
  }

  /** How many sends are allowed right now. */
  room(now: number): number {
    let room = 0;
    while (room < this.perSecond && this.at(room) + SECOND_MS <= now) room++;
    return room;
  }

  /** How long until the next send is allowed, in ms; 0: now. */
  waitMs(now: number): number {
    return Math.max(0, this.at(0) + SECOND_MS - now);
  }

  /** Counts sends, of this process or of another that had the number before. */
  take(count: number, now: number): void {
    for (let i = 0; i < Math.min(count, this.perSecond); i++) {
      this.sentAt[this.next] = now;
      this.next = (this.next + 1) % this.perSecond;
    }
  }

  private at(n: number): number {
    return this.sentAt[(this.next + n) % this.perSecond] ?? 0;
  }
}
