import type { MessageStatus } from './message-status.js';

/** What Meta can say of a message, in its answer to the call (submitted, held) or in a webhook (the rest). */
export type StatusReport = 'submitted' | 'held' | 'sent' | 'failed' | 'delivered' | 'read' | 'played';

/** `apply`: move the message. `record`: true but older news, keep it in the history. `repeat`: already so. */
export type StatusJudgement = 'apply' | 'record' | 'repeat';

/**
 * How much each state knows; a report moves a message only upward. The order makes the outcome independent of the order
 * and number of reports:
 * - our own waiting states know nothing of Meta, so any report moves them: a webhook may overtake the answer to the call;
 * - `expired` is our guess and outranks what is no delivery; it gives way to whatever Meta says of the end;
 * - a delivery outranks `failed`, in either order: `failed` has been seen to arrive after `delivered`, and what reached the
 *   phone is charged.
 */
const RANK: Readonly<Record<MessageStatus, number>> = {
  accepted: 0,
  sending: 0,
  unknown: 0,
  parked: 0,
  cancelled: 0,
  submitted: 1,
  held: 2,
  sent: 3,
  expired: 4,
  failed: 5,
  delivered: 6,
  read: 7,
  played: 8,
};

/**
 * Judges a report of Meta's against the state held. Meta is the authority: a report is never an error and never lost.
 * It must speak of the attempt that the state is about. Of an earlier attempt (a resend after `unknown`) only a report for
 * which `provesDelivery` is true may be judged; record the others, or the failure of the first would stop the second.
 */
export function judgeStatus(held: MessageStatus, report: StatusReport): StatusJudgement {
  if (held === report) return 'repeat';
  return RANK[report] > RANK[held] ? 'apply' : 'record';
}

const REPORTED: Readonly<Record<string, StatusReport>> = {
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  played: 'played',
  failed: 'failed',
};

/**
 * Reads `statuses[].status` of a webhook. Undefined for a word that moves nothing: `deleted` and `warning` of older
 * versions, and whatever Meta adds (webhook reference, 2025-11-20). Keep the raw report in that case too.
 */
export const readStatus = (word: string): StatusReport | undefined =>
  Object.hasOwn(REPORTED, word) ? REPORTED[word] : undefined;

/**
 * Reads `messages[].message_status` of Meta's answer to a send. Only templates have it, and not always; without it the
 * message is accepted. Held and paused messages are released later or fail with 132015 (Meta's OpenAPI v23.0, template
 * pacing page of 2025-10-22).
 */
export const readAnswer = (messageStatus: string | undefined): StatusReport =>
  messageStatus === 'held_for_quality_assessment' || messageStatus === 'paused' ? 'held' : 'submitted';
