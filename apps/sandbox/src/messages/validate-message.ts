import type { Json } from '../state/records.js';
import { badValue, isRecord, missingField, type Refusal, refuseMedia, refuseText } from './refuse-field.js';
import { refuseInteractive } from './validate-interactive.js';

// Limits of meta/messages.md §2 (Meta's message pages, 2025-11-03 … 12-12).
const TYPES: Readonly<Record<string, (content: unknown) => Refusal | undefined>> = {
  text: (text) => (isRecord(text) ? refuseText(text.body, 'text.body', 4096) : missingField('text')),
  image: (media) => refuseMedia(media, 'image', true),
  video: (media) => refuseMedia(media, 'video', true),
  document: (media) => refuseMedia(media, 'document', true),
  audio: (media) => refuseMedia(media, 'audio', false),
  sticker: (media) => refuseMedia(media, 'sticker', false),
  location: refuseLocation,
  contacts: refuseContacts,
  reaction: refuseReaction,
  interactive: refuseInteractive,
  template: refuseTemplateReference,
};

/** Checks the form of a message to be sent; what depends on state (templates, windows, media) is checked later. */
export function refuseMessage(body: unknown): Refusal | undefined {
  if (!isRecord(body)) return { code: 100, details: 'The body must be a JSON object.' };
  if (body.messaging_product !== 'whatsapp')
    return { code: 100, details: 'Param messaging_product must be one of {WHATSAPP}.' };
  if (body.status !== undefined) return refuseReadReceipt(body);
  return refuseRecipient(body) ?? refuseContent(body);
}

/** The part of a message that says what is sent; shared with the On-Premises form. */
export function refuseContent(body: Json): Refusal | undefined {
  const type = body.type ?? 'text';
  const check = typeof type === 'string' ? TYPES[type] : undefined;
  if (!check)
    return { code: 100, details: `Param type must be one of {${Object.keys(TYPES).join(', ').toUpperCase()}}.` };
  const { context, biz_opaque_callback_data: callbackData } = body;
  if (context !== undefined && (!isRecord(context) || typeof context.message_id !== 'string'))
    return missingField('context.message_id');
  if (callbackData !== undefined && (typeof callbackData !== 'string' || callbackData.length > 512))
    return { code: 100, details: 'biz_opaque_callback_data must be text of at most 512 characters.' };
  return check(body[type as string]);
}

function refuseRecipient(body: Json): Refusal | undefined {
  const { recipient_type: kind, to, recipient } = body;
  if (kind !== undefined && kind !== 'individual' && kind !== 'group')
    return { code: 100, details: 'Param recipient_type must be one of {individual, group}.' };
  if (to === undefined || to === null || to === '') {
    if (typeof recipient !== 'string' || !recipient) return { code: 100, details: 'The parameter to is required.' };
    // Business-scoped user ids: ISO country, dot, up to 128 letters and digits (meta/webhooks.md §5a).
    return /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/.test(recipient) ? undefined : badValue('recipient is not valid.');
  }
  if (typeof to !== 'string' && typeof to !== 'number') return badValue('to is not valid.');
  if (kind === 'group') return undefined;
  const written = String(to);
  const digits = written.replace(/\D/g, '').length;
  return /^\s*\+?[\d\s()./-]+$/.test(written) && digits >= 5 && digits <= 15 ? undefined : badValue('to is not valid.');
}

function refuseReadReceipt(body: Json): Refusal | undefined {
  if (body.status !== 'read') return { code: 100, details: 'Param status must be one of {READ}.' };
  if (typeof body.message_id !== 'string' || !body.message_id)
    return { code: 100, details: 'The parameter message_id is required.' };
  if (!body.message_id.startsWith('wamid.')) return badValue('message_id is not a message id.');
  const typing = body.typing_indicator;
  if (typing !== undefined && (!isRecord(typing) || typing.type !== 'text'))
    return { code: 100, details: 'Param typing_indicator.type must be one of {TEXT}.' };
  return undefined;
}

function refuseLocation(location: unknown): Refusal | undefined {
  if (!isRecord(location)) return missingField('location');
  for (const [name, limit] of [
    ['latitude', 90],
    ['longitude', 180],
  ] as const) {
    const value = location[name];
    if (value === undefined || value === '') return missingField(`location.${name}`);
    if (!(Math.abs(Number(value)) <= limit)) return badValue(`location.${name} is not valid.`);
  }
  return undefined;
}

function refuseContacts(contacts: unknown): Refusal | undefined {
  if (!Array.isArray(contacts) || !contacts.length) return missingField('contacts');
  if (contacts.length > 257) return { code: 100, details: 'Param contacts must have at most 257 elements.' };
  for (const [i, contact] of contacts.entries()) {
    const name = isRecord(contact) ? contact.name : undefined;
    if (!isRecord(name) || typeof name.formatted_name !== 'string' || !name.formatted_name)
      return missingField(`contacts[${i}].name.formatted_name`);
    const birthday = (contact as Json).birthday;
    // Clients write an empty one where there is none.
    if (birthday && !/^\d{4}-\d{2}-\d{2}$/.test(String(birthday)))
      return badValue(`contacts[${i}].birthday is not YYYY-MM-DD.`);
  }
  return undefined;
}

function refuseReaction(reaction: unknown): Refusal | undefined {
  if (!isRecord(reaction)) return missingField('reaction');
  if (typeof reaction.message_id !== 'string' || !reaction.message_id) return missingField('reaction.message_id');
  // An empty emoji takes the reaction back.
  return typeof reaction.emoji === 'string' ? undefined : missingField('reaction.emoji');
}

function refuseTemplateReference(template: unknown): Refusal | undefined {
  if (!isRecord(template)) return missingField('template');
  if (typeof template.name !== 'string' || !template.name) return missingField('template.name');
  const { language, components } = template;
  if (!isRecord(language) || typeof language.code !== 'string' || !language.code)
    return missingField('template.language.code');
  if (language.policy !== undefined && language.policy !== 'deterministic')
    return badValue('template.language.policy must be deterministic.');
  return components === undefined || Array.isArray(components)
    ? undefined
    : badValue('template.components must be a list.');
}
