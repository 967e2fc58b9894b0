import type { MessageRow } from '#libs/outbox';
import { SlidingSecond } from './sliding-second.js';
import { Transit } from './transit.js';

/** Of each second so much is kept for replies and one-time codes while a broadcast goes out. */
const BROADCAST_SHARE = 0.8;

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

  /** Takes places for messages that are about to be sent. */
  start(messages: readonly Sent[]): void {
    this.second.start(messages.length);
    this.broadcast.start(messages.filter(isBroadcast).length);
  }

  /** The call for a message was answered, or failed. */
  end(message: Sent, startedAt: number, answeredAt: number): void {
    const arrivedBy = this.transit.arrivedBy(startedAt, answeredAt);
    this.second.end(arrivedBy);
    if (isBroadcast(message)) this.broadcast.end(arrivedBy);
  }

  /** A message was not sent after all. */
  cancel(message: Sent): void {
    this.second.cancel();
    if (isBroadcast(message)) this.broadcast.cancel();
  }
}

const shareOf = (perSecond: number): number => Math.max(1, Math.floor(perSecond * BROADCAST_SHARE));
