import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CloudWebhook, cloudWebhookOf } from './callback.js';
import type { Fields } from './fields.js';

const number = {
  metaWabaId: '100000000000001',
  metaPhoneNumberId: '200000000000002',
  displayPhoneNumber: '+1 555-000-1111',
};
const sample = (name: string): Fields =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures', `${name}.json`), 'utf8'));
const about = {
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: '15550001111', phone_number_id: '200000000000002' },
};
const valuesOf = (webhook: CloudWebhook) => webhook.entry.flatMap((e) => e.changes).map((c) => c.value as Fields);
const firstValue = (callback: unknown) => valuesOf(cloudWebhookOf(callback, number))[0] as Fields;
const statusOf = (status: Fields) => (firstValue({ statuses: [status] }).statuses as Fields[])[0];
const messageOf = (message: Fields) => (firstValue({ messages: [message] }).messages as Fields[])[0];

describe('a callback of an On-Premises client', () => {
  it('becomes a webhook of the account and number that it is about', () => {
    expect(cloudWebhookOf(sample('webhook_text'), number)).toEqual({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '100000000000001',
          changes: [{ field: 'messages', value: { ...about, ...sample('webhook_text') } }],
        },
      ],
    });
  });

  it('tells a status with its conversation and price', () => {
    const [told] = sample('webhook_status_sent').statuses as Fields[];
    const { type: _, ...expected } = told as Fields;
    expect(firstValue(sample('webhook_status_sent'))).toEqual({ ...about, statuses: [expected] });
    expect(statusOf({ id: 'g', conversation: { id: 'c', expiration_timestamp: 1632933570 } })).toEqual({
      id: 'g',
      conversation: { id: 'c', expiration_timestamp: '1632933570' },
    });
  });

  it('tells a failure with the code of the Cloud API, and what the client said in its details', () => {
    expect(firstValue(sample('webhook_status_failed')).statuses).toEqual([
      {
        id: 'gBEGmadeup1',
        recipient_id: '15550002222',
        status: 'failed',
        timestamp: '1767225600',
        errors: [
          {
            code: 131047,
            title: 'Re-engagement message',
            message: 'Re-engagement message',
            error_data: { details: 'On-Premises 470 Re-engagement message' },
            href: 'https://developers.facebook.com/docs/whatsapp/api/errors/',
          },
        ],
      },
    ]);
  });

  it('tells errors of the client itself', () => {
    expect(firstValue(sample('webhook_errors')).errors).toEqual([
      expect.objectContaining({ code: 131000, error_data: { details: 'On-Premises 1014 Internal error: made-up' } }),
    ]);
  });

  it.each<[string, Fields, Fields]>([
    ['a recipient inside the message', { id: 'g', message: { recipient_id: '1' } }, { id: 'g', recipient_id: '1' }],
    ['no errors', { id: 'g', type: 'message', errors: [] }, { id: 'g' }],
    ['a time as a number', { id: 'g', timestamp: 1767225600 }, { id: 'g', timestamp: '1767225600' }],
    ['another kind of status', { id: 'g', type: 'payment' }, { id: 'g', type: 'payment' }],
    ['a status that we do not know', { id: 'g', status: 'warning', new: 1 }, { id: 'g', status: 'warning', new: 1 }],
  ])('reads a status with %s', (_, told, expected) => {
    expect(statusOf(told)).toEqual(expected);
  });

  it.each<[string, Fields, Fields]>([
    [
      'a picture, but not where it lies on the disk of the client',
      { type: 'image', image: { id: 'm', file: '/usr/local/wamedia/m.jpg', mime_type: 'image/jpeg', sha256: 'h' } },
      { type: 'image', image: { id: 'm', mime_type: 'image/jpeg', sha256: 'h' } },
    ],
    [
      'a voice note as audio',
      { type: 'voice', voice: { id: 'm', mime_type: 'audio/ogg' } },
      { type: 'audio', audio: { id: 'm', mime_type: 'audio/ogg', voice: true } },
    ],
    [
      'a type that the client could not read',
      { type: 'unsupported', errors: [{ code: 1000, title: 'Generic error' }] },
      { type: 'unsupported', errors: [expect.objectContaining({ code: 131000 })] },
    ],
    ['a type that we do not know', { type: 'hologram', hologram: {} }, { type: 'hologram', hologram: {} }],
  ])('reads %s', (_, told, expected) => {
    expect(messageOf(told)).toEqual(expected);
  });

  it.each<[string, Fields]>([
    ['another number', { metadata: { phone_number_id: '9' } }],
    ['another product', { messaging_product: 'instagram' }],
  ])('speaks of its own number, though it says %s', (_, said) => {
    expect(firstValue({ ...said, more: 1 })).toEqual({ ...about, more: 1 });
  });

  it('brings no callback data, which no client was given', () => {
    expect(statusOf({ id: 'g', biz_opaque_callback_data: 'paloma:1' })).toEqual({ id: 'g' });
  });

  it('with several kinds of news gives a change for each', () => {
    const together = {
      ...sample('webhook_text'),
      ...sample('webhook_status_sent'),
      ...sample('webhook_errors'),
      more: 1,
    };
    const kinds = valuesOf(cloudWebhookOf(together, number)).map((v) => Object.keys(v).filter((k) => !(k in about)));
    expect(kinds).toEqual([['statuses'], ['contacts', 'messages'], ['errors'], ['more']]);
  });

  it.each([[{}], [{ contacts: [{ wa_id: '1' }] }], [['odd']], [null], ['text']])('is never lost: %j', (callback) => {
    const [value, ...others] = valuesOf(cloudWebhookOf(callback, number));
    expect(others).toEqual([]);
    expect(value).toMatchObject(about);
    if (callback && Object.keys(callback).length > 0)
      expect(JSON.stringify(value)).toContain(JSON.stringify(callback).replace(/^{|}$/g, ''));
  });
});
