import { readFileSync } from 'node:fs';
import { WhatsAppClient } from '@kapso/whatsapp-cloud-api';
import { Harness } from '../../testing/harness.js';

const harness = new Harness();
let client: WhatsAppClient;
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(async () => {
  await harness.fresh();
  client = new WhatsAppClient({ accessToken: harness.token, baseUrl: harness.sandbox.url });
});

describe('a Cloud API client that knows nothing of the sandbox', () => {
  it('sends text, media, templates and reactions, and marks messages read', async () => {
    const phoneNumberId = harness.number.id;
    const to = '+15550002222';
    const { id: inbound } = (await harness.customerWrites('15550002222')).body;
    const text = await client.messages.sendText({ phoneNumberId, to, body: 'Hello' });
    expect(text.messages[0]!.id).toMatch(/^wamid\./);
    await client.messages.sendReaction({ phoneNumberId, to, reaction: { messageId: inbound, emoji: '😀' } });
    await client.messages.sendInteractiveButtons({
      phoneNumberId,
      to,
      bodyText: 'Choose',
      buttons: [{ id: 'a', title: 'A' }],
    });
    await client.messages.sendLocation({ phoneNumberId, to, location: { latitude: 1, longitude: 2 } });
    await client.messages.sendTemplate({
      phoneNumberId,
      to,
      template: {
        name: 'order_update',
        language: { code: 'en_US' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Ada' },
              { type: 'text', text: '42' },
            ],
          },
        ],
      },
    });
    await client.messages.markRead({ phoneNumberId, messageId: inbound, typingIndicator: { type: 'text' } });

    const { id } = await client.media.upload({
      phoneNumberId,
      type: 'image/png',
      file: new Blob(['pixels'], { type: 'image/png' }),
      fileName: 'a.png',
    });
    await client.messages.sendImage({ phoneNumberId, to, image: { id } });
    expect(await client.media.get({ mediaId: id })).toMatchObject({ mime_type: 'image/png', file_size: 6 });

    const { data } = (await harness.control('GET', `/messages?phone_number_id=${phoneNumberId}`)).body;
    expect(data.map(({ type }: { type: string }) => type)).toEqual([
      'text',
      'reaction',
      'interactive',
      'location',
      'template',
      'image',
    ]);
  });

  it('manages templates and numbers', async () => {
    const businessAccountId = harness.waba.id;
    await client.templates.create({
      businessAccountId,
      name: 'parcel',
      language: 'en_US',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Your parcel is here.' }],
    });
    const { data } = await client.templates.list({ businessAccountId, limit: 10 });
    expect(data.map(({ name }) => name)).toEqual(['order_update', 'parcel']);
    await client.templates.delete({ businessAccountId, name: 'parcel' });
    await client.phoneNumbers.businessProfile.update({ phoneNumberId: harness.number.id, about: 'We sell tea.' });
    const profile = await client.phoneNumbers.businessProfile.get({ phoneNumberId: harness.number.id });
    expect(JSON.stringify(profile)).toContain('We sell tea.');
  });

  it('understands the refusals', async () => {
    const failure = client.messages.sendText({ phoneNumberId: '1', to: '+15550002222', body: 'x' });
    await expect(failure).rejects.toMatchObject({ code: 100 });
  });

  it('can send every kind of message that Meta documents', async () => {
    const kinds = [
      'text',
      'contacts',
      'interactive_list',
      'interactive_flow',
      'interactive_cta_url',
      'interactive_product_list',
    ];
    await harness.customerWrites('15550002222');
    for (const kind of kinds) {
      const payload = JSON.parse(
        readFileSync(new URL(`../../fixtures/messages/${kind}.json`, import.meta.url), 'utf8'),
      );
      await client.messages.sendRaw({ phoneNumberId: harness.number.id, payload });
    }
  });
});
