/** How long a delivered message keeps its recipient counted. */
export const DAY_MS = 86_400_000;

/** What is used of a limit at an instant, for the number or portfolio that the limit belongs to. */
export interface QuotaUse {
  /** `capOf` the limit; Infinity when there is none. */
  readonly cap: number;
  /** Different recipients counted now, those on their way to Meta included. */
  readonly used: number;
  /**
   * When counted recipients stop counting, soonest first. May be cut short; `used - cap + 1` of them are enough to name
   * the time at which room appears, which is one unless the limit was lowered.
   */
  readonly leavingAt?: readonly Date[];
}

export interface NextRecipient {
  /** Already counted: another message to the same user costs nothing of the limit. */
  readonly counted: boolean;
  /** A reply inside an open service window never counts. */
  readonly insideWindow: boolean;
}

export type Verdict =
  | {
      readonly send: true /** Whether the recipient has to be counted now. */;
      readonly counts: boolean;
      readonly remaining: number;
    }
  | {
      readonly send: false;
      readonly why: 'tier_exhausted';
      readonly remaining: 0 /** Undefined: no wait helps. */;
      readonly retryAt?: Date;
    };

/** How many more different recipients fit now; Infinity when there is no limit. */
export const remaining = (use: Pick<QuotaUse, 'cap' | 'used'>): number => Math.max(0, use.cap - use.used);

/**
 * Whether one more message may go out. It only decides: whoever asks must count the recipient in the same atomic step, or
 * two processes share the last place.
 * Meta counts different users to whom messages are delivered outside a service window in a moving 24 h (messaging limits
 * page of 2025-11-26); what is on its way counts here too, since it may be delivered.
 * @returns with a refusal the time at which room appears; if `leavingAt` does not reach far enough, the end of the moving
 *   day, by which everyone counted now has left, unless more is delivered to them
 */
export function admit(use: QuotaUse, next: NextRecipient, now: Date): Verdict {
  const left = remaining(use);
  if (next.insideWindow || next.counted) return { send: true, counts: false, remaining: left };
  if (left > 0) return { send: true, counts: true, remaining: left - 1 };
  if (use.cap === 0) return { send: false, why: 'tier_exhausted', remaining: 0 };
  const retryAt = use.leavingAt?.[use.used - use.cap] ?? new Date(now.getTime() + DAY_MS);
  return { send: false, why: 'tier_exhausted', remaining: 0, retryAt };
}
