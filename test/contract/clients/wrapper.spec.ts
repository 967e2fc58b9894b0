import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Merchant } from '../../support/gateway.js';
import { CUSTOMER, House, type Json, png } from './house.js';

const require = createRequire(import.meta.url);
// The very object that the client's own libraries call.
const https = require('node:https') as typeof import('node:https');
const WhatsappCloud = require('whatsappcloudapi_wrapper') as new (options: Json) => Json;

let house: House;
let shop: Merchant & { inbound: string };

/**
 * The client knows one host, graph.facebook.com, and cannot be told of another. What a merchant does by a line in its
 * resolver and a certificate is done here where the connection is made: calls to that host reach the gateway instead.
 */
function leadGraphToUs(): () => void {
  const before = https.request;
  https.request = ((options: Json, done?: () => void) => {
    if (options.host !== 'graph.facebook.com') throw new Error('called somebody else');
    const { hostname, port } = new URL(house.gateway.url);
    const { agent: _agent, agents: _agents, ...rest } = options;
    return plainRequest({ ...rest, agent: false, protocol: 'http:', host: hostname, hostname, port } as never, done);
  }) as never;
  return () => {
    https.request = before;
  };
}

let backToGraph: () => void;
beforeAll(async () => {
  house = await new House().start();
  shop = await house.merchant();
  backToGraph = leadGraphToUs();
});
afterAll(async () => {
  backToGraph();
  await house.stop();
});

const clientOf = (more: Json = {}): Json =>
  new WhatsappCloud({
    accessToken: shop.apiKey,
    senderPhoneNumberId: shop.metaPhoneNumberId,
    WABA_ID: shop.metaWabaId,
    ...more,
  });
const refusalOf = (call: Promise<unknown>): Promise<Json> =>
  call.then(
    () => {
      throw new Error('was not refused');
    },
    (error: Json) => error,
  );

describe('whatsappcloudapi_wrapper, led to our address with our key', () => {
  it('sends every type that it knows, and each arrives at Meta', async () => {
    const client = clientOf();
    const recipientPhone = CUSTOMER;
    const url = 'https://shop.example/file';
    const answers: Json[] = [
      await client.sendText({ recipientPhone, message: 'Hello' }),
      await client.sendText({ recipientPhone, message: 'A reply', context: { message_id: shop.inbound } }),
      await client.sendTemplate({
        recipientPhone,
        templateName: 'order_update',
        languageCode: 'en_US',
        components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ada' }] }],
      }),
      await client.sendSimpleButtons({ recipientPhone, message: 'Choose', listOfButtons: [{ id: 'a', title: 'A' }] }),
      await client.sendRadioButtons({
        recipientPhone,
        headerText: 'Tea',
        bodyText: 'Choose',
        footerText: 'Thank you',
        actionTitle: 'Open',
        listOfSections: [{ title: 'Kinds', rows: [{ id: 'g', title: 'Green', description: 'From Uji' }] }],
      }),
      await client.sendImage({ recipientPhone, url, caption: 'See' }),
      await client.sendVideo({ recipientPhone, url, caption: 'See' }),
      await client.sendAudio({ recipientPhone, url }),
      await client.sendDocument({ recipientPhone, url, caption: 'Menu' }),
      await client.sendLocation({ recipientPhone, latitude: 1, longitude: 2, name: 'Shop', address: 'Street 1' }),
      await client.sendContact({
        recipientPhone,
        contact_profile: {
          name: { first_name: 'Ada', last_name: 'Sample' },
          addresses: [{ city: 'Kyoto', type: 'WORK' }],
          emails: [{ email: 'ada@sample.example', type: 'WORK' }],
          phones: [{ phone: '+15550002222', type: 'HOME' }],
          urls: [{ url: 'https://sample.example', type: 'WORK' }],
          org: { company: 'Tea' },
        },
      }),
    ];
    for (const answer of answers) {
      // Media calls give the body along.
      const { status, data } = answer.response ?? answer;
      expect(status).toBe('success');
      expect(data.messages[0].id).toMatch(/^wamid\./);
    }
    const sent = await house.sent(shop, answers.length);
    expect(sent.map(({ type }) => type).sort()).toEqual(
      [
        ...['text', 'text', 'template', 'interactive', 'interactive', 'image', 'video', 'audio', 'document'],
        ...['location', 'contacts'],
      ].sort(),
    );
  });

  it('uploads a file from the disk, sends it by its id, finds it and fetches it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'paloma-wrapper-'));
    const file = { file_path: join(folder, 'a.png'), file_name: 'a.png', mime_type: 'image/png' };
    await writeFile(file.file_path, png());
    const client = () => clientOf({ graphAPIVersion: 'v23.0' });
    const { media_id } = await client().preUploadMedia(file);
    expect(media_id).toMatch(/^\d+$/);
    // It makes a JavaScript number of the id of an image from the disk: ours must come through that unchanged.
    const sent = await client().sendImage({ recipientPhone: CUSTOMER, ...file });
    expect(sent.body.image.id).toEqual(expect.any(Number));
    expect(sent.response.data.messages[0].id).toMatch(/^wamid\./);

    const id = String(sent.body.image.id);
    const seen = await client()._retrieveMediaUrl({ media_id: id });
    expect(seen).toMatchObject({ id, mime_type: 'image/png', file_size: png().length });
    const fetched = await fetch(`${house.reachable(seen.url)}&access_token=${shop.apiKey}`, {
      headers: { authorization: `Bearer ${shop.apiKey}` },
    });
    expect(Buffer.from(await fetched.arrayBuffer())).toEqual(png());
    await rm(folder, { recursive: true });
  });

  it('marks as read and makes a QR code', async () => {
    const client = clientOf();
    expect(await client.markMessageAsRead({ message_id: shop.inbound })).toEqual({
      status: 'success',
      data: { success: true },
    });
    const { data } = await client.createQRCodeMessage({ message: 'Question', imageType: 'png' });
    expect(data).toMatchObject({ prefilled_message: 'Question', deep_link_url: expect.stringContaining('https://') });
  });

  it('can read every refusal', async () => {
    const stranger = await house.merchant();
    const text = (client: Json, recipientPhone = CUSTOMER) =>
      refusalOf(client.sendText({ recipientPhone, message: 'Hello' }));
    const template = (templateName: string) =>
      refusalOf(
        clientOf().sendTemplate({ recipientPhone: CUSTOMER, templateName, languageCode: 'en_US', components: [] }),
      );
    const refusals: [Promise<Json>, number][] = [
      [text(clientOf({ accessToken: 'no-key-of-anybody-here' })), 190],
      [text(clientOf({ senderPhoneNumberId: stranger.metaPhoneNumberId })), 100],
      [text(clientOf(), '5215512345678'), 131047],
      [template('nobody_made_this'), 132001],
      [template('order_update'), 132000],
    ];
    for (const [refusal, code] of refusals) {
      const seen = await refusal;
      expect(seen).toMatchObject({ status: 'failed', code, error_data: { details: expect.any(String) } });
    }
  });
});
