import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { Receiver } from '../../../apps/sandbox/testing/harness.js';
import { eventually, http } from '../../support/app.js';
import type { Merchant } from '../../support/gateway.js';
import { CUSTOMER, House, type Json, PUBLIC_URL, png } from './house.js';

let house: House;
let shop: Merchant & { inbound: string };
let receiver: Receiver;

beforeAll(async () => {
  house = await new House().start();
  [shop, receiver] = await Promise.all([house.merchant(), new Receiver().start()]);
});
afterAll(async () => {
  await house.stop();
  await receiver.stop();
});

/** A call as programs for 360dialog make it: a base URL, a path, and the key in its header. */
const call = (method: string, path: string, body?: unknown, as: Merchant = shop, more: Record<string, string> = {}) =>
  http(method, `${house.gateway.url}${path}`, {
    headers: { 'D360-API-KEY': as.apiKey, ...more },
    ...(body === undefined ? {} : { body }),
  });
const text = (body = 'Hello') => ({ to: CUSTOMER, type: 'text', text: { body } });
const cloud = (message: Json) => ({ messaging_product: 'whatsapp', recipient_type: 'individual', ...message });

/** A tenant with a second live number. */
async function withTwoNumbers(): Promise<{ owner: Merchant; second: string }> {
  const owner = await house.merchant();
  const { id: second } = await house.control('POST', '/phone_numbers', { waba_id: owner.metaWabaId, pin: '123456' });
  await house.gateway.app.get(Database).inTenant(owner.tenantId, (tx) =>
    house.gateway.app.get(Wabas).savePhoneNumber(tx, owner.tenantId, {
      wabaId: owner.wabaId,
      metaPhoneNumberId: second,
      displayPhoneNumber: '+1 555-010-0200',
      status: 'CONNECTED',
    }),
  );
  return { owner, second };
}

