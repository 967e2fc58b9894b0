import { Refusal } from '#libs/http';
import { isZone } from '../local-time.js';
import type { InboxSettingsRequest } from './inbox.request.js';
import { DEFAULT_SETTINGS, type InboxSettings, NO_SERVICE_TIME, type ServiceTime } from './settings.js';
import { PRIORITIES, type Priority } from './ticket.js';
import type { WorkingHours } from './working-hours.js';

/** @throws Refusal 400 for a zone that is none, or spans that end before they begin */
export function readSettings(request: InboxSettingsRequest): InboxSettings {
  const times = new Map(request.service_times?.map((t) => [t.priority, t]));
  const serviceTimeOf = (priority: Priority): ServiceTime => {
    const given = times.get(priority);
    return given ? { firstReply: given.first_reply ?? null, solve: given.solve ?? null } : NO_SERVICE_TIME;
  };
  return {
    ...DEFAULT_SETTINGS,
    desk: request.desk,
    workingHours: request.working_hours ? readHours(request.working_hours) : null,
    awayMessage: request.away_message ?? null,
    teamId: request.team ?? null,
    serviceTimes: Object.fromEntries(PRIORITIES.map((p) => [p, serviceTimeOf(p)])) as Record<Priority, ServiceTime>,
  };
}

function readHours({
  time_zone: timeZone,
  days,
  holidays,
}: NonNullable<InboxSettingsRequest['working_hours']>): WorkingHours {
  if (!isZone(timeZone))
    throw Refusal.invalid('working_hours.time_zone: must be an IANA name, such as America/Mexico_City.');
  const week = Array.from({ length: 7 }, (_, weekday) =>
    days
      .filter((day) => day.weekday === weekday)
      .flatMap((day) => day.spans)
      .sort((a, b) => a.from - b.from),
  );
  const wrong = week.some((spans) => spans.some((s, i) => s.from >= s.to || s.from < (spans[i - 1]?.to ?? 0)));
  if (wrong) throw Refusal.invalid('working_hours.days: spans must end after they begin and not overlap.');
  return { timeZone, week, holidays };
}
