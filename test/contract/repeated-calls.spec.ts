import { randomUUID } from 'node:crypto';
import { http } from '../support/app.js';
import { type Merchant, templateTo, textTo } from '../support/gateway.js';
import { CUSTOMER, House, type Json, png } from './clients/house.js';

let house: House;
let shop: Merchant & { inbound: string };

beforeAll(async () => {
  house = await new House().start();
  shop = await house.merchant();
});
afterAll(() => house.stop());

type Body = object | { form: string } | { bytes: Buffer; type: string };

/** A call as any client makes it: JSON, a form with a file, or a file as it is. */
async function call(method: string, path: string, body: Body, key: string): Promise<{ status: number; body: Json }> {
  const headers: Record<string, string> = { authorization: `Bearer ${shop.apiKey}`, 'idempotency-key': key };
  if (!('form' in body) && !('bytes' in body)) {
    return http(method, `${house.gateway.url}${path}`, {
      headers,
      ...(method === 'DELETE' && path.includes('?') ? {} : { body }),
    });
  }
  let sent: FormData | Uint8Array<ArrayBuffer>;
  if ('form' in body) {
    sent = new FormData();
    sent.set('messaging_product', 'whatsapp');
    sent.set('file', new Blob([body.form as string], { type: 'text/plain' }), 'menu.txt');
  } else {
    sent = new Uint8Array(body.bytes as Buffer);
    headers['content-type'] = body.type as string;
  }
  const answer = await fetch(`${house.gateway.url}${path}`, { method, headers, body: sent });
  return { status: answer.status, body: (await answer.json()) as Json };
}

/** Calls that changed something at Meta so far; messages, which go when their turn comes, are not counted. */
const writesAtMeta = async (path: string): Promise<number> => {
  const { data } = await house.control('GET', `/calls?path=${path}`);
  return data.filter(({ method, body }: Json) => method !== 'GET' && body?.to === undefined).length;
};