describe('a client of 360dialog, given our address and key', () => {
  it('sends, marks as read, and is answered as Meta answers', async () => {
    const sent = await call('POST', '/messages', cloud(text()));
    expect(sent).toMatchObject({
      status: 200,
      body: { messaging_product: 'whatsapp', contacts: [{ input: CUSTOMER, wa_id: CUSTOMER }] },
    });
    expect(sent.body.messages[0].id).toMatch(/^wamid\./);
    const read = { messaging_product: 'whatsapp', status: 'read', message_id: shop.inbound };
    expect(await call('POST', '/messages', read)).toMatchObject({ status: 200, body: { success: true } });
    expect((await house.sent(shop, 1))[0]).toMatchObject({ type: 'text' });
  });

  it('sends every type that Meta takes, in the new form and in the old', async () => {
    const owner = await house.merchant();
    await house.customerWrites(owner, '15550002222');
    const folder = new URL('../../fixtures/meta/messages/', import.meta.url);
    // Those to groups and hidden numbers need windows of their own, templates are defined in another test.
    const others = /^(template_|bsuid|group|mark_read|typing)/;
    const samples = readdirSync(folder).filter((file) => file.endsWith('.json') && !others.test(file));
    expect(samples.length).toBeGreaterThan(25);
    for (const file of samples) {
      const { messaging_product: _, ...old } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Json;
      const answers = [
        await call('POST', '/messages', cloud(old), owner),
        await call('POST', '/v1/messages', old, owner),
      ];
      expect([file, ...answers.map(({ status }) => status)]).toEqual([file, 200, 201]);
    }
  });

  it('puts a file up, finds it, fetches it from the host it knows, and takes it away', async () => {
    const form = new FormData();
    form.append('messaging_product', 'whatsapp');
    form.append('type', 'image/png');
    form.append('file', new Blob([new Uint8Array(png())], { type: 'image/png' }), 'a.png');
    const headers = { 'D360-API-KEY': shop.apiKey };
    const up = await fetch(`${house.gateway.url}/media`, { method: 'POST', headers, body: form });
    expect(up.status).toBe(200);
    const { id } = (await up.json()) as { id: string };
    const seen = await call('GET', `/${id}`);
    expect(seen).toMatchObject({ status: 200, body: { id, mime_type: 'image/png', file_size: png().length } });
    // They take the path and the parameters of the address and put them behind their own base URL.
    const { pathname, search } = new URL(seen.body.url);
    const down = await fetch(`${house.gateway.url}${pathname}${search}`, { headers });
    expect(Buffer.from(await down.arrayBuffer())).toEqual(png());
    expect(await call('DELETE', `/${id}`)).toMatchObject({ status: 200, body: { success: true } });
    expect((await call('GET', `/${id}`)).status).toBe(400);
  });

  it('is told events at the webhook of its number, with its headers, signed', async () => {
    expect(await call('GET', '/v1/configs/webhook')).toMatchObject({ status: 200, body: { url: '', headers: {} } });
    const wish = { url: `${receiver.url}/number`, headers: { 'X-Shop': 'tea' } };
    expect(await call('POST', '/v1/configs/webhook', wish)).toMatchObject({ status: 200, body: wish });
    expect((await call('GET', '/v1/configs/webhook')).body).toEqual(wish);
    expect(await call('POST', '/waba_webhook', { url: `${receiver.url}/waba`, headers: {} })).toMatchObject({
      status: 200,
    });

    const sent = await call('POST', '/messages', cloud(text('Watch this')));
    const id = sent.body.messages[0].id as string;
    const told = await receiver.next(({ raw }) => raw.includes(id) && raw.includes('"read"'));
    // The webhook of the number is the stronger: that of the WABA is not told what it is told.
    expect(told.path).toBe('/number');
    expect(told.headers['x-shop']).toBe('tea');
    expect(told.body.entry[0].changes[0].value.statuses[0]).toMatchObject({ id, recipient_id: CUSTOMER });
    const { secret } = (await call('GET', '/api/v1/webhooks/secret')).body;
    expect(told.headers['x-hub-signature-256']).toBe(
      `sha256=${createHmac('sha256', secret).update(told.raw).digest('hex')}`,
    );

    const all = { url: `${receiver.url}/waba`, headers: {}, override_all: true };
    expect((await call('POST', '/waba_webhook', all)).status).toBe(200);
    expect((await call('GET', '/v1/configs/webhook')).body.url).toBe('');
    await house.customerWrites(shop);
    await receiver.next(({ path, raw }) => path === '/waba' && raw.includes('"messages":[{'));
    expect(receiver.received.filter(({ path, raw }) => path === '/waba' && raw.includes(id))).toEqual([]);
    expect((await call('POST', '/waba_webhook', { url: '' })).status).toBe(200);
    expect((await call('GET', '/waba_webhook')).body.url).toBe('');
  });

  it('has events copied to up to three more addresses, each for itself', async () => {
    const owner = await house.merchant();
    expect((await call('GET', '/multi_webhook', undefined, owner)).body).toEqual({ enabled: false, destinations: [] });
    const destinations = [
      { url: `${receiver.url}/copy-one`, headers: { 'X-Copy': '1' } },
      { url: `${receiver.url}/copy-two`, headers: {} },
    ];
    const wish = { enabled: true, destinations };
    expect(await call('POST', '/multi_webhook', wish, owner)).toMatchObject({ status: 200, body: wish });
    expect((await call('GET', '/multi_webhook', undefined, owner)).body).toEqual(wish);
    await call('POST', '/v1/configs/webhook', { url: `${receiver.url}/main`, headers: {} }, owner);
    const sent = await call('POST', '/messages', cloud(text('Copies, please')), owner);
    const id = sent.body.messages[0].id as string;
    for (const path of ['/main', '/copy-one', '/copy-two']) {
      await receiver.next((post) => post.path === path && post.raw.includes(id));
    }
    const fewer = { enabled: false, destinations: [`${receiver.url}/copy-two`] };
    expect((await call('POST', '/multi_webhook', fewer, owner)).body).toEqual({
      enabled: false,
      destinations: [{ url: `${receiver.url}/copy-two`, headers: {} }],
    });
    for (const wrong of [{}, { destinations: Array(4).fill('https://a.example') }, { destinations: ['ftp://x'] }]) {
      expect((await call('POST', '/multi_webhook', wrong, owner)).body.error.code).toBe(100);
    }
  });

  it('may set its webhook many times at once, and has one', async () => {
    const owner = await house.merchant();
    const wishes = Array.from({ length: 8 }, (_, n) => ({ url: `${receiver.url}/at-once-${n}` }));
    const answers = await Promise.all(wishes.map((wish) => call('POST', '/v1/configs/webhook', wish, owner)));
    expect(answers.map(({ status }) => status)).toEqual(wishes.map(() => 200));
    const { body } = await call('GET', '/api/v1/webhooks', undefined, owner);
    expect(body.data ?? body).toHaveLength(1);
  });

  it('lists, filters, makes and deletes templates in both forms', async () => {
    const path = '/v1/configs/templates';
    const parcel = {
      name: 'parcel',
      language: 'en_US',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'Your parcel is here.' }],
    };
    expect(await call('POST', path, parcel)).toMatchObject({
      status: 201,
      body: { name: 'parcel', status: 'pending' },
    });
    const all = await call('GET', path);
    expect(all.body).toMatchObject({ count: 3, total: 3, offset: 0 });
    const page = await call('GET', `${path}?limit=1&offset=1&sort=-name`);
    expect(page.body).toMatchObject({ count: 1, total: 3, limit: 1, offset: 1 });
    expect(page.body.waba_templates.map(({ name }: Json) => name)).toEqual(['parcel']);
    const filters = encodeURIComponent(JSON.stringify({ 'business_templates.name': 'order_update' }));
    const [one] = (await call('GET', `${path}?filters=${filters}`)).body.waba_templates;
    expect(one).toMatchObject({ name: 'order_update', status: 'approved', language: 'en_US', category: 'UTILITY' });
    expect(await call('GET', `${path}?filters=%7B`)).toMatchObject({ status: 400, body: { error: { code: 100 } } });

    const graph = await call('GET', '/message_templates?limit=2');
    expect(graph.body.data).toHaveLength(2);
    const next = graph.body.paging.next as string;
    expect(next.startsWith(PUBLIC_URL)).toBe(true);
    expect((await http('GET', house.reachable(next))).body.data.map(({ name }: Json) => name)).toEqual(['parcel']);

    const last = graph.body.data.at(-1) as Json;
    for (const by of [last.id, last.name]) {
      const shown = await call('GET', `${path}/${by}`);
      expect(shown.body).toMatchObject({ total: 1, waba_templates: [{ id: last.id, name: last.name }] });
      expect((await call('GET', `/${last.id}`)).body).toMatchObject({ id: last.id, name: last.name });
    }
    expect((await call('GET', `${path}/nobody_made_this`)).body.error.code).toBe(100);
    const ofNumber = await call('GET', `/${shop.metaPhoneNumberId}/message_templates?limit=50`);
    expect(ofNumber.body.data.map(({ name }: Json) => name)).toEqual(
      (await call('GET', '/message_templates')).body.data.map(({ name }: Json) => name),
    );
    const graphForm = { name: 'cup', language: 'en_US', category: 'UTILITY', components: parcel.components };
    expect((await call('POST', '/message_templates', graphForm)).body).toMatchObject({ category: 'UTILITY' });
    expect((await call('DELETE', '/message_templates?name=cup')).body).toEqual({ success: true });

    expect((await call('DELETE', `${path}/parcel`)).status).toBe(200);
    expect((await call('DELETE', `${path}/parcel`)).body.error.code).toBe(100);
  });

  it('asks what can send, and whether somebody is there', async () => {
    const { status, body } = await call('GET', '/health_status');
    expect(status).toBe(200);
    expect(body.health_status.can_send_message).toBe('AVAILABLE');
    expect(body.health_status.entities.map((e: Json) => e.entity_type)).toEqual([
      'PHONE_NUMBER',
      'WABA',
      'BUSINESS',
      'APP',
    ]);
    expect((await http('GET', `${house.gateway.url}/health`)).status).toBe(200);
    expect((await http('GET', `${house.gateway.url}/health_status`)).status).toBe(401);
  });

  it('names the number when its key has several: by header, by parameter, or at the end of the base URL', async () => {
    const { owner, second } = await withTwoNumbers();
    const template = cloud({
      to: CUSTOMER,
      type: 'template',
      template: {
        name: 'order_update',
        language: { code: 'en_US' },
        components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ada' }] }],
      },
    });
    const { status, body } = await call('POST', '/messages', template, owner);
    expect({ status, code: body.error.code }).toEqual({ status: 400, code: 131008 });
    for (const id of [owner.metaPhoneNumberId, second]) expect(body.error.error_data.details).toContain(id);

    const { messaging_product: _, ...old } = template;
    const answers = [
      await call('POST', '/messages', template, owner, { 'X-Phone-Number-Id': second }),
      await call('POST', `/messages?phone_number_id=${second}`, template, owner),
      await call('POST', `/${second}/messages`, template, owner),
      await call('POST', `/${second}/v1/messages`, old, owner),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 201]);
    expect((await call('GET', `/${second}/health_status`, undefined, owner)).body.id).toBe(second);
    const strange = await call('POST', `/messages?phone_number_id=${shop.metaPhoneNumberId}`, template, owner);
    const nobodys = await call('POST', '/messages?phone_number_id=99999999999', template, owner);
    expect([strange.status, strange.body.error.code]).toEqual([400, 100]);
    expect([nobodys.status, nobodys.body.error.code]).toEqual([400, 100]);
  });

  it('can read every refusal of the new API', async () => {
    const wrong = { 'D360-API-KEY': 'no-key-of-anybody-here' };
    const url = house.gateway.url;
    const link = { messaging_product: 'whatsapp', to: CUSTOMER, type: 'image', image: {} };
    const cases: [Promise<Json>, number, number][] = [
      [http('POST', `${url}/messages`, { headers: wrong, body: cloud(text()) }), 401, 190],
      [http('POST', `${url}/messages`, { body: cloud(text()) }), 401, 190],
      [call('POST', '/messages', text()), 400, 100],
      [call('POST', '/messages', cloud({ ...text(), to: '5215512345678' })), 400, 131047],
      [call('POST', '/messages', link), 400, 131008],
      [call('POST', '/messages', '{'), 400, 100],
      [call('GET', '/12345678901234'), 400, 100],
      [call('POST', '/v1/configs/webhook', { url: 'ftp://shop.example' }), 400, 100],
      [call('POST', '/v1/configs/webhook', { url: 'http://10.0.0.1/hook' }), 400, 100],
      [call('POST', '/v1/configs/webhook', { url: `${receiver.url}/x`, headers: { Host: 'x' } }), 400, 100],
      [call('POST', '/v1/configs/webhook', {}), 400, 131008],
    ];
    for (const [answer, status, code] of cases) {
      const seen = await answer;
      expect({ status: seen.status, code: seen.body.error?.code }).toEqual({ status, code });
      expect(seen.body.error.error_data.details.length).toBeGreaterThan(10);
    }
  });
});

