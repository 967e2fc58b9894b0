import type { Meta } from '../meta.js';
import { digitsOf } from '../state/phone.js';
import type { Json, PhoneNumber } from '../state/records.js';
import { customerWrote } from './service-window.js';

/** The message is not one that Meta would send. */
export class InboundProblem extends Error {}

// Types of meta/webhooks.md §4; each but the last three carries an object or list named after itself.
const TYPES: ReadonlySet<string> = new Set(
  (
    'text image video audio document sticker location contacts reaction button interactive order system unsupported ' +
    'edit revoke request_welcome'
  ).split(' '),
);
const BARE = new Set(['unsupported', 'request_welcome']);
const MEDIA = new Set(['image', 'video', 'audio', 'document', 'sticker']);
const DAY = 86_400_000;

export interface InboundInput {
  from: string;
  message: Json;
  contact?: Json;
}

/**
 * A customer writes to a number. The message is in Meta's shape without `from`, `id` and `timestamp`; media may be given
 * as bytes (`base64` beside `mime_type`) and is then kept for 7 days.
 * @returns the id of the message. @throws InboundProblem
 */
export function customerWrites(
  meta: Meta,
  number: PhoneNumber,
  input: InboundInput,
): { id: string; wa_id?: string; user_id?: string } {
  const { world } = meta;
  const { message } = input;
  const type = String(message.type);
  if (!TYPES.has(type)) throw new InboundProblem(`message.type must be one of ${[...TYPES].join(', ')}`);
  if (!BARE.has(type) && (typeof message[type] !== 'object' || message[type] === null))
    throw new InboundProblem(`message.${type} is missing`);
  const userId = /^[A-Z]{2}\./.test(input.from) ? input.from : undefined;
  const from = userId ?? digitsOf(input.from);
  const now = world.now();
  const id = number.onPremises === undefined ? world.ids.wamid() : world.ids.onPremisesId('ABGG');
  // What a blocked customer writes never arrives.
  if (!number.blocked.has(from)) {
    // A change of number or a reaction taken back is no message of the customer's.
    if (type !== 'system') customerWrote(world.pair(number.id, from), now, message.referral !== undefined);
    const { name, ...given } = (input.contact ?? {}) as { name?: unknown; profile?: unknown };
    const contact = {
      ...given,
      profile: given.profile ?? { name: name ?? `Customer ${from.slice(-4)}` },
      ...(userId ? { user_id: userId } : { wa_id: from }),
    };
    // A system message has no contacts (meta/webhooks.md §4).
    const withContact = type === 'system' ? undefined : contact;
    const told = {
      ...message,
      ...(userId ? { from_user_id: userId } : { from }),
      id,
      timestamp: String(Math.floor(now / 1000)),
    };
    if (number.onPremises === undefined)
      meta.emitter.messages(number, {
        ...(withContact && { contacts: [withContact] }),
        messages: [
          { ...told, ...(MEDIA.has(type) && { [type]: withStoredMedia(meta, number, message[type] as Json) }) },
        ],
      });
    meta.onPremises.clientOf(number)?.receive(withContact, told);
  }
  return { id, ...(userId ? { user_id: userId } : { wa_id: from }) };
}

function withStoredMedia(meta: Meta, number: PhoneNumber, media: Json): Json {
  const { base64, ...rest } = media;
  if (typeof rest.id === 'string') return rest;
  const mimeType = typeof rest.mime_type === 'string' ? rest.mime_type : 'application/octet-stream';
  const stored = meta.world.addMedia({
    phoneNumberId: number.id,
    mimeType: mimeType.split(';')[0]!,
    bytes: Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64'),
    filename: typeof rest.filename === 'string' ? rest.filename : undefined,
    // Ids from webhooks live 7 days since 2025-10-09 (meta/messages.md §2).
    expiresAt: meta.world.now() + 7 * DAY,
  });
  return { ...rest, mime_type: mimeType, sha256: Buffer.from(stored.sha256, 'hex').toString('base64'), id: stored.id };
}
