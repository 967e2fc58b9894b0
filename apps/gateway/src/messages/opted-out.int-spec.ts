import { ConsentSettings, Consents, type NewConsent } from '#libs/consent';
import { signBody } from '#libs/meta-cloud';
import { Database } from '#libs/persistence';
import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import type { TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import type { GraphStandIn } from '../../../../test/support/graph-stand-in.js';

const stage = new GatewayStage();
let database: TestDatabase;
let graph: GraphStandIn;
let gateway: RunningApp;
let shop: Merchant;
let customers = 16_505_550_000;
let customer: string;
let written = 0;

beforeAll(async () => {
  ({ database, graph, gateway } = await stage.start());
});
afterAll(() => stage.stop());
beforeEach(async () => {
  shop = await aMerchant(gateway.app);
  customer = String(++customers);
});

const sale = (to = customer, more: object = {}) => ({ ...templateTo(to, 'spring_sale'), ...more });
const send = (body: unknown, merchant = shop) =>
  http('POST', `${gateway.url}/v24.0/${merchant.metaPhoneNumberId}/messages`, { token: merchant.apiKey, body });

/** Meta tells something of the merchant's number. */
async function tells(value: object, field = 'messages'): Promise<void> {
  const metadata = { display_phone_number: '15550001111', phone_number_id: shop.metaPhoneNumberId };
  const changes = [{ value: { messaging_product: 'whatsapp', metadata, ...value }, field }];
  const body = JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: shop.metaWabaId, changes }],
  });
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signBody(body, 'test-app-secret') };
  expect((await fetch(`${gateway.url}/meta/webhooks`, { method: 'POST', body, headers })).status).toBe(200);
  await eventually(async () => {
    const { rows } = await database.owner.query(`SELECT FROM meta_events WHERE tenant_id = $1 AND status = 'new'`, [
      shop.tenantId,
    ]);
    return rows.length === 0;
  });
}
const now = (plusSeconds = 0) => Math.floor(Date.now() / 1_000) + plusSeconds;
const writes = (text: string, more: object = {}) =>
  tells({
    contacts: [{ profile: { name: 'Ada' }, wa_id: customer }],
    messages: [
      {
        from: customer,
        id: `wamid.${++written}`,
        timestamp: String(now()),
        type: 'text',
        text: { body: text },
        ...more,
      },
    ],
  });
const uses = (value: 'stop' | 'resume', timestamp = now()) =>
  tells(
    { user_preferences: [{ wa_id: customer, detail: 'x', category: 'marketing_messages', value, timestamp }] },
    'user_preferences',
  );
const toldOf = async (kind: string) =>
  (
    await database.owner.query('SELECT body::json AS body FROM tenant_events WHERE tenant_id = $1 AND kind = $2', [
      shop.tenantId,
      kind,
    ])
  ).rows.map((row) => row.body);

/** The merchant records what the customer said elsewhere. */
const records = (said: Pick<NewConsent, 'purpose' | 'state'>) =>
  gateway.app
    .get(Database)
    .inTenant(shop.tenantId, (tx) =>
      gateway.app
        .get(Consents)
        .record(tx, shop.tenantId, [{ customers: [customer], at: new Date(), source: 'api', ...said }]),
    );
const later = () => new Date(Date.now() + 3_600_000).toISOString();
/** What was scheduled is due, and has failed for the customer's refusal. */
async function refusedWhenDue(): Promise<void> {
  await database.owner.query(`UPDATE messages SET not_before = now() WHERE tenant_id = $1`, [shop.tenantId]);
  await eventually(async () => {
    const { rows } = await database.owner.query(
      `SELECT FROM messages WHERE tenant_id = $1 AND status = 'failed' AND (meta_error ->> 'code') = '131050'`,
      [shop.tenantId],
    );
    return rows.length === 1;
  });
  expect(graph.calls.filter((c) => c.body?.to === `+${customer}`)).toEqual([]);
}