describe('a write with an Idempotency-Key', () => {
  const number = () => shop.metaPhoneNumberId;
  const receipt = () => ({ messaging_product: 'whatsapp', status: 'read', message_id: shop.inbound });
  const template = (name: string) => ({
    name,
    language: 'en_US',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Your parcel is here.' }],
  });
  const block = (user: string) => ({ messaging_product: 'whatsapp', block_users: [{ user }] });
  const photo = (bytes: Buffer) => ({ bytes, type: 'image/png' });

  // What is called, what it is another call with, and how many writes it makes at Meta, where it is passed on.
  it.each<
    [
      what: string,
      method: string,
      path: () => string,
      body: () => Body,
      other: () => Body,
      atMeta: [path: string, writes: number] | null,
    ]
  >([
    [
      'a message',
      'POST',
      () => `/${number()}/messages`,
      () => textTo(CUSTOMER, 'once'),
      () => textTo(CUSTOMER, 'twice'),
      null,
    ],
    [
      'a message of 360dialog’s',
      'POST',
      () => '/messages',
      () => textTo(CUSTOMER, 'one'),
      () => textTo(CUSTOMER, 'two'),
      null,
    ],
    [
      'a message of the old API',
      'POST',
      () => '/v1/messages',
      () => ({ to: CUSTOMER, text: { body: '1' } }),
      () => ({ to: CUSTOMER, text: { body: '2' } }),
      null,
    ],
    [
      'a native message',
      'POST',
      () => '/api/v1/messages',
      () => ({ phone_number_id: number(), ...textTo(CUSTOMER, 'n') }),
      () => ({ phone_number_id: number(), ...textTo(CUSTOMER, 'm') }),
      null,
    ],
    [
      'a read receipt',
      'POST',
      () => `/${number()}/messages`,
      receipt,
      () => ({ ...receipt(), typing_indicator: { type: 'text' } }),
      ['/messages', 1],
    ],
    [
      'a read receipt of the old API',
      'PUT',
      () => `/v1/messages/${encodeURIComponent(shop.inbound)}`,
      () => ({ status: 'read' }),
      () => ({ status: 'seen' }),
      ['/messages', 1],
    ],
    ['an upload', 'POST', () => `/${number()}/media`, () => ({ form: 'tea' }), () => ({ form: 'cake' }), null],
    ['an upload of 360dialog’s', 'POST', () => '/media', () => ({ form: 'tea' }), () => ({ form: 'cake' }), null],
    [
      'an upload of the old API',
      'POST',
      () => '/v1/media',
      () => ({ bytes: Buffer.from('tea'), type: 'text/plain' }),
      () => ({ bytes: Buffer.from('cake'), type: 'text/plain' }),
      null,
    ],
    [
      'a template',
      'POST',
      () => `/${shop.metaWabaId}/message_templates`,
      () => template('parcel'),
      () => template('other'),
      ['/message_templates', 1],
    ],
    [
      'a template of the old API',
      'POST',
      () => '/v1/configs/templates',
      () => template('parcel_old'),
      () => template('other'),
      ['/message_templates', 1],
    ],
    [
      'a block',
      'POST',
      () => `/${number()}/block_users`,
      () => block(CUSTOMER),
      () => block('16505559999'),
      ['/block_users', 1],
    ],
    [
      'an unblock',
      'DELETE',
      () => `/${number()}/block_users`,
      () => block(CUSTOMER),
      () => block('16505559999'),
      ['/block_users', 1],
    ],
    [
      'a QR code',
      'POST',
      () => `/${number()}/message_qrdls`,
      () => ({ prefilled_message: 'Hi' }),
      () => ({ prefilled_message: 'Ho' }),
      ['/message_qrdls', 1],
    ],
    [
      'a profile',
      'POST',
      () => `/${number()}/whatsapp_business_profile`,
      () => ({ messaging_product: 'whatsapp', about: 'Tea' }),
      () => ({ messaging_product: 'whatsapp', about: 'Cake' }),
      ['/whatsapp_business_profile', 1],
    ],
    [
      'a picture of the old API',
      'POST',
      () => '/v1/settings/profile/photo',
      () => photo(png()),
      () => photo(Buffer.concat([png(), Buffer.from('x')])),
      ['/whatsapp_business_profile', 1],
    ],
    [
      'settings',
      'POST',
      () => `/${number()}/settings`,
      () => ({ fallback_language: 'en' }),
      () => ({ fallback_language: 'de' }),
      ['/settings', 1],
    ],
    [
      'a webhook',
      'POST',
      () => '/api/v1/webhooks',
      () => ({ url: 'http://127.0.0.1:9/a', enabled: false }),
      () => ({ url: 'http://127.0.0.1:9/b', enabled: false }),
      null,
    ],
    [
      'a webhook of 360dialog’s',
      'POST',
      () => '/v1/configs/webhook',
      () => ({ url: 'http://127.0.0.1:9/a' }),
      () => ({ url: 'http://127.0.0.1:9/b' }),
      null,
    ],
  ])(
    'is done once for twenty calls at once, and stands for nothing else: %s',
    async (_, method, path, body, other, atMeta) => {
      const key = randomUUID();
      const before = atMeta ? await writesAtMeta(atMeta[0]) : 0;
      const answers = await Promise.all(Array.from({ length: 20 }, () => call(method, path(), body(), key)));
      expect(answers.map((answer) => answer.status >= 400 && answer.body)).toEqual(answers.map(() => false));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      if (atMeta) expect((await writesAtMeta(atMeta[0])) - before).toBe(atMeta[1]);
      const { status, body: refusal } = await call(method, path(), other(), key);
      expect([status, refusal.error.code]).toEqual([409, path().startsWith('/api/') ? 'idempotency_conflict' : 506]);
    },
  );

  it('is asked of every route that writes: a key that stood for another call is refused', async () => {
    const { paths } = (await http('GET', `${house.gateway.url}/openapi.json`)).body;
    const routes = Object.entries(paths as Record<string, Record<string, { security?: unknown }>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods)
          .filter(([method, { security }]) => method !== 'get' && security)
          .map(([method]) => ({ method: method.toUpperCase(), path })),
    );
    expect(routes.length).toBeGreaterThan(30);
    const key = randomUUID();
    expect((await call('POST', `/${number()}/messages`, textTo(CUSTOMER, 'first'), key)).status).toBe(200);
    const open: string[] = [];
    for (const { method, path } of routes) {
      const id = path.includes('{wabaId}') ? shop.metaWabaId : number();
      const isFile = /^(\/v1)?\/media$|\/\{phoneNumberId\}\/media$|profile\/photo$/.test(path);
      const message = path.endsWith('/marketing_messages') ? templateTo(CUSTOMER) : textTo(CUSTOMER, 'second');
      const body: Body = !isFile
        ? { ...message, phone_number_id: number() }
        : path.startsWith('/v1/')
          ? { bytes: png(), type: 'image/png' }
          : { form: 'tea' };
      const { status } = await call(method, path.replace(/\{\w+\}/g, id), body, key);
      if (status !== 409) open.push(`${method} ${path}: ${status}`);
    }
    expect(open).toEqual([]);
  });
});