describe('a client of the old API', () => {
  it('sends without messaging_product, with the namespace and policy of old templates', async () => {
    const owner = await house.merchant();
    const sent = await call('POST', '/v1/messages', { recipient_type: 'individual', ...text() }, owner);
    expect(sent).toMatchObject({ status: 201, body: { meta: { api_status: 'stable' } } });
    expect(Object.keys(sent.body)).toEqual(['messages', 'meta']);
    expect(sent.body.messages).toEqual([{ id: expect.stringMatching(/^wamid\./) }]);
    const template = {
      namespace: null,
      name: 'order_update',
      language: { policy: 'deterministic', code: 'en_US' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'Ada' }] }],
    };
    expect((await call('POST', '/v1/messages', { to: CUSTOMER, type: 'template', template }, owner)).status).toBe(201);
    expect((await house.sent(owner, 2)).map(({ type }) => type).sort()).toEqual(['template', 'text']);
  });

  it('marks a message as read by its path, and asks which number it is', async () => {
    const read = await call('PUT', `/v1/messages/${encodeURIComponent(shop.inbound)}`, { status: 'read' });
    expect(read).toMatchObject({ status: 200, body: { meta: { api_status: 'stable' } } });
    const { data } = await house.control('GET', `/calls?path=/${shop.metaPhoneNumberId}/messages`);
    expect(data.at(-1).body).toEqual({ messaging_product: 'whatsapp', status: 'read', message_id: shop.inbound });
    const other = await call('PUT', `/v1/messages/${encodeURIComponent(shop.inbound)}`, { status: 'delivered' });
    expect(other.body.errors[0].code).toBe(100);
    expect((await call('GET', '/v1/configs/phone_number')).body).toMatchObject({
      id: shop.metaPhoneNumberId,
      phone_number: expect.stringMatching(/^1555\d{7}$/),
      status: 'CONNECTED',
      waba_id: shop.metaWabaId,
    });
  });

  it('asks for contacts', async () => {
    const asked = { blocking: 'wait', contacts: ['+1 650-555-1234', 'nobody'], force_check: true };
    const tooMany = await call('POST', '/v1/contacts', { contacts: Array(10_001).fill('1') });
    expect([tooMany.status, tooMany.body.error.code]).toEqual([400, 100]);
    expect((await call('POST', '/v1/contacts', asked)).body.contacts).toEqual([
      { input: '+1 650-555-1234', status: 'valid', wa_id: '16505551234' },
      { input: 'nobody', status: 'invalid' },
    ]);
  });

  it('puts bytes up as they are, of any type that WhatsApp knows, and gets them back', async () => {
    const files: [string, Buffer][] = [
      ['image/png', png()],
      ['text/plain', Buffer.from('Menu: tea £1\n', 'latin1')],
      ['application/pdf', Buffer.from('%PDF-1.7\n%more')],
    ];
    for (const [type, bytes] of files) {
      const headers = { 'D360-API-KEY': shop.apiKey, 'content-type': type };
      const up = await fetch(`${house.gateway.url}/v1/media`, { method: 'POST', headers, body: new Uint8Array(bytes) });
      const body = (await up.json()) as Json;
      expect([type, up.status, body.meta?.api_status]).toEqual([type, 201, 'stable']);
      const path = `${house.gateway.url}/v1/media/${body.media[0].id}`;
      const down = await fetch(path, { headers: { 'D360-API-KEY': shop.apiKey } });
      expect(down.headers.get('content-type')).toContain(type);
      expect(Buffer.from(await down.arrayBuffer())).toEqual(bytes);
      expect((await call('DELETE', `/v1/media/${body.media[0].id}`)).status).toBe(200);
    }
  });

  it('keeps its profile, its picture and its settings', async () => {
    const settings = '/v1/settings';
    expect((await call('PATCH', `${settings}/profile/about`, { text: 'Tea and more' })).status).toBe(200);
    expect((await call('GET', `${settings}/profile/about`)).body.settings.profile.about.text).toBe('Tea and more');
    const profile = { description: 'Since 1901', websites: ['https://tea.example'] };
    expect((await call('POST', `${settings}/business/profile`, profile)).status).toBe(200);
    expect((await call('GET', `${settings}/business/profile`)).body.settings.business.profile).toMatchObject(profile);

    const photo = await fetch(`${house.gateway.url}${settings}/profile/photo`, {
      method: 'POST',
      headers: { 'D360-API-KEY': shop.apiKey, 'content-type': 'image/png' },
      body: new Uint8Array(png()),
    });
    expect(photo.status).toBe(201);
    const shown = (await call('GET', `${settings}/profile/photo`)).body.settings.profile.photo;
    expect(shown.link).toEqual(expect.stringMatching(/^https?:/));

    const url = `${receiver.url}/application`;
    expect((await call('PATCH', `${settings}/application`, { webhooks: { url } })).status).toBe(200);
    expect((await call('GET', `${settings}/application`)).body.settings.application.webhooks.url).toBe(url);
    expect((await call('GET', '/v1/configs/webhook')).body.url).toBe(url);
    const refused = await call('PATCH', `${settings}/application`, { sent_status: false });
    expect(refused.body.error.error_data.details).toContain('sent_status');
    expect((await call('GET', '/v1/health')).body.health.gateway_status).toBe('connected');
  });

  it('may repeat a call with its Idempotency-Key: one message, one file, and 409 for something else', async () => {
    const key = { 'Idempotency-Key': 'order-1042' };
    const first = await call('POST', '/v1/messages', text('Once'), shop, key);
    const again = await call('POST', '/v1/messages', text('Once'), shop, key);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect((await call('POST', '/v1/messages', text('Something else'), shop, key)).status).toBe(409);
    const upload = (bytes: Buffer) =>
      fetch(`${house.gateway.url}/v1/media`, {
        method: 'POST',
        headers: { 'D360-API-KEY': shop.apiKey, 'content-type': 'text/plain', 'Idempotency-Key': 'file-1' },
        body: new Uint8Array(bytes),
      });
    const [one, two] = [await upload(Buffer.from('Menu')), await upload(Buffer.from('Menu'))];
    expect(await two.json()).toEqual(await one.json());
    expect((await upload(Buffer.from('Another menu'))).status).toBe(409);
  });

  it('finds refusals where it looks: the status, errors, and meta.developer_message', async () => {
    const answer = await call('POST', '/v1/messages', { ...text(), to: '5215512345678' });
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe(131047);
    expect(answer.body.errors).toEqual([{ code: 131047, title: expect.any(String), details: expect.any(String) }]);
    expect(answer.body.meta).toMatchObject({ success: false, http_code: 400 });
    expect(answer.body.meta.developer_message).toContain('Send a template');
    const stranger = { headers: { 'D360-API-KEY': 'no-key-of-anybody-here' }, body: text() };
    const unknown = await http('POST', `${house.gateway.url}/v1/messages`, stranger);
    expect([unknown.status, unknown.body.meta.http_code]).toEqual([401, 401]);
  });

  it('reaches nothing that belongs to another tenant', async () => {
    const other = await house.merchant();
    const headers = { 'D360-API-KEY': shop.apiKey, 'content-type': 'image/png' };
    const up = await fetch(`${house.gateway.url}/v1/media`, { method: 'POST', headers, body: new Uint8Array(png()) });
    const { media } = (await up.json()) as Json;
    for (const method of ['GET', 'DELETE']) {
      expect((await call(method, `/v1/media/${media[0].id}`, undefined, other)).status).toBe(400);
    }
    expect((await call('GET', '/v1/configs/webhook', undefined, other)).body.url).toBe('');
    await eventually(async () => (await call('GET', `/v1/media/${media[0].id}`)).status === 200);
  });
});
