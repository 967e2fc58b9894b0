import { Refusal } from '#libs/http';
import type { Schedule } from './campaign.js';

/** Before it there were no campaigns; and clocks of early years are not what they seem (`Date` of the year 0). */
const FIRST_YEAR = '2000';
/** The last clocks on Earth show a time twelve hours after UTC does. */
const LAST_ZONE_MS = 12 * 3_600_000;
/** Nobody knows today what is wanted, allowed and priced later. */
const MOST_AHEAD_DAYS = 366;

/**
 * When a campaign is to begin, as it is asked for.
 *
 * @throws Refusal for two times at once, or a local time that is on no calendar (31 February would roll over into March)
 */
export function readSchedule(given?: { at?: string | undefined; local?: string | undefined }): Schedule {
  const { at, local } = given ?? {};
  if (!local) return at ? { at } : {};
  if (at) throw Refusal.invalid('schedule: takes at or local, not both.');
  const shown = new Date(`${local}:00Z`);
  if (local < FIRST_YEAR || Number.isNaN(shown.getTime()) || !shown.toISOString().startsWith(local)) {
    throw Refusal.invalid(`schedule.local: ${local} is on no calendar from the year ${FIRST_YEAR} on.`);
  }
  return { local };
}

/** @throws Refusal for a time at which nothing can begin any more, or that is too far to be meant */
export function mustBeAhead(schedule: Schedule, now: Date): void {
  if (hasPassed(schedule, now)) {
    throw Refusal.conflict('schedule: has passed for everybody. Change it, or leave it out to send at once.');
  }
  const at = 'local' in schedule ? `${schedule.local}:00Z` : schedule.at;
  if (at !== undefined && Date.parse(at) > now.getTime() + MOST_AHEAD_DAYS * 86_400_000) {
    throw Refusal.conflict(`schedule: must be at most ${MOST_AHEAD_DAYS} days ahead, and is later.`);
  }
}

/** Whether a time has passed; a local one when the last clocks on Earth have shown it. */
export function hasPassed(schedule: Schedule, now: Date): boolean {
  if ('local' in schedule) return Date.parse(`${schedule.local}:00Z`) + LAST_ZONE_MS < now.getTime();
  return schedule.at !== undefined && new Date(schedule.at) < now;
}
