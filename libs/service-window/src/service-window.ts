/** A moment the window is asked about: open until, not including, `endsAt`. */
export type ServiceWindow =
  | { readonly open: true; readonly endsAt: Date }
  | { readonly open: false; readonly endsAt?: Date };

export interface ServiceWindowRule {
  /** First day of the rule, in the time zone of the WABA. */
  readonly from: string;
  readonly hours: number;
  readonly openedBy: readonly ('message' | 'call')[];
}

/**
 * Meta, pricing page of 2026-03-02 and conversation-based pricing page: 24 h from the latest user message or call, and
 * each starts it anew. The older page knows messages only; the day on which calls began to count is on no page we hold.
 */
export const SERVICE_WINDOW_RULES: readonly ServiceWindowRule[] = [
  { from: '2022-02-01', hours: 24, openedBy: ['message', 'call'] },
];

const HOUR_MS = 3_600_000;

/**
 * The customer service window of one business number and one user (or one group) at an instant.
 * Half-open: a message or call at 12:00 opens it from 12:00 until, not including, 12:00 the next day. A user message dated
 * after `now` counts as just come, since Meta's clock and ours differ by a little.
 * @param lastUserMessageAt the latest message or call of the user; undefined if there was none. Messages that the business
 *   sends from its phone app (coexistence) neither open nor extend the window.
 * @returns whether it is open, and when it ends or ended; no `endsAt` if it never opened
 */
export function windowAt(lastUserMessageAt: Date | undefined, now: Date, hours = ruleHours()): ServiceWindow {
  if (!lastUserMessageAt) return { open: false };
  const endsAt = new Date(lastUserMessageAt.getTime() + hours * HOUR_MS);
  return { open: now < endsAt, endsAt };
}

const ruleHours = () => SERVICE_WINDOW_RULES[SERVICE_WINDOW_RULES.length - 1]!.hours;

// Not the user's word: news about the user (system), about the chat (request_welcome), or changes to an older message,
// which no page says to open the window. Refusing wrongly costs a template, sending wrongly costs a failure.
const SILENT = new Set(['system', 'request_welcome', 'edit', 'revoke']);

/** Whether an inbound item of this `messages[].type` opens or extends the window. Unknown types do: the user wrote. */
export const opensWindow = (inboundType: string): boolean => !SILENT.has(inboundType);
