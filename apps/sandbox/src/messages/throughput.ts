import type { PhoneNumber } from '../state/records.js';

/** Messages a second by level; a coexistence number has its own (Meta, throughput, 2025-11-21; meta/limits.md §2). */
export const MPS = { STANDARD: 80, HIGH: 1_000, NOT_APPLICABLE: 80 } as const;
export const COEXISTENCE_MPS = 20;

// Calls that left evenly arrive in bunches; a twentieth more in one second is the network's doing, not the caller's.
const SLACK = 1.05;

export const allowedPerSecond = (number: Pick<PhoneNumber, 'onBusinessApp' | 'throughputLevel'>) =>
  number.onBusinessApp ? COEXISTENCE_MPS : MPS[number.throughputLevel];

/** Counts a send in the moving second of its number; false when the second is full, and nothing is counted then. */
export function takeSecondSlot(number: PhoneNumber, now: number): boolean {
  const slots = Math.ceil(allowedPerSecond(number) * SLACK);
  if (number.recentSends.times.length !== slots) number.recentSends = { times: new Float64Array(slots), next: 0 };
  const { times, next } = number.recentSends;
  // The slot to be used next holds the send that is `slots` sends ago. A clock moved back frees it.
  const oldest = times[next]!;
  if (oldest > now - 1_000 && oldest <= now) return false;
  times[next] = now;
  number.recentSends.next = (next + 1) % slots;
  return true;
}
