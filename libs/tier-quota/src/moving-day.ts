import { DAY_MS } from './admit.js';

/**
 * One message outside a service window. It counts from the moment it is handed to Meta: in flight until it is settled,
 * then for 24 h from its delivery, or no longer if it failed.
 */
export interface CountedSend {
  readonly recipient: string;
  readonly sentAt: Date;
  readonly deliveredAt?: Date;
  readonly failedAt?: Date;
}

/** When a send stops counting, in ms; Infinity while it is in flight. A delivery outranks a failure. */
function endOf(send: CountedSend): number {
  if (send.deliveredAt) return send.deliveredAt.getTime() + DAY_MS;
  return send.failedAt ? send.failedAt.getTime() : Number.POSITIVE_INFINITY;
}

/**
 * The reference model of the moving day: reads every send every time, so it is slow and easy to believe.
 * Half-open: a delivery at 12:00 counts until, not including, 12:00 the next day.
 * @returns the recipients counted at the instant, each with the time it stops counting in ms since 1970 (Infinity while a
 *   send to it is in flight)
 */
export function countedAt(sends: readonly CountedSend[], now: Date): Map<string, number> {
  const counted = new Map<string, number>();
  for (const send of sends) {
    const end = endOf(send);
    if (send.sentAt <= now && now.getTime() < end) {
      counted.set(send.recipient, Math.max(end, counted.get(send.recipient) ?? 0));
    }
  }
  return counted;
}

/** When the recipients counted at an instant leave, soonest first; those in flight are left out, their end is not known. */
export const leavingAt = (sends: readonly CountedSend[], now: Date): Date[] =>
  [...countedAt(sends, now).values()]
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
    .map((ms) => new Date(ms));

/** The most recipients that were ever counted at once: never above the cap, or the limit was broken. */
export const peakOf = (sends: readonly CountedSend[]): number =>
  Math.max(0, ...sends.map((send) => countedAt(sends, send.sentAt).size));
