import { isEditable, isSendable, type TemplateState } from './template-state.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Whether a call is allowed now, and if only time is missing, when it will be. */
export type Allowance =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly why: 'state' | 'too_many'; readonly retryAt?: Date };

/**
 * How often an approved template may be edited: 10 times in 30 days and once in 24 h; rejected and paused ones as often as
 * wanted (Meta, template management of 2025-11-14).
 */
export const EDIT_LIMITS: readonly { readonly count: number; readonly withinMs: number }[] = [
  { count: 1, withinMs: DAY_MS },
  { count: 10, withinMs: 30 * DAY_MS },
];

/** How many templates may be created: 100 an hour for each WABA. */
export const CREATION_LIMIT = { count: 100, withinMs: HOUR_MS } as const;

/** For how long the name of a deleted approved template cannot be used again. */
const NAME_RESERVED_MS = 30 * DAY_MS;

/**
 * Until when the name of a template that is deleted now is blocked; null when it is not.
 * @param held what is known of it, for one whose deletion was under way already
 */
export function nameReservedUntil(before: TemplateState, held: Date | null, at: Date): Date | null {
  if (before === 'pending_deletion') return held;
  return isSendable(before) ? new Date(at.getTime() + NAME_RESERVED_MS) : null;
}

/**
 * Whether a template may be edited.
 * @param edits the instants of earlier edits of the template while it was approved, in any order
 */
export function mayEdit(state: TemplateState, edits: readonly Date[], now: Date): Allowance {
  if (!isEditable(state)) return { allowed: false, why: 'state' };
  if (state !== 'approved' && state !== 'flagged') return { allowed: true };
  return within(EDIT_LIMITS, edits, now);
}

/** Whether a WABA may create one more template, by the instants at which it created others. */
export const mayCreate = (creations: readonly Date[], now: Date): Allowance => within([CREATION_LIMIT], creations, now);

/** Half-open: what happened at 12:00 counts until, not including, 12:00 plus the length of the window. */
function within(limits: readonly { count: number; withinMs: number }[], events: readonly Date[], now: Date): Allowance {
  const newestFirst = events.map((at) => at.getTime()).sort((a, b) => b - a);
  const waits = limits.flatMap(({ count, withinMs }) => {
    // Room comes when the count-th newest event leaves the window.
    const leaves = newestFirst[count - 1];
    return leaves !== undefined && now.getTime() < leaves + withinMs ? [leaves + withinMs] : [];
  });
  return waits.length === 0
    ? { allowed: true }
    : { allowed: false, why: 'too_many', retryAt: new Date(Math.max(...waits)) };
}

/**
 * How many templates a WABA may hold, each language counted: 250, or 6,000 if the portfolio is verified and one of its WABAs
 * has a number with an approved display name (Meta, limits as of 2025-11).
 */
export const templateCap = (portfolio: {
  readonly verified: boolean;
  readonly approvedDisplayName: boolean;
}): number => (portfolio.verified && portfolio.approvedDisplayName ? 6_000 : 250);
