import type { TemplateState } from './template-state.js';

/** What a word of Meta's says about a template. */
export type StatusReading =
  | { readonly kind: 'state'; readonly state: TemplateState }
  /** It cannot be edited any more; its state is what it was. */
  | { readonly kind: 'locked' }
  /** It is again what it was before the archive, and we do not know what that was: ask Meta. */
  | { readonly kind: 'ask' }
  | { readonly kind: 'unlisted'; readonly word: string };

const STATES: Readonly<Record<string, TemplateState>> = {
  PENDING: 'pending',
  APPROVED: 'approved',
  REINSTATED: 'approved',
  FLAGGED: 'flagged',
  REJECTED: 'rejected',
  IN_APPEAL: 'in_appeal',
  PAUSED: 'paused',
  DISABLED: 'disabled',
  LIMIT_EXCEEDED: 'limit_exceeded',
  ARCHIVED: 'archived',
  PENDING_DELETION: 'pending_deletion',
  DELETED: 'deleted',
};

/**
 * Reads the `event` of a `message_template_status_update` webhook (page of 2025-11-14) or the `status` of a template that
 * Meta lists or answers with.
 * @param word Meta's word, in any case
 * @param held what we hold; needed for UNARCHIVED, which gives back the state before the archive
 */
export function readTemplateStatus(
  word: string,
  held?: { readonly state: TemplateState; readonly beforeArchive?: TemplateState },
): StatusReading {
  const event = word.toUpperCase();
  if (event === 'LOCKED') return { kind: 'locked' };
  if (event === 'UNARCHIVED') {
    const state = held?.state === 'archived' ? held.beforeArchive : held?.state;
    return state ? { kind: 'state', state } : { kind: 'ask' };
  }
  const state = Object.hasOwn(STATES, event) ? STATES[event] : undefined;
  return state ? { kind: 'state', state } : { kind: 'unlisted', word };
}

/**
 * How long a pause lasts, in hours, by `other_info.title` of the event (Meta, template pausing): 3 h the first time, 6 h the
 * second, the third time the template is disabled. Undefined when Meta names no time, as for pacing.
 */
export function pauseHours(title: string | undefined): number | undefined {
  if (title === 'FIRST_PAUSE') return 3;
  return title === 'SECOND_PAUSE' ? 6 : undefined;
}
