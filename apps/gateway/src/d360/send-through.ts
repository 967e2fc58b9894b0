import { Injectable } from '@nestjs/common';
import type { Once } from '#libs/idempotency';
import type { Caller } from '#libs/tenants';
import { MarkAsRead } from '../messages/mark-as-read.js';
import { readMarketingMessage, readMessage } from '../messages/read-message.js';
import { SendMessage, type SentMessage } from '../messages/send-message.js';
import type { ChosenNumber } from './choose-number.js';

/** Sends what clients of 360dialog send, as if it had come to the Cloud API's own path. */
@Injectable()
export class SendThrough {
  constructor(
    private readonly sendMessage: SendMessage,
    private readonly markAsRead: MarkAsRead,
  ) {}

  /** @param once the caller's Idempotency-Key, kept with the message */
  send(
    caller: Caller,
    { number }: ChosenNumber,
    body: unknown,
    once: Once | undefined,
  ): Promise<SentMessage | { success: boolean }> {
    const request = readMessage(body);
    return request.kind === 'read'
      ? this.markAsRead.markOnce(caller, number.metaPhoneNumberId, request, once)
      : this.sendMessage.send(caller, number.metaPhoneNumberId, request, once);
  }

  /** As `send`, by Meta's Marketing Messages API. */
  sendMarketing(caller: Caller, { number }: ChosenNumber, body: unknown, once: Once | undefined): Promise<SentMessage> {
    return this.sendMessage.send(caller, number.metaPhoneNumberId, readMarketingMessage(body), once);
  }
}

/**
 * A message of the old API as one of the Cloud API: the same but for `messaging_product`, and for the template's
 * namespace, which the Cloud API does not know.
 */
export function fromOldMessage(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { template, ...rest } = body as Record<string, unknown>;
  const isObject = typeof template === 'object' && template !== null;
  const { namespace: _, ...named } = (isObject ? template : {}) as Record<string, unknown>;
  return {
    messaging_product: 'whatsapp',
    ...rest,
    ...(template === undefined ? {} : { template: isObject ? named : template }),
  };
}
