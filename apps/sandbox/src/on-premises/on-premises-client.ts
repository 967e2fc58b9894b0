import { createHash, randomUUID } from 'node:crypto';
import { GraphError } from '../graph/graph-error.js';
import { refuseFile } from '../messages/refuse-file.js';
import type { MessageSender } from '../messages/send-message.js';
import { refuseContent } from '../messages/validate-message.js';
import type { Json, PhoneNumber } from '../state/records.js';
import type { World } from '../state/world.js';
import type { Outbox } from '../webhooks/outbox.js';
import { ApplicationSettings } from './application-settings.js';
import { bad, missing, OnPremisesError, onPremisesCode, onPremisesTitle } from './on-premises-error.js';
import { Users } from './users.js';

export interface HealthNode {
  name: string;
  role: 'primary_master' | 'secondary_master' | 'coreapp';
  gateway_status: string;
}

// Kept so that a receipt for a message that never came can be refused; older ones are forgotten.
const INBOUND_KEPT = 10_000;
const MEDIA_TYPES = new Set(['image', 'video', 'audio', 'document', 'sticker']);
// What the Cloud API added; the old client refuses it.
const CLOUD_ONLY = ['messaging_product', 'biz_opaque_callback_data', 'recipient', 'recipient_identity_key_hash'];

/**
 * One On-Premises client as a business ran it itself (Meta's On-Premises reference, stored copies): one number, its own
 * users, media, settings and callback.
 */
export class OnPremisesClient {
  readonly users: Users;
  readonly settings = new ApplicationSettings();
  readonly media = new Map<string, { mimeType: string; bytes: Buffer }>();
  readonly inbound = new Set<string>();
  /** More than one in a multiconnect setup. */
  nodes: HealthNode[] = [];
  shards = 1;
  photo: { mimeType: string; bytes: Buffer } | undefined;
  /** Said of itself by a single client instead of what is true. */
  gatewayStatus: string | undefined;
  /** The number being registered, until its code is given. */
  registering: string | undefined;
  sent = 0;
  received = 0;
  private phoneNumberId: string | undefined;
  private everBound = false;

  /** @param serve a client without a number of its own carries the first that is registered, beside the Cloud API. */
  constructor(
    readonly name: string,
    private readonly serve: 'any number' | 'its own number',
    private readonly world: World,
    private readonly sender: MessageSender,
    private readonly outbox: Outbox,
  ) {
    this.users = new Users(world);
  }

  /** From now on this client alone carries the number. */
  bind(number: PhoneNumber): void {
    this.everBound = true;
    this.phoneNumberId = number.id;
    number.onPremises = this.name;
    number.registered = true;
    if (['PENDING', 'DISCONNECTED', 'UNVERIFIED', 'MIGRATED'].includes(number.status)) number.status = 'CONNECTED';
  }

  number(): PhoneNumber | undefined {
    if (this.phoneNumberId !== undefined) {
      const number = this.world.get('phone_number', this.phoneNumberId);
      return number?.onPremises === this.name ? number : undefined;
    }
    if (this.serve === 'its own number' || this.everBound) return undefined;
    for (const number of this.world.all('phone_number'))
      if (number.registered && number.onPremises === undefined) return number;
    return undefined;
  }

  requireNumber(): PhoneNumber {
    const number = this.number();
    if (!number) throw new OnPremisesError(1011, 'No number is registered.', 503);
    return number;
  }

  health(): Json {
    const status = this.gatewayStatus ?? (this.number() ? 'connected' : 'unregistered');
    if (this.nodes.length === 0) return { gateway_status: status };
    return Object.fromEntries(this.nodes.map(({ name, role, gateway_status }) => [name, { gateway_status, role }]));
  }

