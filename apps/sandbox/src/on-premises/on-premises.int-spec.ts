import { Harness, type Json } from '../../testing/harness.js';

const harness = new Harness();
let namespace = '';
let authorization = '';
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(async () => {
  await harness.fresh();
  ({ message_template_namespace: namespace } = (await harness.graph('GET', `/${harness.waba.id}`)).body);
  authorization = await logIn('/v1');
});

const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` });
const PASSWORD = 'New-Passw0rd';

async function logIn(base: string): Promise<string> {
  const { body } = await harness.http('POST', `${base}/users/login`, { new_password: PASSWORD }, basic('secret'));
  return `Bearer ${body.users[0].token}`;
}

const v1 = (method: string, path: string, body?: unknown, base = '/v1', as = authorization) =>
  harness.http(method, base + path, body, { authorization: as });
const setting = (settings: Json) => harness.control('POST', '/settings', settings);
const text = { to: '15550002222', type: 'text', text: { body: 'x' } };
const template = () => ({
  namespace,
  name: 'order_update',
  language: { policy: 'deterministic', code: 'en_US' },
  components: [
    {
      type: 'body',
      parameters: [
        { type: 'text', text: 'Ada' },
        { type: 'text', text: '42' },
      ],
    },
  ],
});
const sendTemplate = (change: Json = {}) =>
  v1('POST', '/messages', { to: '15550002222', type: 'template', template: { ...template(), ...change } });
const ownDigits = () => harness.number.display_phone_number.replace(/\D/g, '');
/** The callback that tells of this message; what an earlier test left under way may still come in. */
const callbackOf = (sent: { body: Json }, status: string) =>
  harness.receiver.next(({ body }) => {
    const told = body.statuses?.[0];
    return told?.id === sent.body.messages[0].id && told.status === status;
  });
const code = (answer: { body: Json }) => answer.body.errors?.[0].code;

async function file(path: string, body: string, type: string): Promise<Json> {
  const response = await fetch(`${harness.sandbox.url}/v1${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': type },
    body,
  });
  return response.json() as Promise<Json>;
}

