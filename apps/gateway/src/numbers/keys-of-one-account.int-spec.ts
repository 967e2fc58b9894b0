import { Database, type Tx } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { type KeyLimits, Tenants } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { http } from '../../../../test/support/app.js';
import { aMerchant, customerWrote, type Merchant, ORDER_UPDATE, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';

const CUSTOMER = '15550002222';
const EDIT = { components: [{ type: 'BODY', text: 'Planted.' }] };

// Without a worker: what is accepted stays where it is.
const stage = new GatewayStage();
let shop: Merchant;
/** Another account of the same merchant. */
let branch: Merchant;

beforeAll(async () => {
  await stage.startWithoutWorker();
  shop = await aMerchant(stage.gateway.app);
  branch = await anotherAccount(shop);
  for (const each of [shop, branch]) await customerWrote(stage.database, each, CUSTOMER);
});
afterAll(() => stage.stop());

async function anotherAccount(of: Merchant): Promise<Merchant> {
  const { app } = stage.gateway;
  const [wabas, templates] = [app.get(Wabas), app.get(Templates)];
  const metaWabaId = `${of.metaWabaId}7`;
  return app.get(Database).inTenant(of.tenantId, async (tx) => {
    const { portfolioId } = (await wabas.waba(tx, of.tenantId, { wabaId: of.wabaId })) ?? { portfolioId: '' };
    const { wabaId } = await wabas.saveWaba(tx, of.tenantId, {
      portfolioId,
      metaWabaId,
      name: 'Branch',
      currency: 'USD',
      timezone: 'UTC',
      token: `token-of-${metaWabaId}`,
    });
    const number = await aNumber(of, wabaId, `${of.metaPhoneNumberId}7`, tx);
    const saved = await templates.save(tx, of.tenantId, {
      wabaId,
      metaTemplateId: `${metaWabaId}1`,
      name: 'order_update',
      language: 'en_US',
      category: 'UTILITY',
      status: 'PAUSED',
      at: new Date(Date.now() - 60_000),
      source: 'meta-answer',
      components: ORDER_UPDATE,
    });
    const order_update = { templateId: saved.templateId, metaTemplateId: `${metaWabaId}1` };
    return { ...of, wabaId, metaWabaId, ...number, templates: { order_update } };
  });
}

async function aNumber(
  of: Merchant,
  wabaId: string,
  metaPhoneNumberId: string,
  tx: Tx,
): Promise<{ phoneNumberId: string; metaPhoneNumberId: string }> {
  const { phoneNumberId } = await stage.gateway.app.get(Wabas).savePhoneNumber(tx, of.tenantId, {
    wabaId,
    metaPhoneNumberId,
    displayPhoneNumber: `+1 555-${metaPhoneNumberId.slice(-7)}`,
    status: 'CONNECTED',
    throughputLevel: 'HIGH',
  });
  return { phoneNumberId, metaPhoneNumberId };
}

const keyWith = async (limits: KeyLimits) =>
  (await stage.gateway.app.get(Tenants).issueApiKey(shop.tenantId, 'till', limits)).apiKey;
const call = async (token: string, method: string, path: string, body?: object) =>
  (await http(method, `${stage.gateway.url}${path}`, { token, ...(body ? { body } : {}) })).status;

describe('a key for one account', () => {
  it('neither reads nor changes a template or a message of another account by its id', async () => {
    const token = await keyWith({ wabaId: shop.wabaId });
    const ref = await stage.send(branch, textTo(CUSTOMER));
    const { templateId, metaTemplateId } = branch.templates.order_update ?? { templateId: '', metaTemplateId: '' };
    const calls: [method: string, path: string, body?: object][] = [
      ['GET', `/v24.0/${metaTemplateId}`],
      ['POST', `/v24.0/${metaTemplateId}`, EDIT],
      ['POST', `/v24.0/${metaTemplateId}/unpause`, {}],
      ['GET', `/api/v1/templates/${templateId}`],
      ['PATCH', `/api/v1/templates/${templateId}`, EDIT],
      ['PATCH', `/api/v1/templates/${metaTemplateId}`, EDIT],
      ['POST', `/api/v1/templates/${templateId}/unpause`, {}],
      ['DELETE', `/api/v1/templates/${templateId}`],
      [
        'POST',
        `/api/v1/templates/carry?waba_id=${shop.metaWabaId}`,
        { from_waba_id: branch.metaWabaId, to_waba_id: shop.metaWabaId },
      ],
      ['GET', `/api/v1/messages/${ref}`],
      ['DELETE', `/api/v1/messages/${ref}`],
    ];
    for (const [method, path, body] of calls) {
      expect([method, path, await call(token, method, path, body)]).toEqual([method, path, 403]);
    }
    expect(stage.graph.calls).toEqual([]);
    expect((await stage.read(branch, ref)).status).toBe('accepted');
  });

  it('does the same with what is of its own', async () => {
    const token = await keyWith({ wabaId: branch.wabaId });
    const ref = await stage.send(branch, textTo(CUSTOMER));
    const { templateId, metaTemplateId } = branch.templates.order_update ?? { templateId: '', metaTemplateId: '' };
    stage.graph.answer = () => ({ body: { success: true } });
    for (const [method, path, body] of [
      ['GET', `/v24.0/${metaTemplateId}`],
      ['GET', `/api/v1/templates/${templateId}`],
      ['POST', `/v24.0/${metaTemplateId}/unpause`, {}],
      ['GET', `/api/v1/messages/${ref}`],
      ['DELETE', `/api/v1/messages/${ref}`],
    ] as const) {
      expect([method, path, await call(token, method, path, body)]).toEqual([method, path, 200]);
    }
    expect((await stage.read(branch, ref)).status).toBe('cancelled');
  });
});

describe('a key for one number', () => {
  it('reads the templates of its account, and no message of another number', async () => {
    const sibling = await stage.gateway.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) => aNumber(shop, shop.wabaId, `${shop.metaPhoneNumberId}8`, tx));
    const token = await keyWith({ wabaId: shop.wabaId, phoneNumberId: sibling.phoneNumberId });
    const ref = await stage.send(shop, textTo(CUSTOMER));
    expect(await call(token, 'GET', `/api/v1/templates/${shop.templates.order_update?.templateId}`)).toBe(200);
    expect(await call(token, 'GET', `/api/v1/messages/${ref}`)).toBe(403);
    await customerWrote(stage.database, { ...shop, ...sibling }, CUSTOMER);
    const own = await stage.send({ ...shop, ...sibling }, textTo(CUSTOMER));
    expect(await call(token, 'GET', `/api/v1/messages/${own}`)).toBe(200);
  });

  it('does nothing for the tenant as a whole by naming its number where no heed is paid to it', async () => {
    const token = await keyWith({ wabaId: shop.wabaId, phoneNumberId: shop.phoneNumberId });
    const mine = `phone_number_id=${shop.metaPhoneNumberId}`;
    const hook = { url: 'https://elsewhere.example/all' };
    for (const [method, path, body] of [
      ['GET', `/api/v1/webhooks?${mine}`],
      ['POST', `/api/v1/webhooks?${mine}`, hook],
      ['GET', `/api/v1/webhooks/secret?${mine}`],
      ['POST', `/api/v1/exports?${mine}`, {}],
      ['POST', `/api/v1/messages?${mine}`, { phone_number_id: branch.metaPhoneNumberId, ...textTo(CUSTOMER) }],
      ['POST', `/api/v1/templates/sync?${mine}`, {}],
      ['GET', `/api/v1/templates?${mine}`],
    ] as const) {
      expect([method, path, await call(token, method, path, body)]).toEqual([method, path, 403]);
    }
    const { body } = await http('GET', `${stage.gateway.url}/api/v1/headroom?${mine}`, { token });
    expect(body.data.map((one: { phone_number_id: string }) => one.phone_number_id)).toEqual([shop.metaPhoneNumberId]);
  });

  it('sets the webhook of its number, and never that to which the events of the other numbers go', async () => {
    const token = await keyWith({ wabaId: shop.wabaId, phoneNumberId: shop.phoneNumberId });
    const override = { override_callback_uri: 'https://elsewhere.example/all', verify_token: 'theirs' };
    const hook = { url: 'http://127.0.0.1:9/all', headers: {} };
    for (const [method, path, body] of [
      ['POST', `/v24.0/${shop.metaWabaId}/subscribed_apps`, override],
      ['POST', `/${shop.metaWabaId}/subscribed_apps`, override],
      ['POST', `/v24.0/${shop.metaWabaId}/subscribed_apps`],
      ['DELETE', `/v24.0/${shop.metaWabaId}/subscribed_apps`],
      ['POST', '/waba_webhook', { ...hook, override_all: true }],
      ['GET', '/waba_webhook'],
    ] as const) {
      expect([method, path, await call(token, method, path, body)]).toEqual([method, path, 403]);
    }
    expect(await call(token, 'GET', `/v24.0/${shop.metaWabaId}/subscribed_apps`)).toBe(200);
    expect(await call(token, 'POST', '/v1/configs/webhook', hook)).toBe(200);
    const set = await stage.database.owner.query(
      'SELECT phone_number_id, waba_id, url FROM webhook_endpoints WHERE tenant_id = $1',
      [shop.tenantId],
    );
    expect(set.rows).toEqual([{ phone_number_id: shop.phoneNumberId, waba_id: null, url: hook.url }]);
    const ofAccount = await keyWith({ wabaId: branch.wabaId });
    expect(await call(ofAccount, 'POST', '/waba_webhook', hook)).toBe(200);
    expect(await call(ofAccount, 'DELETE', `/v24.0/${branch.metaWabaId}/subscribed_apps`)).toBe(200);
    expect(await call(ofAccount, 'DELETE', `/v24.0/${shop.metaWabaId}/subscribed_apps`)).toBe(403);
  });
});
