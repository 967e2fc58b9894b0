import { Refusal } from '#libs/http';

/** The longest hold: whoever wants more must look again, because Meta's word changes meanwhile. */
const LONGEST_MS = 366 * 86_400_000;

/** @throws Refusal 400 for a hold that would end in the past, or in more than a year */
export function requireHoldEnd(until: Date, now: Date): void {
  const ahead = until.getTime() - now.getTime();
  if (ahead <= 0 || ahead > LONGEST_MS) throw Refusal.invalid('until: must be ahead, by a year at most.');
}
