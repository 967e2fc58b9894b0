import { type LocalTime, localTime } from '../local-time.js';

/** When people answer, in the merchant's time zone. */
export interface WorkingHours {
  /** IANA name, such as `America/Mexico_City`. */
  timeZone: string;
  /** Half-open, in minutes since midnight; Sunday first. A day without spans is a day off. */
  week: readonly (readonly Span[])[];
  /** Days off, `YYYY-MM-DD`. */
  holidays: readonly string[];
}

/** From a minute until, not including, another. */
export interface Span {
  from: number;
  to: number;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** Who never works in so many days does not work at all. */
const LOOK_AHEAD_DAYS = 366;

const spansOf = (hours: WorkingHours, { date, weekday }: LocalTime): readonly Span[] =>
  hours.holidays.includes(date) ? [] : (hours.week[weekday] ?? []);

/** The span in which an instant lies; undefined when nobody works then. */
const spanAt = (hours: WorkingHours, local: LocalTime): Span | undefined =>
  spansOf(hours, local).find(({ from, to }) => from <= local.minute && local.minute < to);

/** Whether people answer at an instant. No hours at all mean: always. */
export const isOpen = (hours: WorkingHours | undefined, at: Date): boolean =>
  !hours || spanAt(hours, localTime(hours.timeZone, at)) !== undefined;

/**
 * The instant after so many minutes of work. Waiting goes from one edge of the week's spans to the next, by what the zone's
 * clocks show there, so a day of 23 or 25 hours is that long here too.
 *
 * @returns undefined when there is not so much work within a year
 */
export function afterWork(hours: WorkingHours | undefined, from: Date, minutes: number): Date | undefined {
  if (!hours) return new Date(from.getTime() + minutes * MINUTE_MS);
  let at = from;
  let left = minutes * MINUTE_MS;
  const end = from.getTime() + LOOK_AHEAD_DAYS * DAY_MINUTES * MINUTE_MS;
  while (at.getTime() < end) {
    const local = localTime(hours.timeZone, at);
    const span = spanAt(hours, local);
    // The seconds of the minute that has begun are behind us.
    const begun = at.getTime() % MINUTE_MS;
    if (span) {
      const lasts = (span.to - local.minute) * MINUTE_MS - begun;
      if (left <= lasts) return new Date(at.getTime() + left);
      left -= lasts;
      at = new Date(at.getTime() + lasts);
    } else {
      const next = spansOf(hours, local).find((s) => s.from > local.minute)?.from ?? DAY_MINUTES;
      // Where clocks are set, an hour is skipped or comes twice: a step ends a little early and is taken again.
      const step = Math.max(1, Math.min(next - local.minute, 60)) * MINUTE_MS - begun;
      at = new Date(at.getTime() + step);
    }
  }
  return undefined;
}
