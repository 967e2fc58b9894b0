import { metaError } from '#libs/error-catalogue';

/** How far a message got, in the order of its way; each step has passed those before it. */
export const STEPS = ['accepted', 'sent', 'delivered', 'read'] as const;
export type Step = (typeof STEPS)[number];

/** How far a message is by its status; undefined for one that does not say. */
const REACHED: Readonly<Record<string, number>> = { sent: 1, delivered: 2, read: 3 };
export const reachedBy = (status: string): number | undefined => REACHED[status];

/** Statuses after which a message is not on its way any more, without having arrived; one that is parked only waits. */
export const didNotArrive = (status: string): boolean => ['failed', 'expired', 'cancelled'].includes(status);

/** The steps that a message passes when it gets from one to another; none backward. */
export const stepsPassed = (from: number, to: number): readonly Step[] => STEPS.slice(from + 1, to + 1);

/** When a campaign stops because of what fails. */
export interface FailureStop {
  /** Percent of the messages whose end is known. */
  percent: number;
  /** Fewer than so many say nothing yet. */
  atLeast: number;
}

/** Whether so many fail that going on does harm. */
export function tooManyFail({ percent, atLeast }: FailureStop, counts: { failed: number; delivered: number }): boolean {
  const known = counts.failed + counts.delivered;
  return known >= atLeast && counts.failed * 100 > percent * known;
}

/**
 * Whether a message may be sent anew under another id, by its status and Meta's code: only one that failed is over for certain.
 * A code may be left from an earlier attempt of one that waits, or that was given up; those whose end is in doubt (`settle`)
 * are never sent again from here: the gateway settles them.
 */
export function mayArriveLater(status: string, code: string | null): boolean {
  if (status !== 'failed') return false;
  const known = code === null || !/^\d+$/.test(code) ? undefined : metaError(Number(code));
  return known?.retry === 'later' || known?.retry === 'backoff';
}