describe('a customer who opted out', () => {
  it.each(['STOP', '¡Baja!', 'sair'])('by writing "%s" gets no more marketing, and everything else', async (word) => {
    expect((await send(sale())).status).toBe(200);
    await writes(word);
    const refused = await send(sale());
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 131050, type: 'OAuthException' } } });
    expect(refused.body.error.error_data.details).toContain(`${customer} opted out of marketing on 20`);
    expect((await send(templateTo(customer))).status).toBe(200);
    expect((await send(textTo(customer, 'You will not hear of sales any more.'))).status).toBe(200);
    expect(await toldOf('consent_update')).toMatchObject([
      { event: 'consent_update', data: { purpose: 'marketing', state: 'withdrawn', source: 'keyword' } },
    ]);
  });

  it('is written to again once they send what a chat link begins with, and that is kept as their consent', async () => {
    await writes('stop');
    await writes('', { type: 'button', button: { payload: 'x', text: 'Yes, I want offers' } });
    expect((await send(sale())).status).toBe(400);
    await writes('Sí, quiero recibir ofertas', { timestamp: String(now(1)) });
    expect((await send(sale())).status).toBe(200);
    expect(await toldOf('consent_update')).toMatchObject([
      { data: { state: 'withdrawn' } },
      { data: { purpose: 'marketing', state: 'granted', source: 'chat_link' } },
    ]);
  });

  it('is not every customer who writes a word of it', async () => {
    await writes('stop by at six, please');
    expect((await send(sale())).status).toBe(200);
  });

  it('may have pressed the button of a template for it, but not one of a dialogue', async () => {
    await writes('', {
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id: '1', title: 'Salir' } },
    });
    await writes('', {
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id: '1', title: 'Stop' } },
    });
    expect((await send(sale())).status).toBe(200);
    await writes('', { type: 'button', button: { payload: 'x', text: 'Stop promotions' } });
    expect((await send(sale())).status).toBe(400);
  });

  it('by Meta’s own switch is left alone until they switch it back, in whatever order Meta tells it', async () => {
    await uses('stop', now(-60));
    expect((await send(sale())).body.error.code).toBe(131050);
    await uses('resume', now(-30));
    expect((await send(sale())).status).toBe(200);
    await uses('stop', now(-60));
    expect((await send(sale())).status).toBe(200);
  });

  it('is known by a status of Meta’s that says so', async () => {
    await send(sale());
    const id = await eventually(async () => {
      const { rows } = await database.owner.query('SELECT meta_message_id AS id FROM messages WHERE tenant_id = $1', [
        shop.tenantId,
      ]);
      return rows[0]?.id;
    });
    await tells({
      statuses: [
        {
          id,
          status: 'failed',
          timestamp: String(now()),
          recipient_id: customer,
          errors: [{ code: 131050, title: 'User has stopped receipt of marketing messages' }],
        },
      ],
    });
    expect((await send(sale())).body.error.code).toBe(131050);
  });

  it('is known by Meta’s refusal of a message', async () => {
    graph.answer = (call) => (call.body?.to === `+${customer}` ? graph.refused(131050) : graph.taken());
    expect((await send(sale())).status).toBe(200);
    await eventually(async () => (await send(sale())).status === 400);
  });

  it('is not reached by what was scheduled before', async () => {
    const scheduled = await send(sale(customer, { send_at: later() }));
    expect(scheduled.status).toBe(200);
    await writes('stop');
    await refusedWhenDue();
    expect(await toldOf('status')).toMatchObject([
      { entry: [{ changes: [{ value: { statuses: [{ status: 'failed', errors: [{ code: 131050 }] }] } }] }] },
    ]);
  });

  it('is not reached by a template that Meta made marketing of after the message was accepted', async () => {
    await writes('stop');
    expect((await send({ ...templateTo(customer), send_at: later() })).status).toBe(200);
    await database.owner.query(`UPDATE templates SET category = 'marketing' WHERE template_id = $1`, [
      shop.templates.order_update?.templateId,
    ]);
    await refusedWhenDue();
  });

  it('is reached by what Meta made utility of', async () => {
    await writes('stop');
    await database.owner.query(`UPDATE templates SET category = 'utility' WHERE template_id = $1`, [
      shop.templates.spring_sale?.templateId,
    ]);
    expect((await send(sale())).status).toBe(200);
    await eventually(async () => graph.calls.some((c) => c.body?.to === `+${customer}`));
  });

  it('of news about orders gets none, also none that was scheduled before, but marketing', async () => {
    expect((await send({ ...templateTo(customer), send_at: later() })).status).toBe(200);
    await records({ purpose: 'utility', state: 'withdrawn' });
    const refused = await send(templateTo(customer));
    expect(refused.body.error).toMatchObject({ code: 131050 });
    expect(refused.body.error.error_data.details).toContain('opted out of utility');
    await refusedWhenDue();
    expect((await send(sale())).status).toBe(200);
  });

  it('of nothing, but never agreed to news about orders, gets none where the merchant decided so', async () => {
    const rules = { optInFor: ['utility' as const], stopWords: [], startWords: [] };
    await gateway.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) => gateway.app.get(ConsentSettings).set(tx, shop.tenantId, rules));
    expect((await send(templateTo(customer))).body.error.error_data.details).toContain('has not agreed to utility');
    expect((await send(sale())).status).toBe(200);
    await records({ purpose: 'utility', state: 'granted' });
    expect((await send(templateTo(customer))).status).toBe(200);
  });

  it('is still reached by another merchant', async () => {
    await writes('stop');
    const other = await aMerchant(gateway.app);
    expect((await send(sale(), other)).status).toBe(200);
  });

  it('is whoever has not opted in, where the merchant decided so', async () => {
    const rules = { optInFor: ['marketing' as const], stopWords: [], startWords: [] };
    await gateway.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) => gateway.app.get(ConsentSettings).set(tx, shop.tenantId, rules));
    await customerWrote(database, shop, customer);
    expect((await send(sale())).body.error.error_data.details).toContain('has not agreed to marketing');
    expect((await send(textTo(customer))).status).toBe(200);
  });
});
