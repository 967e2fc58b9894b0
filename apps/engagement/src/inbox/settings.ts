import type { Priority } from './ticket.js';
import type { WorkingHours } from './working-hours.js';

/** How a merchant's inbox works. */
export interface InboxSettings {
  /** `outside`: people answer in another system, so nothing is assigned or said here (its events are posted all the same). */
  desk: 'inbox' | 'outside';
  workingHours: WorkingHours | null;
  /** Said to who writes outside the hours, to each once in twelve hours. */
  awayMessage: string | null;
  /** To whom conversations go that nobody gave to another team. */
  teamId: string | null;
  /** In minutes of work. */
  serviceTimes: Readonly<Record<Priority, ServiceTime>>;
}

export interface ServiceTime {
  firstReply: number | null;
  solve: number | null;
}

export const NO_SERVICE_TIME: ServiceTime = { firstReply: null, solve: null };

/** For who has said nothing: everything is kept, nobody is assigned, nothing is said. */
export const DEFAULT_SETTINGS: InboxSettings = {
  desk: 'inbox',
  workingHours: null,
  awayMessage: null,
  teamId: null,
  serviceTimes: { low: NO_SERVICE_TIME, normal: NO_SERVICE_TIME, high: NO_SERVICE_TIME, urgent: NO_SERVICE_TIME },
};

const AWAY_EVERY_MS = 12 * 3_600_000;

/** Whether a customer who writes at an instant is told that nobody is there. */
export const tellsAway = (open: boolean, settings: InboxSettings, lastTold: Date | null, at: Date): boolean =>
  !open && settings.awayMessage !== null && (!lastTold || at.getTime() - lastTold.getTime() >= AWAY_EVERY_MS);
