import { Refusal } from '#libs/http';
import { isId, newId, timeOfId } from '#libs/ids';
import { refuse } from '../graph-envelope/refuse.js';
import { isFields } from './problems.js';
import { readMessage } from './read-message.js';
import type { Outbound } from './send-message.js';

/** Messages of the largest batch. */
export const BATCH_SIZE = 500;

// The id carries the time of acceptance, by which messages are partitioned, listed and counted: it may not be far off.
const OLDEST_MS = 3_600_000;
const AHEAD_MS = 60_000;

/** One message of a batch: well-formed, or refused already. */
export type BatchItem = { messageId: string } & ({ request: Outbound } | { refusal: Refusal });

/**
 * Reads the body of a batch. What is wrong with one message is that message's refusal; what is wrong with the batch is
 * thrown.
 *
 * @throws Refusal
 */
export function readBatch(given: unknown, now: Date): { number: string; items: BatchItem[] } {
  if (!isFields(given)) throw refuse('invalid_parameter', 'The body must be a JSON object with `messages`.');
  const { phone_number_id: number, messages } = given;
  if (typeof number !== 'string' || number === '') {
    throw refuse('missing_parameter', "phone_number_id: is required: Meta's id of the number that sends.");
  }
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > BATCH_SIZE) {
    throw refuse('invalid_parameter', `messages: must be a list of 1 to ${BATCH_SIZE} messages.`);
  }
  const ids = new Set<string>();
  const items = messages.map((one: unknown): BatchItem => {
    const { id, ...body } = isFields(one) ? one : {};
    const messageId = id === undefined || id === null ? newId(now) : String(id);
    try {
      if (!isFields(one)) throw refuse('invalid_parameter', 'Each message must be a JSON object.');
      if (!isOurs(messageId)) throw refuse('invalid_value', 'id: must be a UUID of version 7, in small letters.');
      if (ids.has(messageId)) throw refuse('invalid_value', 'id: stands twice in this batch; the first one is taken.');
      ids.add(messageId);
      // What says a policy of the Marketing Messages API is to go by it.
      const path = body.product_policy ? 'marketing_messages' : 'messages';
      const request = readMessage({ messaging_product: 'whatsapp', ...body }, path);
      if (request.kind !== 'message') {
        throw refuse('invalid_parameter', 'status: read receipts are sent on /{phone-number-id}/messages.');
      }
      return { messageId, request };
    } catch (refusal) {
      if (refusal instanceof Refusal) return { messageId, refusal };
      throw refusal;
    }
  });
  return { number, items };
}

const isOurs = (id: string): boolean => isId(id) && id[14] === '7';

/** Why an id that no message has yet may not become one's; undefined where it may. */
export function unfitTime(messageId: string, now: Date): Refusal | undefined {
  const ageMs = now.getTime() - timeOfId(messageId).getTime();
  if (ageMs <= OLDEST_MS && ageMs >= -AHEAD_MS) return undefined;
  return refuse(
    'stale_id',
    'id: no message has it, and its time is not that of the moment (an hour ago at most). Make a new one; nothing was sent.',
  );
}
