import type { Readable } from 'node:stream';
import {
  type MessageTransport,
  type ReadReceipt,
  type SendOptions,
  type Submitted,
  TransportRefusal,
  TransportUnreachable,
} from '#libs/message-transport';
import type { CheckedContacts } from './checked-contacts.js';
import { type Fields, textOf } from './fields.js';
import { onPremisesBody, type TemplateContext } from './message-body.js';
import type { OnPremisesClient, UploadFile } from './on-premises-client.js';
import { OnPremisesError, OnPremisesUnreachableError } from './on-premises-error.js';

// A 401 without the client's own words. Its own refusal of a login (1005) is to the Cloud API 131005; either code has the
// number left alone until a person gives it a password that works.
const TOKEN_INVALID = 190;
const NOT_ON_WHATSAPP = 131026;

export interface OnPremisesTransportOptions extends TemplateContext {
  /** Where the client wants each recipient checked before the first message. */
  contacts?: Pick<CheckedContacts, 'waIdOf'>;
}

/**
 * Carries the messages of one number over its On-Premises client: bodies in, answers and refusals out are the Cloud API's.
 * There is no callback data and no typing indicator on this way.
 */
export class OnPremisesTransport implements MessageTransport {
  constructor(
    private readonly client: Pick<OnPremisesClient, 'send' | 'markRead' | 'uploadMedia' | 'downloadMedia'>,
    private readonly options: OnPremisesTransportOptions = {},
  ) {}

  async send(body: string, options: SendOptions = {}): Promise<Submitted> {
    const translated = onPremisesBody(JSON.parse(body) as Fields, this.options);
    if ('refused' in translated) {
      const { code, details } = translated.refused;
      throw refusal(400, code, 'This message cannot go over an On-Premises client', details);
    }
    const checked = await this.withCheckedRecipient(translated.body);
    const answer = await carried(this.client.send(checked, options.timeoutMs));
    const id = textOf(answer?.messages?.[0]?.id);
    return id ? { metaMessageId: id } : {};
  }

  async markRead(receipt: ReadReceipt, options: SendOptions = {}): Promise<{ success: boolean }> {
    await carried(this.client.markRead(receipt.message_id, options.timeoutMs));
    return { success: true };
  }

  /** @returns the client's id of the file @throws as `send`, with `sent` false: no message went out */
  upload(file: UploadFile): Promise<string> {
    return nothingSent(carried(this.client.uploadMedia(file)));
  }

  /** @returns the bytes, which the caller reads to their end or destroys @throws as `send` */
  async download(mediaId: string): Promise<Readable> {
    return (await carried(this.client.downloadMedia(mediaId))).bytes;
  }

  private async withCheckedRecipient(body: Fields): Promise<Fields> {
    const { contacts } = this.options;
    if (!contacts || body.recipient_type === 'group') return body;
    const waId = await nothingSent(carried(contacts.waIdOf(String(body.to))));
    if (waId === undefined) {
      throw refusal(400, NOT_ON_WHATSAPP, 'Message undeliverable', `to: ${String(body.to)} is not on WhatsApp.`);
    }
    return { ...body, to: waId };
  }
}

/** What fails before the message is sent leaves no doubt about the message. */
async function nothingSent<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    if (cause instanceof TransportRefusal && cause.httpStatus < 500) throw cause;
    throw new TransportUnreachable(false, (cause as Error).message, { cause });
  }
}

async function carried<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    if (cause instanceof OnPremisesUnreachableError) {
      throw new TransportUnreachable(cause.sent, cause.message, { cause });
    }
    if (!(cause instanceof OnPremisesError)) throw cause;
    if (cause.problems.length === 0 && cause.httpStatus !== 401) {
      throw new TransportRefusal(cause.httpStatus, undefined, { cause });
    }
    const code = cause.problems.length === 0 ? TOKEN_INVALID : cause.cloudCode;
    throw refusal(cause.httpStatus, code, cause.title, cause.message, cause);
  }
}

function refusal(httpStatus: number, code: number, title: string, details: string, cause?: OnPremisesError) {
  const error = {
    message: `(#${code}) ${title}`,
    type: 'OAuthException',
    code,
    error_data: { messaging_product: 'whatsapp', details },
    ...(cause ? { on_premises: cause.problems } : {}),
  };
  return new TransportRefusal(httpStatus, error, { cause });
}
