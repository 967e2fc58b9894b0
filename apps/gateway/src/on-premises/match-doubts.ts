import type { InDoubt } from '#libs/outbox';

/** A status with an id of an On-Premises client's that no message of ours has. */
export interface Stray {
  metaMessageId: string;
  recipient: string;
  /** The client's word. */
  status: string;
  /** The client's time, in whole seconds. */
  at: Date;
}

/** The clocks of client and gateway may differ by so much. */
const CLOCKS_DIFFER_MS = 60_000;
/** Only what tells of a message for the first time: a later `read` may be of what somebody else sent long ago. */
const FIRST_WORDS = new Set(['sent', 'failed']);

/**
 * Which message in doubt each stray status is about. An On-Premises client gives no callback data back, so a call whose
 * answer was lost can only be known by whom it was for and when: where exactly one message to a customer is in doubt, and
 * exactly one id appears that nobody knows, first told of after the call, they belong together. Where there are more of
 * either nobody can say, and the policy of their category decides.
 *
 * @param strays  of one number
 * @param inDoubt messages of that number whose outcome is unknown, or whose call is under way
 * @returns our ids of messages, by the client's
 */
export function matchDoubts(strays: readonly Stray[], inDoubt: readonly InDoubt[]): Map<string, string> {
  const matched = new Map<string, string>();
  for (const recipient of new Set(strays.map((s) => s.recipient))) {
    const first = strays.filter((s) => s.recipient === recipient && FIRST_WORDS.has(s.status));
    const [stray, ...otherIds] = new Map(first.map((s) => [s.metaMessageId, s])).values();
    const [message, ...others] = inDoubt.filter((m) => m.recipient === recipient);
    if (!stray || !message || otherIds.length > 0 || others.length > 0 || message.underWay) continue;
    if (stray.at.getTime() < message.calledAt.getTime() - CLOCKS_DIFFER_MS) continue;
    matched.set(stray.metaMessageId, message.messageId);
  }
  return matched;
}
