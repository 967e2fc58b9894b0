const MINUTE_MS = 60_000;

/** Whether this runtime knows a time zone by this name. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** There are some six hundred names of zones; contacts may spell each in many ways. */
const FORMATS_KEPT = 1_000;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

export interface LocalTime {
  /** `YYYY-MM-DD` */
  date: string;
  /** Sunday is 0. */
  weekday: number;
  /** Since midnight. */
  minute: number;
}

/** What the clocks of a zone show at an instant. */
export function localTime(timeZone: string, at: Date): LocalTime {
  let format = formats.get(timeZone);
  if (!format) {
    const fields = { weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      ...fields,
      hour: '2-digit',
      minute: '2-digit',
    });
    if (formats.size >= FORMATS_KEPT) formats.clear();
    formats.set(timeZone, format);
  }
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(at)) parts[type] = value;
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    weekday: WEEKDAYS.indexOf(parts.weekday ?? ''),
    minute: Number(parts.hour) * 60 + Number(parts.minute),
  };
}

/** The same as ms since 1970, as if it were UTC. */
export function shownAt(timeZone: string, at: Date): number {
  const { date, minute } = localTime(timeZone, at);
  return Date.parse(`${date}T00:00:00Z`) + minute * MINUTE_MS;
}