  /** @returns the message id. @throws OnPremisesError with the nearest On-Premises code. */
  send(body: Json): string {
    const number = this.requireNumber();
    for (const key of CLOUD_ONLY) if (body[key] !== undefined) throw new OnPremisesError(1010, `${key} is not known.`);
    const { recipient_type: kind } = body;
    if (kind !== undefined && kind !== 'individual' && kind !== 'group')
      throw new OnPremisesError(1002, 'recipient_type must be individual or group.');
    if (typeof body.to !== 'string' || !body.to) throw missing('to');
    const refusal = refuseContent(body);
    if (refusal) throw new OnPremisesError(onPremisesCode(refusal.code), refusal.details);
    this.requireTemplateForm(number, body.template as Json | undefined);
    this.requireMedia(body[String(body.type ?? 'text')] as Json | undefined);
    try {
      const { id } = this.sender.accept(number, body, '/v1/messages', this.world.ids.onPremisesId('gBEG'), true);
      this.sent++;
      return id;
    } catch (error) {
      if (error instanceof GraphError) throw new OnPremisesError(onPremisesCode(error.code), error.details);
      throw error;
    }
  }

  /** Namespace and policy are of the old form alone. */
  private requireTemplateForm(number: PhoneNumber, template: Json | undefined): void {
    if (!template) return;
    if (template.namespace === undefined) throw missing('template.namespace');
    if (template.namespace !== this.world.get('waba', number.wabaId)?.namespace)
      throw new OnPremisesError(2003, 'The namespace is not that of the account.');
    if ((template.language as Json).policy === undefined) throw missing('template.language.policy');
  }

  private requireMedia(content: Json | undefined): void {
    if (typeof content?.id === 'string' && !this.media.has(content.id))
      throw new OnPremisesError(1006, `Media ${content.id} was not found.`, 404);
  }

  markRead(messageId: string, status: unknown): void {
    this.requireNumber();
    if (status !== 'read') throw bad('status must be read');
    if (!this.inbound.has(messageId)) throw new OnPremisesError(1006, `Message ${messageId} was not found.`, 404);
  }

  storeMedia(mimeType: string, bytes: Buffer): string {
    const refusal = refuseFile(mimeType.split(';')[0]!.trim().toLowerCase(), bytes.length);
    if (refusal) throw bad(refusal);
    return this.keepMedia(mimeType, bytes);
  }

  private keepMedia(mimeType: string, bytes: Buffer): string {
    const id = randomUUID();
    this.media.set(id, { mimeType, bytes });
    return id;
  }

  /** A customer's message in Meta's shape, told to the callback; its bytes are kept here. */
  receive(contact: Json | undefined, message: Json & { id: string }): void {
    this.received++;
    this.inbound.add(message.id);
    if (this.inbound.size > INBOUND_KEPT) for (const oldest of this.inbound) if (this.inbound.delete(oldest)) break;
    const type = String(message.type);
    const told = MEDIA_TYPES.has(type) ? { ...message, [type]: this.ownMedia(message[type] as Json) } : message;
    this.callback({ ...(contact && { contacts: [contact] }), messages: [told] });
  }

  private ownMedia({ base64, url: _, ...media }: Json): Json {
    if (typeof base64 !== 'string') return media;
    const bytes = Buffer.from(base64, 'base64');
    const mimeType = typeof media.mime_type === 'string' ? media.mime_type : 'application/octet-stream';
    const id = this.keepMedia(mimeType.split(';')[0]!, bytes);
    return { ...media, id, mime_type: mimeType, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  /** A status of one of its messages, from the form that the Cloud API gives it. */
  report(status: Json): void {
    if (!this.settings.wantsStatus(String(status.status))) return;
    const { biz_opaque_callback_data: _, errors, conversation, ...told } = status;
    const ends = (conversation as Json | undefined)?.expiration_timestamp;
    this.callback({
      statuses: [
        {
          ...told,
          type: 'message',
          ...(conversation !== undefined && {
            conversation: {
              ...(conversation as Json),
              ...(ends !== undefined && { expiration_timestamp: Number(ends) }),
            },
          }),
          ...(Array.isArray(errors) && { errors: errors.map(oldError) }),
        },
      ],
    });
  }

  /** Posts to `webhooks.url` as the client does: no envelope, no signature. */
  callback(body: Json): void {
    const url = this.settings.webhookUrl();
    if (url) this.outbox.send(url, 'on-premises', JSON.stringify(body));
  }
}

function oldError(error: Json): Json {
  const code = onPremisesCode(Number(error.code));
  const details = (error.error_data as Json | undefined)?.details;
  return {
    code,
    title: onPremisesTitle(code),
    ...(details !== undefined && { details }),
    href: 'https://developers.facebook.com/docs/whatsapp/api/errors/',
  };
}
