import type { Problems } from './problems.js';

/** How far ahead a message may be scheduled. */
export const MOST_AHEAD_DAYS = 30;
export const MOST_AHEAD_MS = MOST_AHEAD_DAYS * 86_400_000;

// A time without a zone would be another instant on every machine that reads it.
const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;
const UNIX_SECONDS = /^\d{9,11}$/;

/**
 * Reads `send_at`: ISO 8601 with a zone, or unix seconds as number or text.
 *
 * @returns undefined when there is none, or when it is reported as a problem
 */
export function readSendAt(given: unknown, problems: Problems): Date | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  const text = typeof given === 'number' ? String(Math.floor(given)) : given;
  if (typeof text === 'string') {
    if (UNIX_SECONDS.test(text)) return new Date(Number(text) * 1_000);
    const at = ISO_8601.test(text) && isDay(text.slice(0, 10)) ? new Date(text) : undefined;
    if (at && !Number.isNaN(at.getTime())) return at;
  }
  problems.invalid('send_at', 'must be ISO 8601 with a zone, such as 2026-12-24T09:00:00Z, or unix seconds');
  return undefined;
}

/** JavaScript reads February 30 as March 2. */
function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
}
