import type { Automation, Step } from './automation.js';

const MINUTE_MS = 60_000;
/** A step that could not go for a day (a worker that stood still, a number that was blocked) would surprise who gets it now. */
export const LATE_MS = 24 * 3_600_000;

/** How far a run is. */
export interface Progress {
  triggeredAt: Date;
  /** Index of the step that is next; all before it are over. */
  next: number;
}

export type Move =
  | { do: 'wait'; until: Date }
  | { do: 'send'; step: Step }
  | { do: 'skip'; why: 'late' }
  | { do: 'end' };

/** When a step is due: delays add up from the event on, so a step that went late does not push those after it. */
export function dueAt(steps: readonly Step[], triggeredAt: Date, index: number): Date {
  const minutes = steps.slice(0, index + 1).reduce((sum, { afterMinutes }) => sum + afterMinutes, 0);
  return new Date(triggeredAt.getTime() + minutes * MINUTE_MS);
}

/**
 * What is to be done with a run at an instant.
 *
 * @param quietUntil until when the customer is not to be disturbed, if it is not to be now
 */
export function planRun(
  steps: readonly Step[],
  { triggeredAt, next }: Progress,
  now: Date,
  quietUntil?: Date | undefined,
): Move {
  const step = steps[next];
  if (!step) return { do: 'end' };
  const due = dueAt(steps, triggeredAt, next);
  if (due > now) return { do: 'wait', until: due };
  if (now.getTime() - due.getTime() > LATE_MS) return { do: 'skip', why: 'late' };
  return quietUntil ? { do: 'wait', until: quietUntil } : { do: 'send', step };
}

/** The run of an automation about the same cart or order that began last. */
export interface LastRun {
  waiting: boolean;
  next: number;
  triggeredAt: Date;
}

/**
 * What an event does that triggers an automation which has run about the same cart or order.
 *
 * - `refresh`: nothing was said yet, so the wait begins anew with what the event tells (a cart that is still being filled)
 * - `ignore`: it is under way or over, or the event is older than what is known
 */
export function onTrigger(
  last: LastRun | undefined,
  { againAfterMinutes }: Pick<Automation, 'againAfterMinutes'>,
  at: Date,
): 'start' | 'refresh' | 'ignore' {
  if (!last) return 'start';
  if (last.waiting) return last.next === 0 && at >= last.triggeredAt ? 'refresh' : 'ignore';
  if (againAfterMinutes === undefined) return 'ignore';
  return at.getTime() - last.triggeredAt.getTime() >= againAfterMinutes * MINUTE_MS ? 'start' : 'ignore';
}
