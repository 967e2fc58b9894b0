import { Harness } from '../../testing/harness.js';

const harness = new Harness();
let authorization = '';
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(async () => {
  await harness.fresh();
  const basic = `Basic ${Buffer.from('admin:secret').toString('base64')}`;
  const { body } = await harness.http('POST', '/v1/users/login', {}, { authorization: basic });
  authorization = `Bearer ${body.users[0].token}`;
});

const v1 = (method: string, path: string, body?: unknown) =>
  harness.http(method, `/v1${path}`, body, { authorization });
const template = {
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
};

describe('the On-Premises client', () => {
  it('asks for a login', async () => {
    expect(await harness.http('GET', '/v1/health', undefined, {})).toMatchObject({
      status: 401,
      body: { errors: [{ code: 1005 }] },
    });
    expect((await v1('GET', '/health')).body).toMatchObject({
      health: { gateway_status: 'connected' },
      meta: { api_status: 'stable' },
    });
  });

  it('sends, and reports to its own callback without envelope and signature', async () => {
    await v1('PATCH', '/settings/application', { webhooks: { url: `${harness.receiver.url}/onprem` } });
    const sent = await v1('POST', '/messages', { to: '15550002222', type: 'template', template });
    expect(sent).toMatchObject({ status: 201, body: { messages: [{ id: expect.stringMatching(/^gBEG/) }] } });
    await harness.advance(1_000);
    const got = await harness.receiver.next(
      ({ path, body }) => path === '/onprem' && body.statuses?.[0].status === 'delivered',
    );
    expect(got.body.statuses[0]).toMatchObject({ id: sent.body.messages[0].id, recipient_id: '15550002222' });
    expect(got.headers['x-hub-signature-256']).toBeUndefined();
  });

  it('refuses with its own codes', async () => {
    expect((await v1('POST', '/messages', { type: 'text', text: { body: 'x' } })).body.errors[0].code).toBe(1008);
    const unknown = { ...template, name: 'nothing' };
    expect(
      (await v1('POST', '/messages', { to: '15550002222', type: 'template', template: unknown })).body.errors[0].code,
    ).toBe(2001);
    expect((await v1('POST', '/account', {})).body.errors[0].details).toContain('biz_link_on_prem_reg_blocked');
  });

  it('tells contacts and keeps media', async () => {
    expect(
      (await v1('POST', '/contacts', { blocking: 'wait', contacts: ['+15550002222', '123'] })).body.contacts,
    ).toEqual([
      { input: '+15550002222', status: 'valid', wa_id: '15550002222' },
      { input: '123', status: 'invalid' },
    ]);
    const response = await fetch(`${harness.sandbox.url}/v1/media`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'image/png' },
      body: 'pixels',
    });
    const { media } = (await response.json()) as { media: { id: string }[] };
    expect((await v1('GET', `/media/${media[0]!.id}`)).body.text).toBe('pixels');
    expect(
      (await v1('POST', '/messages', { to: '15550002222', type: 'image', image: { id: media[0]!.id } })).status,
    ).toBe(201);
    expect(
      (await v1('POST', '/messages', { to: '15550002222', type: 'image', image: { id: 'none' } })).body.errors[0].code,
    ).toBe(1006);
  });
});
