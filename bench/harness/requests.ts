import { createHmac, randomBytes } from 'node:crypto';
import { type BenchMerchant, type BenchNumber, CUSTOMER } from './merchants.js';

/** Digits of the nth customer; different ones, because each pays for itself in windows, tiers and pair rates. */
export const customer = (n: number): string => `52155${String(10_000_000 + (n % 80_000_000))}`;

export type Kind = 'text' | 'template';

/** The JSON body of a send: a text inside an open service window, or a utility template to the nth customer. */
export function sendBody(kind: Kind, n: number): string {
  return JSON.stringify(
    kind === 'text'
      ? {
          messaging_product: 'whatsapp',
          to: `+${CUSTOMER}`,
          type: 'text',
          text: { body: 'Your order is on its way.' },
        }
      : {
          messaging_product: 'whatsapp',
          to: `+${customer(n)}`,
          type: 'template',
          template: {
            name: 'order_update',
            language: { code: 'en_US' },
            components: [
              {
                type: 'body',
                parameters: [
                  { type: 'text', text: 'Ana' },
                  { type: 'text', text: '1042' },
                ],
              },
            ],
          },
        },
  );
}

export const sendHeaders = (merchant: BenchMerchant): Record<string, string> => ({
  authorization: `Bearer ${merchant.apiKey}`,
  'content-type': 'application/json',
});

/** A webhook of Meta's with the first status of a message that nobody knows, and its signature. */
export function statusWebhook(
  merchant: BenchMerchant,
  number: BenchNumber,
  appSecret: string,
): { headers: Record<string, string>; body: string } {
  const status = {
    id: `wamid.${randomBytes(24).toString('base64url')}`,
    status: 'sent',
    timestamp: String(Math.floor(Date.now() / 1_000)),
    recipient_id: CUSTOMER,
    pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' },
  };
  const metadata = { display_phone_number: '15550000000', phone_number_id: number.metaPhoneNumberId };
  const value = { messaging_product: 'whatsapp', metadata, statuses: [status] };
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: merchant.metaWabaId, changes: [{ field: 'messages', value }] }],
  });
  const signature = createHmac('sha256', appSecret).update(body).digest('hex');
  return { headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` }, body };
}
