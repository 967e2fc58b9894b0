import { http, type RunningApp } from '../../../../test/support/app.js';
import type { TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, customerWrote, type Merchant, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';

const CUSTOMER = '16505551234';

const stage = new GatewayStage();
let database: TestDatabase;
let gateway: RunningApp;
let shop: Merchant;

beforeAll(async () => {
  ({ database, gateway } = await stage.startWithoutWorker());
  shop = await aMerchant(gateway.app);
  await customerWrote(database, shop, CUSTOMER);
});
afterAll(() => stage.stop());

const stored = async () => (await database.owner.query('SELECT count(*)::int AS n FROM messages')).rows[0].n as number;
const send = (body: unknown) =>
  http('POST', `${gateway.url}/v24.0/${shop.metaPhoneNumberId}/messages`, { token: shop.apiKey, body });
const refusedAsMetaDoes = (status: number) => ({
  status,
  body: {
    error: {
      type: 'OAuthException',
      code: expect.any(Number),
      message: expect.any(String),
      fbtrace_id: expect.any(String),
    },
  },
});

describe('a request that no client should send', () => {
  const text = textTo(CUSTOMER, 'Hi') as Record<string, unknown>;
  const nested = (levels: number) =>
    JSON.stringify(text).replace('{', `{"x":${'['.repeat(levels)}${']'.repeat(levels)},`);

  it.each([
    ['U+0000 in the callback data', { ...text, biz_opaque_callback_data: 'a\u0000b' }],
    [
      'U+0000 in the name of a template',
      { ...text, type: 'template', template: { name: '\u0000', language: { code: 'x' } } },
    ],
    ['U+0000 in a group', { ...text, recipient_type: 'group', to: 'a\u0000' }],
    ['a group of blanks', { ...text, recipient_type: 'group', to: '   ' }],
    ['a group longer than any id', { ...text, recipient_type: 'group', to: 'x'.repeat(5_000) }],
    ['a body too deep for PostgreSQL', nested(7_000)],
    ['a body too deep for JavaScript', nested(300_000)],
  ])('is refused in Meta’s envelope and stores nothing: %s', async (_, body) => {
    const before = await stored();
    expect(await send(body)).toMatchObject(refusedAsMetaDoes(400));
    expect(await stored()).toBe(before);
  });

  it.each([
    ['/v24.0/%00', 400],
    ['/v24.0/%ff', 400],
    ['/v24.0/%zz/messages', 400],
    [`/v24.0/${'1'.repeat(400)}`, 414],
  ])('is refused in Meta’s envelope at the path %s', async (path, status) => {
    const answer = await http('GET', gateway.url + path, { token: shop.apiKey });
    expect(answer).toMatchObject(refusedAsMetaDoes(status));
    expect(answer.headers.get('x-request-id')).toBe(answer.body.error.fbtrace_id);
  });

  it('is told how an id with a slash is written in a path', async () => {
    const raw = await http('GET', `${gateway.url}/v24.0/wamid.HBg/xx==`, { token: shop.apiKey });
    expect(raw).toMatchObject(refusedAsMetaDoes(404));
    expect(raw.body.error.error_data.details).toContain('%2F');
    const encoded = encodeURIComponent('wamid.HBg/xx==');
    expect(await http('GET', `${gateway.url}/v24.0/${encoded}`, { token: shop.apiKey })).toMatchObject(
      refusedAsMetaDoes(400),
    );
    const native = await http('GET', `${gateway.url}/api/v1/messages/${encoded}`, { token: shop.apiKey });
    expect([native.status, native.body.error.code]).toEqual([404, 'not_found']);
  });

  it('is refused in Meta’s envelope when what is asked for holds U+0000, or a template half a character', async () => {
    const templates = `${gateway.url}/v24.0/${shop.metaWabaId}/message_templates`;
    const asked = await http('GET', `${templates}?name=%00`, { token: shop.apiKey });
    expect(asked).toMatchObject(refusedAsMetaDoes(400));
    const half = {
      name: 'half',
      language: 'en_US',
      category: 'UTILITY',
      components: [{ type: 'BODY', text: 'cut \ud83d' }],
    };
    const created = await http('POST', templates, { token: shop.apiKey, body: half });
    expect(created).toMatchObject(refusedAsMetaDoes(400));
  });

  it('leaves a message alone that is nested as deep as any real one', async () => {
    expect(await send(nested(40))).toMatchObject({ status: 200 });
  });
});
