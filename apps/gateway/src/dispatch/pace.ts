import type { MessageRow } from '#libs/outbox';
import type { Outcome } from './outcome.js';
import { SlidingSecond } from './sliding-second.js';
import { Transit } from './transit.js';

/** Of each second so much is kept for replies and one-time codes while a broadcast goes out. */
const BROADCAST_SHARE = 0.8;
/** How long a number rests when Meta is in trouble, by how often in a row one message tried in vain. */
const RESTS_MS = [1_000, 2_000, 5_000, 15_000] as const;
/** One lost connection says nothing about Meta; so many calls in a row without a good answer do. */
const TROUBLE = 3;

type Sent = Pick<MessageRow, 'lane'>;
const isBroadcast = (message: Sent): boolean => message.lane === 2;

/** The pace of one number in this process. Times are of a steady clock, in ms. */
export class Pace {
  readonly second: SlidingSecond;
  /** What broadcasts may use of it. */
  readonly broadcast: SlidingSecond;
  private readonly transit = new Transit();
  /** No send before. */
  pausedUntil = 0;
  /** After a rest one message tries whether Meta is well, before all the others; it may be lost. */
  isTrying = false;
  private failuresInARow = 0;
  private restsInARow = 0;
  /** When inbound messages were last counted in. */
  heardAt = 0;

  constructor(perSecond: number) {
    this.second = new SlidingSecond(perSecond);
    this.broadcast = new SlidingSecond(shareOf(perSecond));
  }

  /** Meta moved the number to another level; what was sent lately still counts. */
  allow(perSecond: number): void {
    this.second.perSecond = perSecond;
    this.broadcast.perSecond = shareOf(perSecond);
  }

  /** In how many ms a message may be sent; 0: now. Infinity: not before a call has its answer. */
  waitMs(message: Sent, now: number): number {
    return Math.max(this.second.waitMs(now), isBroadcast(message) ? this.broadcast.waitMs(now) : 0);
  }

  /** Takes a place for a message that is about to be sent. */
  start(message: Sent): void {
    this.second.start(1);
    if (isBroadcast(message)) this.broadcast.start(1);
  }

  /** The call for a message was answered, or failed. */
  end(message: Sent, startedAt: number, answeredAt: number): void {
    const arrivedBy = this.transit.arrivedBy(startedAt, answeredAt);
    this.second.end(arrivedBy);
    if (isBroadcast(message)) this.broadcast.end(arrivedBy);
  }

  /** What a call says about Meta and the whole number, whatever became of its message. */
  hear({ restMs, trouble = false }: Pick<Outcome, 'restMs' | 'trouble'>, now: number): void {
    if (restMs === undefined && !trouble) {
      this.failuresInARow = 0;
      this.restsInARow = 0;
      this.isTrying = false;
      return;
    }
    if (++this.failuresInARow < TROUBLE && restMs === undefined) return;
    this.isTrying = true;
    // Calls that were under way together fail together; that is one rest.
    const mine = now < this.pausedUntil ? 0 : (RESTS_MS[Math.min(this.restsInARow++, RESTS_MS.length - 1)] ?? 0);
    this.pausedUntil = Math.max(this.pausedUntil, now + Math.max(restMs ?? 0, mine));
  }

  /** Another process had to rest with the number, for so many ms from now. */
  restAsToldBy(ms: number, now: number): void {
    if (now + ms <= Math.max(now, this.pausedUntil)) return;
    this.pausedUntil = now + ms;
    this.isTrying = true;
  }

  /** A message was not sent after all. */
  cancel(message: Sent): void {
    this.second.cancel();
    if (isBroadcast(message)) this.broadcast.cancel();
  }
}

const shareOf = (perSecond: number): number => Math.max(1, Math.floor(perSecond * BROADCAST_SHARE));
