import { metaError } from '#libs/error-catalogue';
import { derivedId, timeOfId } from '#libs/ids';
import type { TenantEvent } from '#libs/tenant-events';
import { newMessageRef } from './message-ref.js';
import type { MessageRow } from './message-row.js';

/** The number that a message was to go out from, as far as a status names it. */
export interface FromNumber {
  number: { phoneNumberId: string; metaPhoneNumberId: string; displayPhoneNumber: string };
  waba: { wabaId: string; metaWabaId: string };
}

/** Meta's code for a message whose time to live passed. */
export const EXPIRED = {
  code: 131043,
  message: '(#131043) Message expired',
  error_data: { messaging_product: 'whatsapp', details: 'It could not be sent before its time to live passed.' },
};

/** What a tenant is told of a message that is given up although nobody knows what became of it. */
export const NEVER_TOLD = {
  code: 131000,
  message: '(#131000) Something went wrong',
  error_data: {
    messaging_product: 'whatsapp',
    details:
      'Meta never said whether it took this message, and it counts as not sent. Should it arrive after all, its statuses say so.',
  },
};

/**
 * The status that tells a tenant that an accepted message will not be sent: in Meta's own shape, since to the tenant it
 * makes no difference whether Meta refused the call or said so later.
 *
 * @param error Meta's error, or ours in the same form
 */
export function failedStatus(channel: FromNumber, message: MessageRow, error: unknown, at: Date): TenantEvent {
  const {
    code = 131000,
    message: text,
    error_data,
  } = error as {
    code?: number;
    message?: string;
    error_data?: { details?: string };
  };
  const title = metaError(code).title;
  return {
    eventId: derivedId(timeOfId(message.messageId), message.messageId, 'failed', String(message.attempts)),
    kind: 'status',
    wabaId: channel.waba.wabaId,
    phoneNumberId: channel.number.phoneNumberId,
    customer: message.recipient,
    body: {
      object: 'whatsapp_business_account',
      entry: [
        {
          id: channel.waba.metaWabaId,
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: {
                  display_phone_number: channel.number.displayPhoneNumber.replace(/\D/g, ''),
                  phone_number_id: channel.number.metaPhoneNumberId,
                },
                statuses: [
                  {
                    id: newMessageRef(message.messageId),
                    status: 'failed',
                    timestamp: String(Math.floor(at.getTime() / 1000)),
                    recipient_id: message.recipient,
                    ...(message.clientData === null ? {} : { biz_opaque_callback_data: message.clientData }),
                    errors: [{ code, title, message: text ?? title, ...(error_data ? { error_data } : {}) }],
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  };
}
