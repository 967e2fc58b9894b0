import type { Pace } from './pace.js';

/** Messages taken in one statement. */
export const BATCH = 200;
/**
 * Nor more than a number may send in so many seconds: a process that is killed between taking messages and calling leaves
 * them in doubt. A number that sends little gains nothing by larger ones.
 */
const BATCH_SECONDS = 0.1;
const SMALLEST_BATCH = 20;
/** Calls of one number that may be under way at once: its rate times a slow answer of half a second. */
const WINDOW = 500;
/**
 * Messages are claimed so long before their places are free, while those claimed before go out: a place that waits for a
 * claim is lost. What is claimed and not yet called is in doubt when the process dies, so not for longer.
 */
const AHEAD_MS = 100;
/** A claim is worth its transaction from this part of a batch on, as long as something claimed still waits for its place. */
const WORTH_A_CLAIM = 1 / 3;
/** How often places are looked for while something claimed waits for its own. */
const PLACES_MS = 5;
/** Whoever waits for answers looks again after so long at most: Redis may not have told that something came. */
export const LONGEST_NAP_MS = 1_000;
/** Nor longer for urgent messages, while a broadcast has had its share. */
const URGENT_MS = 50;

/** What a number's dispatcher has claimed and not stored yet. */
export interface InHand {
  /** Waiting for their places. */
  unplaced: number;
  /** Being called. */
  underWay: number;
}

/** How many messages to claim, and how many of a broadcast. `forBroadcasts` 0: only what is more urgent. */
export interface Room {
  room: number;
  forBroadcasts: number;
}

/** Nothing is to be claimed before something has been called or answered, or so many ms are over. */
export interface Nap {
  until: 'called' | 'called or answered';
  ms: number;
}

/** How many messages a number's dispatcher claims next, or what it waits for first. @param now of a steady clock, in ms */
export function roomToClaim(pace: Pace, { unplaced, underWay }: InHand, now: number): Room | Nap {
  // One message tries whether Meta is well again, and nothing goes beside it.
  if (pace.isTrying && underWay + unplaced > 0) return { until: 'called or answered', ms: LONGEST_NAP_MS };
  const batch = batchOf(pace);
  const free = pace.second.room(now, AHEAD_MS) - unplaced;
  const room = Math.min(pace.isTrying ? 1 : batch, WINDOW - underWay - unplaced, free);
  if (unplaced > 0 && room < batch * WORTH_A_CLAIM) return { until: 'called', ms: PLACES_MS };
  if (room <= 0) {
    // Where too many calls are under way only their answers help, and not time.
    const ms = underWay >= WINDOW ? LONGEST_NAP_MS : pace.second.waitMs(now) - AHEAD_MS;
    return { until: 'called or answered', ms: bounded(ms, LONGEST_NAP_MS) };
  }
  const share = Math.min(room, pace.broadcast.room(now, AHEAD_MS) - unplaced);
  const isWorth = unplaced === 0 || share >= batch * WORTH_A_CLAIM;
  return { room, forBroadcasts: isWorth ? Math.max(0, share) : 0 };
}

/** Only a broadcast has work, and it had its share: how long until it may go on, looking for what is more urgent now and then. */
export function napOfBroadcast(pace: Pace, { unplaced }: InHand, now: number): Nap {
  if (unplaced === 0) {
    return { until: 'called or answered', ms: bounded(pace.broadcast.waitMs(now) - AHEAD_MS, URGENT_MS) };
  }
  const share = pace.broadcast.room(now, AHEAD_MS) - unplaced;
  const lacking = batchOf(pace) * WORTH_A_CLAIM - share;
  return { until: 'called', ms: bounded((lacking / pace.broadcast.perSecond) * 1_000, URGENT_MS) };
}

const batchOf = ({ second }: Pace): number =>
  Math.min(BATCH, Math.max(SMALLEST_BATCH, Math.floor(second.perSecond * BATCH_SECONDS)));
const bounded = (ms: number, most: number): number => Math.min(most, Math.max(1, ms));
