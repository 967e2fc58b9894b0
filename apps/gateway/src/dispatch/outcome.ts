import { breaksChannel, leastWaitSeconds, metaError, refusesNumber, type Scope } from '#libs/error-catalogue';
import { readAnswer } from '#libs/message-status';
import { type Submitted, TransportRefusal, TransportUnreachable } from '#libs/message-transport';
import type { CallResult, MessageRow, ToldOfTemplate } from '#libs/outbox';

/** Seconds before the next attempt, by how many there were; the last one repeats until the message expires. */
export const BACKOFF_SECONDS = [1, 2, 5, 15, 60, 300] as const;
/** A number whose access is broken is left alone so long before it is tried again. */
const BROKEN_SECONDS = 60;

/** The least that a whole number rests; `Pace` makes it longer while trying is in vain. */
const REST_SECONDS = 1;

/** What Meta refuses for now of one message, recipient or template; the number's others may go. */
const ALONE: ReadonlySet<Scope> = new Set(['message', 'pair', 'template']);

/** What became of one call. */
export interface Outcome {
  result: CallResult;
  /** How long the whole number should rest because of it at least, in ms. */
  restMs?: number;
  /** Meta, or the way to it, may be in trouble: no answer, or an error of its servers. */
  trouble?: boolean;
}

export function outcomeOfAnswer(message: MessageRow, sent: Submitted): Outcome {
  const call = { messageId: message.messageId, attempt: message.attempts };
  // A success that names no message cannot be followed; it may have been sent, so it is not tried again.
  if (!sent.metaMessageId) return { result: { ...call, became: 'unknown', reason: 'answer_without_id' } };
  return {
    result: {
      ...call,
      became: readAnswer(sent.messageStatus) === 'held' ? 'held' : 'submitted',
      metaMessageId: sent.metaMessageId,
      ...(sent.messageStatus ? { answer: { message_status: sent.messageStatus } } : {}),
    },
  };
}

/**
 * What a call that threw means. Only what certainly was not done is tried again; where that is not certain the message is
 * parked as unknown.
 */
export function outcomeOfError(message: MessageRow, thrown: unknown, now: Date): Outcome {
  const call = { messageId: message.messageId, attempt: message.attempts };
  const again = (seconds: number, error?: unknown): CallResult => ({
    ...call,
    became: 'accepted',
    notBefore: new Date(now.getTime() + seconds * 1_000),
    ...(error === undefined ? {} : { error }),
  });
  const backoff = BACKOFF_SECONDS[Math.min(message.attempts, BACKOFF_SECONDS.length) - 1] ?? 1;
  if (thrown instanceof TransportUnreachable) {
    if (thrown.sent) return { result: { ...call, became: 'unknown', reason: thrown.message }, trouble: true };
    return { result: again(backoff, { message: thrown.message }), restMs: REST_SECONDS * 1_000, trouble: true };
  }
  if (!(thrown instanceof TransportRefusal)) return { result: { ...call, became: 'unknown', reason: 'unexpected' } };

  const { error, retryAfterSeconds = 0 } = thrown;
  if (!error) {
    // No envelope of Meta's: something between us answered, and behind it the call may have gone through.
    if (thrown.httpStatus === 429) {
      const restSeconds = Math.max(REST_SECONDS, retryAfterSeconds);
      return { result: again(Math.max(backoff, retryAfterSeconds)), restMs: restSeconds * 1_000 };
    }
    const reason = `HTTP ${thrown.httpStatus} without an error of Meta's`;
    return thrown.httpStatus >= 500
      ? { result: { ...call, became: 'unknown', reason }, trouble: true }
      : { result: { ...call, became: 'failed', error: { code: 0, message: thrown.message } } };
  }
  const told = toldOfTemplate(message, thrown.code);
  if (told?.word === 'PAUSED') {
    return { result: { ...call, became: 'parked', heldFor: 'template_paused', error, told } };
  }
  if (told) return { result: { ...call, became: 'failed', error, told } };
  const meant = metaError(thrown.code, thrown.subcode);
  if (breaksChannel(meant)) return { result: again(BROKEN_SECONDS, error), restMs: BROKEN_SECONDS * 1_000 };
  if (refusesNumber(meant)) {
    return { result: { ...call, became: 'failed', error, numberRefused: meant.code }, trouble: true };
  }
  if (meant.retry === 'settle') return { result: { ...call, became: 'unknown', reason: meant.title } };
  if (meant.retry !== 'backoff') return { result: { ...call, became: 'failed', error } };
  const asked = Math.max(leastWaitSeconds(meant, message.attempts - 1), retryAfterSeconds);
  const result = again(Math.max(backoff, asked), error);
  if (!ALONE.has(meant.scope)) {
    return { result, restMs: Math.max(REST_SECONDS, asked) * 1_000 };
  }
  return { result, trouble: thrown.httpStatus >= 500 };
}

/** Meta's refusals that speak of the template, and not of the message (error page of 2025-12-12). */
const TEMPLATE_CODES: Readonly<Record<number, ToldOfTemplate['word']>> = { 132015: 'PAUSED', 132016: 'DISABLED' };

function toldOfTemplate({ templateId, statusAt }: MessageRow, code: number): ToldOfTemplate | undefined {
  const word = TEMPLATE_CODES[code];
  return word && templateId ? { templateId, word, at: statusAt } : undefined;
}
