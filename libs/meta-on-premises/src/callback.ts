import { cloudErrorOf } from './cloud-error.js';
import { type Fields, isFields } from './fields.js';

/** What the envelope of a Cloud API webhook says of the number, and a callback does not. */
export interface CallbackNumber {
  metaWabaId: string;
  metaPhoneNumberId: string;
  /** In any written form. */
  displayPhoneNumber: string;
}

export interface CloudWebhook {
  object: 'whatsapp_business_account';
  entry: { id: string; changes: { field: 'messages'; value: unknown }[] }[];
}

/**
 * A callback of the On-Premises client, which has no envelope, as the Cloud API webhook that says the same: one change
 * each for statuses, messages and errors. Whatever else it holds becomes a change of its own, so that nothing is lost;
 * ids are kept (they are not `wamid.`). It speaks of its own number, whatever it says; and callback data, which no client
 * has ever been given, are left out of its statuses.
 *
 * Shapes: Meta's On-Premises webhook pages, stored copies of 2026-05; conversations and prices in statuses: general
 * knowledge.
 */
export function cloudWebhookOf(callback: unknown, number: CallbackNumber): CloudWebhook {
  const about = {
    messaging_product: 'whatsapp',
    metadata: {
      display_phone_number: number.displayPhoneNumber.replace(/\D/g, ''),
      phone_number_id: number.metaPhoneNumberId,
    },
  };
  const values = isFields(callback) ? valuesOf(callback) : [{ callback }];
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: number.metaWabaId,
        changes: values.map((value) => ({ field: 'messages', value: { ...value, ...about } })),
      },
    ],
  };
}

function valuesOf(callback: Fields): Fields[] {
  const { statuses, messages, contacts, errors, ...rest } = callback;
  const people = contacts === undefined ? {} : { contacts };
  const values: Fields[] = [];
  if (hasSome(statuses)) values.push({ statuses: statuses.map(cloudStatus) });
  if (hasSome(messages)) values.push({ ...people, messages: messages.map(cloudMessage) });
  else if (hasSome(contacts)) Object.assign(rest, people);
  if (hasSome(errors)) values.push({ errors: errors.map(cloudErrorOf) });
  if (values.length === 0 || Object.keys(rest).length > 0) values.push(rest);
  return values;
}

const hasSome = (list: unknown): list is unknown[] => Array.isArray(list) && list.length > 0;

/** Unix seconds, which the Cloud API writes as text. */
const asText = (seconds: unknown) => (typeof seconds === 'number' ? String(seconds) : seconds);

function cloudStatus(status: unknown): unknown {
  if (!isFields(status)) return status;
  const { type, message, errors, conversation, biz_opaque_callback_data: _, ...told } = status;
  // Some versions name the recipient in `message` (Meta's address message page).
  const recipient = told.recipient_id ?? (isFields(message) ? message.recipient_id : undefined);
  return {
    ...told,
    ...(recipient === undefined ? {} : { recipient_id: recipient }),
    ...(told.timestamp === undefined ? {} : { timestamp: asText(told.timestamp) }),
    ...(type === undefined || type === 'message' ? {} : { type }),
    ...(conversation === undefined ? {} : { conversation: cloudConversation(conversation) }),
    ...(hasSome(errors) ? { errors: errors.map(cloudErrorOf) } : {}),
  };
}

function cloudConversation(conversation: unknown): unknown {
  if (!isFields(conversation) || conversation.expiration_timestamp === undefined) return conversation;
  return { ...conversation, expiration_timestamp: asText(conversation.expiration_timestamp) };
}

const MEDIA = ['image', 'video', 'audio', 'document', 'sticker'] as const;

function cloudMessage(message: unknown): unknown {
  if (!isFields(message)) return message;
  const told: Fields = { ...message };
  if (told.timestamp !== undefined) told.timestamp = asText(told.timestamp);
  // A voice note was a type of its own (general knowledge).
  if (told.type === 'voice' && isFields(told.voice)) {
    told.type = 'audio';
    told.audio = { ...told.voice, voice: true };
    delete told.voice;
  }
  for (const kind of MEDIA) {
    const media = told[kind];
    if (!isFields(media)) continue;
    // Where the file lies on the client's own disk is nobody else's business.
    const { file: _, ...shown } = media;
    told[kind] = shown;
  }
  if (hasSome(told.errors)) told.errors = told.errors.map(cloudErrorOf);
  return told;
}
