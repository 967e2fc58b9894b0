/**
 * The free entry point: the user writes from a phone through an ad that opens WhatsApp or a button of a Facebook page, the
 * business answers in time, and from the delivery of that answer everything sent to the user is free for a while.
 * Free-form messages still need an open service window.
 */
export interface FreeEntryRule {
  /** First day of the rule, in the time zone of the WABA. */
  readonly from: string;
  /** The answer must be delivered within this many hours of the user's message. */
  readonly answerWithinHours: number;
  /** How long it lasts from the delivery of the answer; from 2026-10-01 an upper bound only. */
  readonly hours: number;
  /** Whether we may compute the end. If not, Meta's `pricing.type` = `free_entry_point` says message by message. */
  readonly computable: boolean;
}

/**
 * Sources: Meta's conversation-based pricing pages (24 h, then 72 h from 2023-03-01) and pricing page of 2026-03-02; two
 * notes quoting Meta for the seven days from 2026-10-01. A window keeps the rule under which it opened.
 */
export const FREE_ENTRY_RULES: readonly FreeEntryRule[] = [
  { from: '2022-02-01', answerWithinHours: 24, hours: 24, computable: true },
  { from: '2023-03-01', answerWithinHours: 24, hours: 72, computable: true },
  { from: '2026-10-01', answerWithinHours: 24, hours: 7 * 24, computable: false },
];

/**
 * The rule in force on a day, which belongs to the new rule from its first moment.
 * @param day `YYYY-MM-DD` in the time zone of the WABA
 * @returns undefined before 2022-02-01, the first day we hold facts of
 */
export const freeEntryRuleAt = (day: string): FreeEntryRule | undefined =>
  FREE_ENTRY_RULES.findLast((rule) => rule.from <= day);

/** A free entry point that a customer may have opened. */
export interface FreeEntry {
  /** The business's answer must be delivered before. */
  readonly answerBy: Date;
  /** When it ends, if the answer was delivered at this instant in time. */
  readonly endsAt: (answeredAt: Date) => Date;
  /** Whether `endsAt` is the end; if not, it is the latest that it can be. */
  readonly certain: boolean;
}

const HOUR_MS = 3_600_000;

/**
 * What a user's message through an ad or a page button may have opened. Who asks about an open one must use the day on
 * which it was entered: a window keeps the rule under which it opened.
 * @param day `YYYY-MM-DD` of the message in the time zone of the WABA
 * @returns undefined on days of which we hold no rule
 */
export function freeEntryAt(day: string, enteredAt: Date): FreeEntry | undefined {
  const rule = freeEntryRuleAt(day);
  return (
    rule && {
      answerBy: new Date(enteredAt.getTime() + rule.answerWithinHours * HOUR_MS),
      endsAt: (answeredAt) => new Date(answeredAt.getTime() + rule.hours * HOUR_MS),
      certain: rule.computable,
    }
  );
}
