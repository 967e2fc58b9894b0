/** A limit below Meta's that the provider set, for a while. */
export interface Hold {
  /** Different customers in a moving 24 h. */
  readonly customers: number;
  readonly until: Date;
}

/** The hold that counts at an instant; undefined where there is none, or it has ended. */
export const holdAt = (hold: Hold | undefined, now: Date): Hold | undefined =>
  hold && hold.until.getTime() > now.getTime() ? hold : undefined;

/**
 * How many different customers may be sent to: what Meta allows, or less while a hold counts. Never more than Meta allows,
 * which would only refuse what goes beyond, and may lower the limit for it.
 *
 * @param cap Meta's; Infinity where it set none
 */
export function capUnder(cap: number, hold: Hold | undefined, now: Date): number {
  return Math.min(cap, holdAt(hold, now)?.customers ?? cap);
}
