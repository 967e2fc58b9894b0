import { Refusal } from '#libs/http';
import { type ZoneClock, zoneClock } from './rating/local-time.js';

// From 1900 on: neither PostgreSQL's dates nor time zones have a year 0, and nobody was billed anything before.
const DAY = /^(19|[2-9]\d)\d{2}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
const MONTH = /^(19|[2-9]\d)\d{2}-(0[1-9]|1[0-2])$/;

/** Does `YYYY-MM-DD` name a day of the calendar? */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** @throws Refusal naming the field, unless it is a day of the calendar */
export function mustBeDay(text: string, field: string): void {
  if (isDay(text)) return;
  const problem = `${field} must be a day of the calendar, YYYY-MM-DD`;
  throw Refusal.invalid(problem, { [field]: [problem] });
}

/** @throws Refusal unless both are days of the calendar, `to` not before `from`, and at most `longest` days in all */
export function mustBeRange({ from, to }: { from: string; to: string }, longest = Number.POSITIVE_INFINITY): void {
  mustBeDay(from, 'from');
  mustBeDay(to, 'to');
  if (to < from) throw Refusal.invalid('to must not be before from');
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days > longest)
    throw Refusal.invalid(`from ${from} to ${to} are ${days} days; ${longest} at most can be asked for.`);
}

/** @throws Refusal unless the time zone database has it */
export function mustBeZone(timezone: string): void {
  try {
    zoneClock(timezone);
  } catch {
    throw Refusal.invalid('timezone: must be an IANA name such as America/Mexico_City.');
  }
}

/** The first and last day of a month `YYYY-MM`, or undefined for text that is none, or names the last month of all. */
export function daysOfMonth(month: string): { from: string; to: string } | undefined {
  // After 9999-12 there is no day `YYYY-MM-DD`, so nobody could say when it is over.
  if (!MONTH.test(month) || month === '9999-12') return undefined;
  const [year, number] = month.split('-').map(Number) as [number, number];
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return { from: `${month}-01`, to: `${month}-${last}` };
}

/** The first instant (ms since 1970) of a local day `YYYY-MM-DD` of a zone. */
export function startOfDay(zone: ZoneClock, day: string): number {
  // No zone is more than a day away from UTC, and a local day once begun has not yet ended there.
  let before = Date.parse(`${day}T00:00:00Z`) - DAY_MS;
  let after = before + 2 * DAY_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (zone.dayAt(middle).day >= day) after = middle;
    else before = middle;
  }
  return after;
}
