import { readFileSync } from 'node:fs';
import { WhatsAppClient } from '@kapso/whatsapp-cloud-api';
import type { Merchant } from '../../support/gateway.js';
import { CUSTOMER, House, type Json, png } from './house.js';

let house: House;
let shop: Merchant & { inbound: string };
let client: WhatsAppClient;
let phoneNumberId: string;
const to = `+${CUSTOMER}`;

beforeAll(async () => {
  house = await new House().start();
  shop = await house.merchant();
  phoneNumberId = shop.metaPhoneNumberId;
  client = new WhatsAppClient({ baseUrl: house.gateway.url, accessToken: shop.apiKey });
});
afterAll(() => house.stop());

const fixture = (name: string): Json =>
  JSON.parse(readFileSync(new URL(`../../../apps/sandbox/fixtures/messages/${name}.json`, import.meta.url), 'utf8'));

/** What the client throws, as a program sees it. */
const refusalOf = (call: Promise<unknown>): Promise<Json> =>
  call.then(
    () => {
      throw new Error('was not refused');
    },
    (error: Json) => error,
  );

describe('@kapso/whatsapp-cloud-api, given our address and key', () => {
  it('sends every type, and each arrives at Meta', async () => {
    const { messages } = client;
    const file = new Blob([new Uint8Array(png())], { type: 'image/png' });
    const { id } = await client.media.upload({ phoneNumberId, type: 'image/png', file, fileName: 'a.png' });
    const common = { phoneNumberId, to };
    const link = 'https://shop.example/file';
    const body = { bodyText: 'Choose', ...common };
    const answers = [
      await messages.sendText({ ...common, body: 'Hello', previewUrl: true }),
      await messages.sendText({ ...common, body: 'A reply', contextMessageId: shop.inbound }),
      await messages.sendImage({ ...common, image: { id, caption: 'From us' } }),
      await messages.sendImage({ ...common, image: { link } }),
      await messages.sendVideo({ ...common, video: { link } }),
      await messages.sendAudio({ ...common, audio: { link } }),
      await messages.sendDocument({ ...common, document: { link, filename: 'menu.pdf' } }),
      await messages.sendSticker({ ...common, sticker: { link } }),
      await messages.sendLocation({ ...common, location: { latitude: 1, longitude: 2, name: 'Shop' } }),
      await messages.sendContacts({
        ...common,
        contacts: [{ name: { formattedName: 'Ada Sample', firstName: 'Ada' }, phones: [{ phone: '+15550002222' }] }],
      }),
      await messages.sendReaction({ ...common, reaction: { messageId: shop.inbound, emoji: '😀' } }),
      await messages.sendInteractiveButtons({ ...body, buttons: [{ id: 'a', title: 'A' }] }),
      await messages.sendInteractiveList({
        ...body,
        buttonText: 'Open',
        sections: [{ title: 'Tea', rows: [{ id: 'green', title: 'Green' }] }],
      }),
      await messages.sendInteractiveCtaUrl({
        ...body,
        parameters: { displayText: 'See', url: 'https://shop.example/tea' },
      }),
      await messages.sendInteractiveLocationRequest({ ...body, parameters: { requestMessage: 'Where are you?' } }),
      await messages.sendTemplate({
        ...common,
        template: {
          name: 'order_update',
          language: { code: 'en_US', policy: 'deterministic' },
          components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ada' }] }],
        },
      }),
    ];
    for (const answer of answers) {
      expect(answer.messages[0]?.id).toMatch(/^wamid\./);
      expect(answer.contacts[0]).toMatchObject({ input: to, wa_id: CUSTOMER });
    }
    expect(new Set(answers.map((answer) => answer.messages[0]?.id)).size).toBe(answers.length);

    const raw = ['interactive_flow', 'interactive_product_list', 'interactive_product', 'interactive_catalog_message'];
    for (const name of raw) await messages.sendRaw({ phoneNumberId, payload: { ...fixture(name), to } });

    const sent = await house.sent(shop, answers.length + raw.length);
    expect(sent.map(({ type }) => type).sort()).toEqual(
      [
        ...['text', 'text', 'image', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts'],
        ...['reaction', 'interactive', 'interactive', 'interactive', 'interactive', 'template'],
        ...raw.map(() => 'interactive'),
      ].sort(),
    );
  });

  it('marks a message as read and shows that it types', async () => {
    const read = { phoneNumberId, messageId: shop.inbound };
    expect(await client.messages.markRead(read)).toMatchObject({ success: true });
    expect(await client.messages.markRead({ ...read, typingIndicator: { type: 'text' } })).toMatchObject({
      success: true,
    });
  });

  it('gets its file back byte for byte, and deletes it', async () => {
    const file = new Blob([new Uint8Array(png())], { type: 'image/png' });
    const { id: mediaId } = await client.media.upload({ phoneNumberId, type: 'image/png', file, fileName: 'a.png' });
    const seen = await client.media.get({ mediaId, phoneNumberId });
    expect(seen).toMatchObject({ mime_type: 'image/png', file_size: png().length });
    const fetched = await client.rawFetch(house.reachable(String(seen.url)));
    expect(Buffer.from(await fetched.arrayBuffer())).toEqual(png());
    await client.media.delete({ mediaId });
    expect(await refusalOf(client.media.get({ mediaId }))).toMatchObject({ code: 100, httpStatus: 400 });
  });

  it('makes templates, walks through all of them in pages, and deletes one', async () => {
    const businessAccountId = shop.metaWabaId;
    for (const name of ['parcel_one', 'parcel_two', 'parcel_three']) {
      const made = await client.templates.create({
        businessAccountId,
        name,
        language: 'en_US',
        category: 'UTILITY',
        components: [{ type: 'BODY', text: 'Your parcel is here.' }],
      });
      expect(made).toMatchObject({ status: 'PENDING', category: 'UTILITY' });
    }
    const names: string[] = [];
    let after: string | undefined;
    for (let page = 0; page < 10; page++) {
      const answer: Json = await client.templates.list({ businessAccountId, limit: 2, ...(after ? { after } : {}) });
      names.push(...answer.data.map(({ name }: Json) => name));
      if (!answer.paging?.next) break;
      const next = await client.rawFetch(house.reachable(answer.paging.next));
      after = answer.paging.cursors.after;
      expect(next.status).toBe(200);
    }
    expect(names).toEqual(['order_update', 'spring_sale', 'parcel_one', 'parcel_two', 'parcel_three']);
    await client.templates.delete({ businessAccountId, name: 'parcel_one' });
    const left: Json = await client.templates.list({ businessAccountId, name: 'parcel_one' });
    expect(left.data).toEqual([]);
  });

  it('reads and changes the profile and the settings of its number', async () => {
    const { businessProfile, settings } = client.phoneNumbers;
    expect(
      await businessProfile.update({ phoneNumberId, about: 'We sell tea.', websites: ['https://a.example'] }),
    ).toMatchObject({ success: true });
    const profile: Json = await businessProfile.get({ phoneNumberId });
    expect(profile.data[0]).toMatchObject({ about: 'We sell tea.', websites: ['https://a.example'] });
    await settings.update({ phoneNumberId, fallbackLanguage: 'en_US' } as never);
    expect(await settings.get({ phoneNumberId })).toMatchObject({ fallback_language: 'en_US' });
  });

  it('takes a number off the Cloud API, proves it by a code, and registers it again', async () => {
    const moving = await house.merchant();
    const own = new WhatsAppClient({ baseUrl: house.gateway.url, accessToken: moving.apiKey });
    const of = { phoneNumberId: moving.metaPhoneNumberId };
    const shown = async () => (await own.request('GET', of.phoneNumberId, { responseType: 'json' })) as Json;

    await own.phoneNumbers.deregister(of);
    expect((await shown()).status).toBe('DISCONNECTED');
    expect(await refusalOf(own.messages.sendText({ ...of, to, body: 'Too early' })).then(({ code }) => code)).toBe(
      133010,
    );

    await own.phoneNumbers.requestCode({ ...of, codeMethod: 'SMS', language: 'en_US' });
    expect(await refusalOf(own.phoneNumbers.verifyCode({ ...of, code: '000' }))).toMatchObject({ code: 136025 });
    const { verification_code: code } = await house.control('GET', `/phone_numbers/${of.phoneNumberId}`);
    await own.phoneNumbers.verifyCode({ ...of, code: String(code) });

    expect(await refusalOf(own.phoneNumbers.register({ ...of, pin: '000000' }))).toMatchObject({ code: 133005 });
    await own.phoneNumbers.register({ ...of, pin: '123456' });
    expect((await shown()).status).toBe('CONNECTED');
    await own.messages.sendText({ ...of, to, body: 'Back again' });

    // The PIN is kept, sealed: registering again needs nobody to remember it.
    await own.phoneNumbers.deregister(of);
    await own.request('POST', `${of.phoneNumberId}/register`, { responseType: 'json' });
    expect((await shown()).status).toBe('CONNECTED');
  });

  it('can read every refusal: code, status, and what to do', async () => {
    const common = { phoneNumberId, to };
    const stranger = await house.merchant();
    const text = (more: object) => client.messages.sendText({ ...common, body: 'Hello', ...more });
    const wrongKey = new WhatsAppClient({ baseUrl: house.gateway.url, accessToken: 'no-key-of-anybody-here' });
    const template = (name: string, parameters: string[]) =>
      client.messages.sendTemplate({
        ...common,
        template: {
          name,
          language: { code: 'en_US' },
          components: [{ type: 'body', parameters: parameters.map((text) => ({ type: 'text', text })) }],
        },
      });
    const refusals: [Promise<Json>, number, number][] = [
      [refusalOf(wrongKey.messages.sendText({ ...common, body: 'x' })), 190, 401],
      [refusalOf(text({ phoneNumberId: stranger.metaPhoneNumberId })), 100, 400],
      [refusalOf(text({ to: '+5215512345678' })), 131047, 400],
      [refusalOf(template('nobody_made_this', ['x'])), 132001, 404],
      [refusalOf(template('order_update', [])), 132000, 400],
      [
        refusalOf(
          client.messages.sendRaw({ phoneNumberId, payload: { messaging_product: 'whatsapp', to, type: 'text' } }),
        ),
        131008,
        400,
      ],
      [refusalOf(client.media.get({ mediaId: '12345678901234' })), 100, 400],
      [refusalOf(client.templates.list({ businessAccountId: stranger.metaWabaId })), 100, 400],
      [refusalOf(client.phoneNumbers.businessProfile.get({ phoneNumberId: stranger.metaPhoneNumberId })), 100, 400],
      [refusalOf(client.phoneNumbers.businessProfile.update({ phoneNumberId, about: 'x'.repeat(200) })), 100, 400],
      [refusalOf(client.request('POST', `${phoneNumberId}/nothing_here`, { responseType: 'json' })), 100, 404],
    ];
    for (const [refusal, code, httpStatus] of refusals) {
      const seen = await refusal;
      expect({ name: seen.name, code: seen.code, httpStatus: seen.httpStatus }).toEqual({
        name: 'GraphApiError',
        code,
        httpStatus,
      });
      expect(String(seen.details ?? '').length).toBeGreaterThan(10);
      expect(seen.fbtraceId).toEqual(expect.any(String));
    }
  });
});
