import { canMove, type TemplateState } from './template-state.js';

/**
 * A state and the instant it was seen: the webhook's `entry.time`, the moment of a poll, or the moment *before* a call of
 * ours was made, so that what Meta does because of the call is never older than the call.
 */
export interface Seen {
  readonly state: TemplateState;
  readonly at: Date;
}

/** `apply-and-alert`: take it, and tell a person, for no move we know leads there. */
export type ReportJudgement = 'apply' | 'stale' | 'repeat' | 'apply-and-alert';

// Of two reports of one second the one further down wins: creation before decision, and what forbids sending before what
// allows it, since a send that Meta refuses costs more than a short wait.
const WITHIN_A_SECOND: readonly TemplateState[] = [
  'draft',
  'limit_exceeded',
  'pending',
  'in_appeal',
  'approved',
  'flagged',
  'rejected',
  'paused',
  'disabled',
  'archived',
  'pending_deletion',
  'deleted',
];

// Meta's times are whole seconds; ours are cut alike, or our own call would look newer than its consequence.
const secondOf = (seen: Seen) => Math.floor(seen.at.getTime() / 1000);

function age(held: Seen, report: Seen): number {
  return (
    secondOf(report) - secondOf(held) || WITHIN_A_SECOND.indexOf(report.state) - WITHIN_A_SECOND.indexOf(held.state)
  );
}

/**
 * Judges a report of Meta's. Meta is the authority: a report may be late, repeated or new to our table, but it is never an
 * error and never lost. The held instant must follow `holdReport`, for a repeat makes what is held newer.
 */
export function judgeReport(held: Seen, report: Seen): ReportJudgement {
  if (age(held, report) < 0) return 'stale';
  if (report.state === held.state) return 'repeat';
  return canMove(held.state, report.state) ? 'apply' : 'apply-and-alert';
}

/**
 * What is held after a report: the newer of the two. A repeat counts as newer, otherwise a report from between the two
 * tellings, arriving last, would win.
 */
export const holdReport = (held: Seen, report: Seen): Seen => (age(held, report) < 0 ? held : report);