describe('the On-Premises client', () => {
  it('asks for a login, and the first one for a new password', async () => {
    expect(await harness.http('GET', '/v1/health', undefined, {})).toMatchObject({
      status: 401,
      body: { errors: [{ code: 1005 }], meta: { api_status: 'stable' } },
    });
    expect((await v1('GET', '/health')).body).toMatchObject({ health: { gateway_status: 'connected' } });

    await harness.control('POST', '/reset');
    const login = (password: string, body = {}) => harness.http('POST', '/v1/users/login', body, basic(password));
    expect(code(await login('secret'))).toBe(1024);
    expect(code(await login('secret', { new_password: 'weak' }))).toBe(1009);
    expect((await login('secret', { new_password: PASSWORD })).body.users[0].expires_after).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/,
    );
    expect((await login('secret')).status).toBe(401);
    expect((await login(PASSWORD)).status).toBe(200);
  });

  it('forgets a token after a week, or at logout', async () => {
    const other = `Bearer ${(await harness.http('POST', '/v1/users/login', {}, basic(PASSWORD))).body.users[0].token}`;
    await v1('POST', '/users/logout', {}, '/v1', other);
    expect((await v1('GET', '/health', undefined, '/v1', other)).status).toBe(401);
    expect((await v1('GET', '/health')).status).toBe(200);
    await harness.advance(7 * 86_400_000);
    expect((await v1('GET', '/health')).status).toBe(401);
  });

  it('has users who may send but not change the client', async () => {
    expect((await v1('POST', '/users', { username: 'sender', password: PASSWORD })).status).toBe(201);
    const login = { authorization: `Basic ${Buffer.from(`sender:${PASSWORD}`).toString('base64')}` };
    const { body } = await harness.http('POST', '/v1/users/login', {}, login);
    const sender = `Bearer ${body.users[0].token}`;
    expect((await v1('POST', '/messages', text, '/v1', sender)).status).toBe(201);
    expect((await v1('DELETE', '/settings/application', undefined, '/v1', sender)).status).toBe(403);
    expect((await v1('GET', '/users')).body.users.map((user: Json) => user.username)).toEqual(['admin', 'sender']);
    await v1('DELETE', '/users/sender');
    expect((await v1('GET', '/health', undefined, '/v1', sender)).status).toBe(401);
  });

  it('sends, and reports to its own callback without envelope and signature', async () => {
    await v1('PATCH', '/settings/application', { webhooks: { url: `${harness.receiver.url}/onprem` } });
    const sent = await sendTemplate();
    expect(sent).toMatchObject({ status: 201, body: { messages: [{ id: expect.stringMatching(/^gBEG/) }] } });
    await harness.advance(1_000);
    const got = await callbackOf(sent, 'delivered');
    expect(got.path).toBe('/onprem');
    expect(got.body.statuses[0]).toMatchObject({
      recipient_id: '15550002222',
      type: 'message',
    });
    expect(got.headers['x-hub-signature-256']).toBeUndefined();
  });

  it('tells conversations and prices of the time before July 2025 in the old form', async () => {
    await harness.control('POST', '/clock', { now: '2024-06-01T12:00:00Z' });
    authorization = `Bearer ${(await harness.http('POST', '/v1/users/login', {}, basic(PASSWORD))).body.users[0].token}`;
    await v1('PATCH', '/settings/application', { webhooks: { url: `${harness.receiver.url}/onprem` } });
    const sent = await sendTemplate();
    await harness.advance(1_000);
    const got = await callbackOf(sent, 'sent');
    expect(got.body.statuses[0]).toMatchObject({
      conversation: { expiration_timestamp: expect.any(Number), origin: { type: 'utility' } },
      pricing: { pricing_model: 'CBP', billable: true, category: 'utility' },
    });
  });

  it('reports a failure with its own code, and no status that was turned off', async () => {
    const message = { sent: false, delivered: true, read: true };
    await v1('PATCH', '/settings/application', { webhooks: { url: `${harness.receiver.url}/onprem`, message } });
    const free = await v1('POST', '/messages', text);
    await harness.advance(1_000);
    const failed = await callbackOf(free, 'failed');
    expect(failed.body.statuses[0].errors[0]).toMatchObject({ code: 470, title: 'Re-engagement message' });
    const sent = await sendTemplate();
    await harness.advance(5_000);
    await callbackOf(sent, 'read');
    const { data } = (await harness.control('GET', '/webhooks?field=on-premises')).body;
    const told = data.map((one: Json) => one.body.statuses[0]);
    expect(told.filter((one: Json) => one.id === sent.body.messages[0].id).map((one: Json) => one.status)).toEqual([
      'delivered',
      'read',
    ]);
  });

  it('repeats a callback until it is answered 200', async () => {
    let answers = 0;
    harness.receiver.status = ({ path }) => (path === '/twice' && ++answers === 1 ? 500 : 200);
    await v1('PATCH', '/settings/application', { webhooks: { url: `${harness.receiver.url}/twice` } });
    await harness.customerWrites('15550002222');
    const about = ({ path }: { path: string }) => path === '/twice';
    await harness.receiver.next((got) => about(got) && answers === 2);
    expect(harness.receiver.received.filter(about)).toHaveLength(2);
  });

  it.each<[string, () => Promise<{ body: Json }>, number]>([
    ['a message without recipient', () => v1('POST', '/messages', { type: 'text', text: { body: 'x' } }), 1008],
    ['what only the Cloud API knows', () => v1('POST', '/messages', { ...text, messaging_product: 'whatsapp' }), 1010],
    ['a wrong recipient type', () => v1('POST', '/messages', { ...text, recipient_type: 'crowd' }), 1002],
    ['an unknown template', () => sendTemplate({ name: 'nothing' }), 2001],
    ['too few parameters', () => sendTemplate({ components: [] }), 2000],
    ['a template without namespace', () => sendTemplate({ namespace: undefined }), 1008],
    ['a template of another namespace', () => sendTemplate({ namespace: 'other' }), 2003],
    ['a template without policy', () => sendTemplate({ language: { code: 'en_US' } }), 1008],
    ['its own number as recipient', () => v1('POST', '/messages', { ...text, to: ownDigits() }), 1021],
    ['a receipt for a message that never came', () => v1('PUT', '/messages/ABGGnone', { status: 'read' }), 1006],
    ['media that are not there', () => v1('DELETE', '/media/none'), 1006],
    ['a setting that it does not have', () => v1('PATCH', '/settings/application', { colour: 'red' }), 1009],
    ['a callback that is no address', () => v1('PATCH', '/settings/application', { webhooks: { url: 'no' } }), 1009],
    ['a node that it does not have', () => v1('GET', '/nothing'), 1006],
    ['a registration, since Meta ended the service', () => v1('POST', '/account', { cc: '1' }), 1005],
  ])('refuses %s', async (_, ask, expected) => {
    expect(code(await ask())).toBe(expected);
  });

  it('refuses a body that is not JSON in its own form', async () => {
    const response = await fetch(`${harness.sandbox.url}/v1/messages`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: '{"to":',
    });
    expect([response.status, code({ body: (await response.json()) as Json })]).toEqual([400, 1025]);
  });

  it('fails as it is told to', async () => {
    const fault = (more: Json) => harness.control('POST', '/faults', { path: '/v1/messages', ...more });
    await fault({ mode: 'error', http_status: 503 });
    expect(await v1('POST', '/messages', text)).toMatchObject({ status: 503, body: { errors: [{ code: 1016 }] } });
    await fault({ mode: 'error', http_status: 400, code: 131031 });
    expect(code(await v1('POST', '/messages', text))).toBe(1031);
    await fault({ mode: 'drop_after_accept' });
    await expect(v1('POST', '/messages', text)).rejects.toThrow();
    expect((await harness.control('GET', `/messages?phone_number_id=${harness.number.id}`)).body.total).toBe(1);
  });

  it('tells contacts and keeps media', async () => {
    expect(
      (await v1('POST', '/contacts', { blocking: 'wait', contacts: ['+15550002222', '123'] })).body.contacts,
    ).toEqual([
      { input: '+15550002222', status: 'valid', wa_id: '15550002222' },
      { input: '123', status: 'invalid' },
    ]);
    const { media } = await file('/media', 'pixels', 'image/png');
    expect((await v1('GET', `/media/${media[0].id}`)).body.text).toBe('pixels');
    const image = (id: string) => ({ to: '15550002222', type: 'image', image: { id } });
    expect((await v1('POST', '/messages', image(media[0].id))).status).toBe(201);
    expect(code(await v1('POST', '/messages', image('none')))).toBe(1006);
    expect(code({ body: await file('/media', 'MZ', 'application/x-msdownload') })).toBe(1009);
    await v1('DELETE', `/media/${media[0].id}`);
    expect((await v1('GET', `/media/${media[0].id}`)).status).toBe(404);
  });

  it('passes on what customers write, with media that can be fetched from it', async () => {
    await v1('PATCH', '/settings/application', { webhooks: { url: `${harness.receiver.url}/pictures` } });
    await harness.control('POST', '/inbound', {
      phone_number_id: harness.number.id,
      from: '15550002222',
      message: { type: 'image', image: { mime_type: 'image/png', base64: Buffer.from('cat').toString('base64') } },
    });
    const got = await harness.receiver.next(({ path, body }) => path === '/pictures' && body.messages !== undefined);
    const [message] = got.body.messages;
    expect(message.image).toMatchObject({ mime_type: 'image/png', sha256: expect.stringMatching(/^[\da-f]{64}$/) });
    expect((await v1('GET', `/media/${message.image.id}`)).body.text).toBe('cat');
    expect((await v1('PUT', `/messages/${encodeURIComponent(message.id)}`, { status: 'read' })).status).toBe(200);
  });

  it('has a profile, a PIN, figures, and the health of one node or several', async () => {
    await v1('POST', '/settings/business/profile', { description: 'Shoes', websites: ['https://shoes.example'] });
    await v1('PATCH', '/settings/profile/about', { text: 'Open' });
    await v1('POST', '/settings/account/two-step', { pin: '654321' });
    const profile = await harness.graph(
      'GET',
      `/${harness.number.id}/whatsapp_business_profile?fields=about,description`,
    );
    expect(profile.body.data[0]).toMatchObject({ about: 'Open', description: 'Shoes' });
    expect((await harness.control('GET', `/phone_numbers/${harness.number.id}`)).body.pin).toBe('654321');
    expect((await v1('GET', '/stats/app')).body.stats.app.messages_sent).toBe(0);
    const nodes = [{ name: 'host1:c1', role: 'coreapp', gateway_status: 'connecting' }];
    await harness.control('POST', '/on_premises/default', { nodes });
    expect((await v1('GET', '/health')).body.health).toEqual({
      'host1:c1': { role: 'coreapp', gateway_status: 'connecting' },
    });
  });

  it('stands beside others, each with its own number, users and callback', async () => {
    const second = (await harness.control('POST', '/phone_numbers', { waba_id: harness.waba.id })).body;
    await harness.control('POST', '/on_premises/shop-2', { phone_number_id: second.id });
    const base = '/on-premises/shop-2/v1';
    expect((await v1('GET', '/health', undefined, base)).status).toBe(401);
    const as = await logIn(base);
    await v1('PATCH', '/settings/application', { webhooks: { url: `${harness.receiver.url}/two` } }, base, as);
    const sent = await v1('POST', '/messages', { to: '15550003333', type: 'template', template: template() }, base, as);
    await harness.advance(1_000);
    expect((await callbackOf(sent, 'sent')).path).toBe('/two');
    expect((await harness.control('GET', `/messages?phone_number_id=${second.id}`)).body.total).toBe(1);
    expect(code(await v1('GET', '/nothing', undefined, base, as))).toBe(1006);
  });

  it('takes a number from the Cloud API and gives it back with a backup', async () => {
    await setting({ on_premises_registration: true });
    const account = { cc: '1', phone_number: ownDigits().slice(1) };
    const registration = { ...account, method: 'sms', cert: Buffer.from('cert').toString('base64') };
    expect(code(await v1('POST', '/account', registration))).toBe(1008);
    const asked = await v1('POST', '/account', { ...registration, pin: '123456' });
    expect(asked).toMatchObject({ status: 202, body: { account: [{ vname: harness.number.verified_name }] } });
    expect(code(await v1('POST', '/account/verify', { code: 'wrong' }))).toBe(1009);
    const sms = (await harness.control('GET', `/phone_numbers/${harness.number.id}`)).body.verification_code;
    expect((await v1('POST', '/account/verify', { code: sms })).status).toBe(201);
    expect((await v1('POST', '/account', { ...registration, pin: '123456' })).status).toBe(201);

    const platform = async () =>
      (await harness.graph('GET', `/${harness.number.id}?fields=platform_type`)).body.platform_type;
    expect(await platform()).toBe('ON_PREMISE');
    expect((await harness.sendText('15550002222')).body.error.code).toBe(133010);
    expect((await v1('POST', '/messages', text)).status).toBe(201);
    await v1('PATCH', '/settings/application', { webhooks: { url: `${harness.receiver.url}/moved` } });
    await harness.customerWrites('15550002222');
    const inbound = await harness.receiver.next(({ path, body }) => path === '/moved' && body.messages !== undefined);
    expect(inbound.body.messages[0].id).toMatch(/^ABGG/);

    const { data } = (await v1('POST', '/settings/backup', { password: 'b' })).body.settings;
    const register = (backup: Json) =>
      harness.graph('POST', `/${harness.number.id}/register`, { messaging_product: 'whatsapp', pin: '123456', backup });
    expect((await register({ password: 'wrong', data })).body.error.code).toBe(100);
    expect((await register({ password: 'b', data })).body).toEqual({ success: true });
    expect(await platform()).toBe('CLOUD_API');
    expect((await harness.sendText('15550002222')).status).toBe(200);
    expect((await v1('GET', '/health')).body.health.gateway_status).toBe('unregistered');
    expect(code(await v1('POST', '/messages', text))).toBe(1011);
  });
});
