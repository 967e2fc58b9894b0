import { Database } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { eventually, http, type RunningApp, startApp } from '../../../../test/support/app.js';
import { aMerchant, type Merchant } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import { EngagementModule } from '../engagement.module.js';
import { EngagementWorkerModule } from '../engagement-worker.module.js';

const stage = new GatewayStage();
const HOST = 'https://go.example';
const PHONE = { 'user-agent': 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36' };
const [ANA, BEN, CAROL] = ['+16505550101', '+16505550102', '+16505550103'] as const;
let api: RunningApp;
let worker: RunningApp;

beforeAll(async () => {
  await stage.start();
  const environment = { ...stage.environment, GATEWAY_URL: stage.gateway.url, BILLING_URL: 'http://127.0.0.1:1' };
  api = await startApp(EngagementModule, environment, { name: 'engagement', describe: 'Engagement.' });
  worker = await startApp(EngagementWorkerModule, environment);
});
afterAll(async () => {
  await worker?.close();
  await api?.close();
  await stage.stop();
});

const call = (shop: Merchant, method: string, path: string, body?: unknown) =>
  http(method, `${api.url}/api/v1${path}`, { token: shop.apiKey, body });
const text = (value: string) => [{ type: 'body', parameters: [{ type: 'text', text: value }] }];
const draft = (shop: Merchant, components: object[], template = 'order_update') =>
  call(shop, 'POST', '/campaigns', {
    name: 'Sale',
    phone_number_ids: [shop.metaPhoneNumberId],
    audience: 'list',
    variants: [{ template, language: 'en_US', components }],
    track_clicks: true,
  });
/** What Meta was asked to send to a customer. */
const sentTo = (shop: Merchant, to: string) =>
  eventually(async () => {
    const of = `/${shop.metaPhoneNumberId}/messages`;
    return stage.graph.calls.find((c) => c.path === of && c.body.to === to)?.body.template.components;
  });
const linkTo = async (shop: Merchant, to: string): Promise<string> =>
  /https:\S+/.exec(JSON.stringify(await sentTo(shop, to)))?.[0] as string;
/** Opens a link as it stands in a message. */
const open = async (link: string, init: RequestInit = { headers: PHONE }) => {
  const answer = await fetch(link.replace(HOST, api.url), { redirect: 'manual', ...init });
  return { status: answer.status, target: answer.headers.get('location'), cache: answer.headers.get('cache-control') };
};
const clicked = async (shop: Merchant, id: string): Promise<number> =>
  (await call(shop, 'GET', `/campaigns/${id}`)).body.progress.clicked;

describe('a counted link of a campaign', () => {
  let shop: Merchant;
  let id: string;
  beforeAll(async () => {
    shop = await aMerchant(stage.gateway.app);
    expect((await call(shop, 'POST', '/contacts', { identifiers: [{ kind: 'phone', value: ANA }] })).status).toBe(201);
    const drafted = await draft(shop, text('for you: https://shop.example/p/{{product}}?from=wa.'));
    expect([drafted.status, drafted.body]).toMatchObject([201, { track_clicks: true }]);
    id = drafted.body.id;
    const recipients = [ANA, BEN, CAROL].map((to, i) => ({ to, attributes: { product: `red shoes/${i}` } }));
    await call(shop, 'POST', `/campaigns/${id}/recipients`, { recipients });
    await call(shop, 'POST', `/campaigns/${id}/launch`);
  });

  it('leads each recipient to its own page of the shop, and counts it once however often it is opened', async () => {
    const ana = await linkTo(shop, ANA);
    expect(ana).toMatch(/^https:\/\/go\.example\/l\/[\w-]{55}\./);
    const link = ana.slice(0, ana.indexOf('.', HOST.length));
    const opened = await Promise.all([open(link), open(link), open(link)]);
    const target = 'https://shop.example/p/red%20shoes%2F0?from=wa';
    expect(opened).toEqual(Array(3).fill({ status: 302, target, cache: 'no-store' }));
    expect(await clicked(shop, id)).toBe(1);
    const ben = await linkTo(shop, BEN);
    expect((await open(ben.slice(0, link.length))).target).toBe('https://shop.example/p/red%20shoes%2F1?from=wa');
    const { body: report } = await call(shop, 'GET', `/campaigns/${id}/report`);
    expect([report.clicked, report.variants[0].clicked]).toEqual([2, 2]);
  });

  it('makes a contact one who clicked, for segments', async () => {
    const filter = { did: 'clicked', in_last_days: 7 };
    const { body } = await call(shop, 'POST', '/segments/count', { filter });
    expect(body).toMatchObject({ contacts: 1 });
  });

  it('is not counted when a program opened it, and leads on all the same', async () => {
    const carol = (await linkTo(shop, CAROL)).slice(0, `${HOST}/l/`.length + 55);
    const before = await clicked(shop, id);
    const whatsapp = { headers: { 'user-agent': 'WhatsApp/2.25.1 A' } };
    expect(await open(carol, whatsapp)).toMatchObject({ status: 302, target: expect.stringContaining('shoes%2F2') });
    expect(await open(carol, { method: 'HEAD', headers: PHONE })).toMatchObject({ status: 302 });
    expect(await open(carol, { headers: { ...PHONE, 'sec-purpose': 'prefetch' } })).toMatchObject({ status: 302 });
    expect(await clicked(shop, id)).toBe(before);
    await open(carol);
    expect(await clicked(shop, id)).toBe(before + 1);
  });

  it('leads nowhere when any of it was changed', async () => {
    const link = (await linkTo(shop, CAROL)).slice(0, `${HOST}/l/`.length + 55);
    for (const other of [
      link.slice(0, -1),
      `${link}A`,
      link.replace('/l/', '/l/A'),
      `${HOST}/l/https:%2F%2Fevil.example`,
    ]) {
      expect(await open(other)).toMatchObject({ status: 404, target: null });
    }
    const last = link.at(-3) === 'A' ? 'B' : 'A';
    expect(await open(link.slice(0, -3) + last + link.slice(-2))).toMatchObject({ status: 404, target: null });
  });
});

describe('a button whose clicks are to be counted', () => {
  const button = (value: string) => ({
    type: 'button',
    sub_type: 'url',
    index: '0',
    parameters: [{ type: 'text', text: value }],
  });

  it('needs a template that leads to our host, and gets the code alone', async () => {
    const shop = await aMerchant(stage.gateway.app);
    for (const [name, url] of [
      ['own_site', 'https://shop.example/{{1}}'],
      ['counted', `${HOST}/l/{{1}}`],
    ] as const) {
      const components = [
        { type: 'BODY', text: 'Our sale has begun.' },
        { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Look', url, example: [`${url}x`] }] },
      ];
      await stage.gateway.app.get(Database).inTenant(shop.tenantId, (tx) =>
        stage.gateway.app.get(Templates).save(tx, shop.tenantId, {
          wabaId: shop.wabaId,
          metaTemplateId: `${Date.now()}${name.length}`,
          name,
          language: 'en_US',
          category: 'UTILITY',
          status: 'APPROVED',
          at: new Date(),
          source: 'meta-answer',
          components,
        }),
      );
    }
    const refused = await draft(shop, [button('https://shop.example/sale')], 'own_site');
    expect([refused.status, refused.body.error.message]).toEqual([
      400,
      `variants[0].components: button 0 cannot be counted: in its template the address must be ${HOST}/l/{{1}}.`,
    ]);
    const { id } = (await draft(shop, [button('https://shop.example/sale')], 'counted')).body;
    await call(shop, 'POST', `/campaigns/${id}/recipients`, { recipients: [{ to: ANA }] });
    await call(shop, 'POST', `/campaigns/${id}/launch`);
    const [sent] = await sentTo(shop, ANA);
    expect(sent.parameters[0].text).toMatch(/^[\w-]{55}$/);
    expect(await open(`${HOST}/l/${sent.parameters[0].text}`)).toMatchObject({ target: 'https://shop.example/sale' });
  });

  it('is told of when there is nothing to count', async () => {
    const shop = await aMerchant(stage.gateway.app);
    const refused = await draft(shop, text('friend'));
    expect([refused.status, refused.body.error.message]).toMatchObject([400, expect.stringContaining('no link')]);
  });
});
