/** A zone that counted for a WABA before a correction. */
export interface EarlierTimezone {
  timezone: string;
  /** ISO instant; from it on the next one counts. */
  until: string;
}

/** The zones of a WABA: the last one, and those before it, oldest first. */
export interface Timezones {
  timezone: string;
  earlierTimezones: readonly EarlierTimezone[];
}

/** The IANA zone that counts at an instant: days and months of charges begin at its midnight. */
export const timezoneAt = ({ timezone, earlierTimezones }: Timezones, at: Date): string =>
  earlierTimezones.find(({ until }) => at.getTime() < Date.parse(until))?.timezone ?? timezone;

/** The zone that takes the place of the one that counts now, and when (ISO); undefined where none does. */
export function nextTimezone(
  { timezone, earlierTimezones }: Timezones,
  now: Date,
): { timezone: string; from: string } | undefined {
  const current = earlierTimezones.findIndex(({ until }) => now.getTime() < Date.parse(until));
  if (current < 0) return undefined;
  const from = earlierTimezones[current]?.until as string;
  return { timezone: earlierTimezones[current + 1]?.timezone ?? timezone, from };
}

/** Every zone that counts at some time. */
export const timezonesOf = ({ timezone, earlierTimezones }: Timezones): string[] => [
  ...earlierTimezones.map((earlier) => earlier.timezone),
  timezone,
];

/**
 * Puts a zone in place of the one that counts now, and of one that was to follow it.
 *
 * @param from after now: until then everything stays as it is; absent: the zone counts as if it always had
 */
export function correctedTimezones(held: Timezones, timezone: string, now: Date, from?: Date): Timezones {
  if (!from) return { timezone, earlierTimezones: [] };
  const past = held.earlierTimezones.filter(({ until }) => Date.parse(until) <= now.getTime());
  const current = timezoneAt(held, now);
  if (current === timezone) return { timezone, earlierTimezones: past };
  return { timezone, earlierTimezones: [...past, { timezone: current, until: from.toISOString() }] };
}
