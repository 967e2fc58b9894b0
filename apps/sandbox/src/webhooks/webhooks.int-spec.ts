import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Harness, Receiver } from '../../testing/harness.js';

const WA_ID = '15550002222';
const harness = new Harness();
const other = new Receiver('their-token');
beforeAll(async () => {
  await harness.start();
  await other.start();
});
afterAll(async () => {
  await harness.stop();
  await other.stop();
});
beforeEach(async () => {
  await harness.fresh();
  other.received.length = 0;
});

const override = (verify_token: string) =>
  harness.graph('POST', `/${harness.waba.id}/subscribed_apps`, {
    override_callback_uri: `${other.url}/tenant`,
    verify_token,
  });

describe('webhooks', () => {
  it('carry what a customer wrote, signed over the exact bytes', async () => {
    await harness.customerWrites(WA_ID, 'Grüße 👋', { context: { forwarded: true } });
    const got = await harness.receiver.next(() => true);
    expect(got.body).toEqual({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: harness.waba.id,
          changes: [
            {
              field: 'messages',
              value: {
                messaging_product: 'whatsapp',
                metadata: {
                  display_phone_number: expect.stringMatching(/^1555\d{7}$/),
                  phone_number_id: harness.number.id,
                },
                contacts: [{ profile: { name: expect.any(String) }, wa_id: WA_ID }],
                messages: [
                  {
                    from: WA_ID,
                    id: expect.stringMatching(/^wamid\./),
                    timestamp: expect.stringMatching(/^\d{10}$/),
                    type: 'text',
                    text: { body: 'Grüße 👋' },
                    context: { forwarded: true },
                  },
                ],
              },
            },
          ],
        },
      ],
    });
    expect(got.raw).toMatch(/Gr\\u00fc\\u00dfe \\ud83d\\udc4b/);
    const hmac = createHmac('sha256', 'sandbox-app-secret').update(got.raw).digest('hex');
    expect(got.headers['x-hub-signature-256']).toBe(`sha256=${hmac}`);
  });

  it.each([
    ['reaction', { reaction: { message_id: 'wamid.x', emoji: '👍' } }],
    [
      'interactive',
      { interactive: { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes' } }, context: { id: 'wamid.x' } },
    ],
    ['button', { button: { payload: 'STOP', text: 'Stop' } }],
    ['location', { location: { latitude: 1, longitude: 2 } }],
    ['order', { order: { catalog_id: '1', product_items: [] } }],
    ['system', { system: { body: 'changed', wa_id: '15550004444', type: 'user_changed_number' } }],
    ['unsupported', { errors: [{ code: 131051 }] }],
  ])('carry a message of type %s', async (type, content) => {
    await harness.control('POST', '/inbound', {
      phone_number_id: harness.number.id,
      from: WA_ID,
      message: { type, ...content },
    });
    const value = await harness.receiver.change('messages');
    expect(value.messages[0]).toMatchObject({ type, from: WA_ID, ...content });
    expect(value.contacts === undefined).toBe(type === 'system');
  });

  it('come only to an app that is subscribed', async () => {
    await harness.graph('DELETE', `/${harness.waba.id}/subscribed_apps`);
    await harness.customerWrites(WA_ID, 'unheard');
    await harness.graph('POST', `/${harness.waba.id}/subscribed_apps`);
    await harness.customerWrites(WA_ID, 'heard');
    const { messages } = await harness.receiver.change('messages');
    expect(messages[0].text.body).toBe('heard');
  });

  it('of messages go to an override that passed the handshake; all others to the app', async () => {
    expect(await override('wrong')).toMatchObject({ status: 400, body: { error: { code: 2200 } } });
    expect((await override('their-token')).body).toEqual({ success: true });
    expect((await harness.graph('GET', `/${harness.waba.id}/subscribed_apps`)).body.data).toMatchObject([
      { whatsapp_business_api_data: { id: 'sandbox-app' }, override_callback_uri: `${other.url}/tenant` },
    ]);
    await harness.customerWrites(WA_ID, 'to the override');
    expect((await other.next(() => true)).path).toBe('/tenant');
    const { id } = await harness.template('offer', 'UTILITY', 'Hi.');
    await harness.control('POST', `/templates/${id}`, { quality: 'GREEN' });
    await harness.receiver.change('message_template_quality_update');
    expect(harness.receiver.received.every((got) => got.body.entry[0].changes[0].field !== 'messages')).toBe(true);

    await harness.graph('POST', `/${harness.waba.id}/subscribed_apps`);
    await harness.customerWrites(WA_ID, 'back to the app');
    expect((await harness.receiver.change('messages')).messages[0].text.body).toBe('back to the app');
  });

  it('go to the override of the number before that of the account', async () => {
    await override('their-token');
    const configuration = { override_callback_uri: `${other.url}/number`, verify_token: 'their-token' };
    expect(
      (await harness.graph('POST', `/${harness.number.id}`, { webhook_configuration: configuration })).body,
    ).toEqual({ success: true });
    await harness.customerWrites(WA_ID);
    expect((await other.next(() => true)).path).toBe('/number');
  });

  it('are repeated until answered 200', async () => {
    let refusals = 3;
    harness.receiver.status = () => (refusals-- > 0 ? 503 : 200);
    await harness.customerWrites(WA_ID, 'again');
    await harness.receiver.next(() => refusals < 0);
    expect(harness.receiver.received).toHaveLength(4);
    expect(new Set(harness.receiver.received.map(({ raw }) => raw)).size).toBe(1);
    const { body } = await harness.control('GET', '/webhooks');
    expect(body.data[0]).toMatchObject({ attempts: expect.any(Number), field: 'messages' });
  });

  it('under way are cut off by a reset', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const arrived = once(silent, 'request');
      const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
      await harness.control('POST', '/webhooks', { body: { object: 'test' }, url });
      const [request] = (await arrived) as [IncomingMessage];
      const cutOff = once(request.socket, 'close');
      await harness.control('POST', '/reset');
      expect((await harness.control('GET', '/state')).body.webhooks_pending).toBe(0);
      await cutOff;
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  it('of any kind can be asked for, with a good, a bad or no signature, many times', async () => {
    const body = {
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: [{ field: 'flows', value: { event: 'x' } }] }],
    };
    const signature = async (kind: string) => {
      harness.receiver.received.length = 0;
      expect((await harness.control('POST', '/webhooks', { body, signature: kind, times: 3 })).body.queued).toBe(3);
      const got = await harness.receiver.next(() => harness.receiver.received.length === 3);
      const valid = `sha256=${createHmac('sha256', 'sandbox-app-secret').update(got.raw).digest('hex')}`;
      expect(got.body).toEqual(body);
      const header = got.headers['x-hub-signature-256'];
      return header === undefined ? 'none' : header === valid ? 'valid' : 'bad';
    };
    for (const kind of ['valid', 'bad', 'none']) expect(await signature(kind)).toBe(kind);
  });

  it('of an app are moved by its own token after the handshake', async () => {
    const subscribe = (verify_token: string, token = 'sandbox-app|sandbox-app-secret') =>
      harness.graph(
        'POST',
        '/sandbox-app/subscriptions',
        { object: 'whatsapp_business_account', callback_url: `${other.url}/app2`, verify_token, fields: 'messages' },
        token,
      );
    expect((await subscribe('their-token', harness.token)).status).toBe(401);
    expect((await subscribe('wrong')).body.error.code).toBe(2200);
    expect((await subscribe('their-token')).body).toEqual({ success: true });
    await harness.customerWrites(WA_ID);
    expect((await other.next(() => true)).path).toBe('/app2');
  });
});
