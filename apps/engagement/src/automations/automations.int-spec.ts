import { Module } from '@nestjs/common';
import { Contacts } from '#libs/contacts';
import { GatewayClient } from '#libs/gateway-client';
import { newId } from '#libs/ids';
import { Database } from '#libs/persistence';
import { ProcessModule } from '#libs/process';
import { ServiceUnreachable } from '#libs/service-calls';
import { eventually, http, type RunningApp, startApp } from '../../../../test/support/app.js';
import { aMerchant, type Merchant } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import { EngagementModule } from '../engagement.module.js';
import { localTime } from '../local-time.js';
import { shopSignature } from '../shop-events/shop-signature.js';
import { AutomationsWorkerModule } from './automations.module.js';

@Module({ imports: [ProcessModule.forRoot({ queues: [] }), AutomationsWorkerModule] })
class TimersModule {}

const stage = new GatewayStage();
const ANA = '+5215512345678';
let api: RunningApp;
let worker: RunningApp;
let shop: Merchant;
let told = 0;

beforeAll(async () => {
  await stage.startWithoutWorker();
  const environment = { ...stage.environment, GATEWAY_URL: stage.gateway.url };
  api = await startApp(EngagementModule, environment, { name: 'engagement', describe: 'Engagement.' });
  worker = await startApp(TimersModule, environment, { name: 'engagement-worker' });
});
beforeEach(async () => {
  shop = await aMerchant(stage.gateway.app);
});
afterAll(async () => {
  await worker?.close();
  await api?.close();
  await stage.stop();
});

const call = (method: string, path: string, body?: unknown) =>
  http(method, `${api.url}/api/v1${path}`, { token: shop.apiKey, body });
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const tell = async (kind: string, more: { id?: string; at?: string; subject?: string; data?: object } = {}) => {
  const given = { id: `e${++told}`, kind, customer: { phone: ANA, name: 'Ana' }, subject: '1042', ...more };
  return call('POST', '/events', given);
};
const step = (after_minutes: number, text: string, more: object = {}) => ({
  after_minutes,
  send: { template: { name: 'order_update', language: 'en_US', body: [text] } },
  ...more,
});
const automation = async (definition: object) => {
  const given = { name: `a${++told}`, phone_number_id: shop.metaPhoneNumberId, enabled: true, definition };
  const made = await call('POST', '/automations', given);
  expect(made.status).toBe(201);
  return made.body.id as string;
};
const runsOf = async (id: string) => (await call('GET', `/automations/${id}/runs`)).body.data;
const ended = (id: string, state: string) =>
  eventually(async () => (await runsOf(id)).find((run: { state: string }) => run.state === state));
const sent = async () =>
  (
    await stage.database.owner.query(
      'SELECT message_id, payload::text, client_data FROM messages WHERE tenant_id = $1',
      [shop.tenantId],
    )
  ).rows;

describe('an automation', () => {
  it('says what an event of the shop is about, in a message that carries its name', async () => {
    const id = await automation({ trigger: 'order.shipped', steps: [step(0, '{{customer_name}}: {{tracking_url}}')] });
    expect(await tell('order.shipped', { data: { tracking_url: 'https://t.example/1' } })).toMatchObject({
      status: 200,
      body: { repeated: false, subject: '1042' },
    });
    const run = await ended(id, 'done');
    expect(run.steps).toMatchObject([{ step: 0, state: 'sent' }]);
    const [message, ...more] = await sent();
    expect(more).toEqual([]);
    expect(message).toMatchObject({ message_id: run.steps[0].message_id, client_data: `automation:${id}` });
    expect(message.payload).toContain('Ana: https://t.example/1');
  });

  it('follows an event once, however often and however quickly it is told', async () => {
    const id = await automation({ trigger: 'order.placed', steps: [step(0, 'thanks')] });
    const answers = await Promise.all(Array.from({ length: 5 }, () => tell('order.placed', { id: 'same' })));
    expect(answers.map((a) => a.status)).toEqual(Array(5).fill(200));
    expect(answers.filter((a) => !a.body.repeated)).toHaveLength(1);
    await ended(id, 'done');
    expect(await sent()).toHaveLength(1);
  });

  it('reminds of a cart until the customer orders, and says no more then', async () => {
    const definition = {
      trigger: 'cart.left',
      goal: { kinds: ['order.placed'], scope: 'customer' },
      steps: [step(60, 'your cart'), step(60, 'last call')],
    };
    const id = await automation(definition);
    await tell('cart.left', { subject: 'cart1', at: minutesAgo(61) });
    await eventually(async () => (await sent()).length === 1);
    await tell('order.placed', { subject: '1043' });
    expect(await ended(id, 'goal_met')).toMatchObject({ reason: 'order.placed', steps: [{ state: 'sent' }] });
    expect((await runsOf(id))[0].due_at).toBeNull();
  });

  it('does not begin when the shop told of the goal first', async () => {
    const goal = { kinds: ['order.placed'], scope: 'customer' };
    const id = await automation({ trigger: 'cart.left', goal, steps: [step(0, 'your cart')] });
    await tell('order.placed', { subject: '1', at: minutesAgo(1) });
    await tell('cart.left', { subject: 'cart2', at: minutesAgo(2) });
    expect(await runsOf(id)).toEqual([]);
  });

  it('waits anew while the cart is still being filled, and writes what is in it then', async () => {
    const id = await automation({ trigger: 'cart.left', steps: [step(60, '{{total}}')] });
    await tell('cart.left', { subject: 'cart3', at: minutesAgo(30), data: { total: '10' } });
    await tell('cart.left', { subject: 'cart3', at: minutesAgo(10), data: { total: '25' } });
    await tell('cart.left', { subject: 'cart3', at: minutesAgo(20), data: { total: '15' } });
    const runs = await runsOf(id);
    expect(runs).toHaveLength(1);
    expect(new Date(runs[0].due_at).getTime()).toBeGreaterThan(Date.now() + 45 * 60_000);
    await stage.database.owner.query(
      `UPDATE automation_runs SET due_at = now(), triggered_at = now() - interval '1 hour' WHERE tenant_id = $1`,
      [shop.tenantId],
    );
    await ended(id, 'done');
    expect((await sent())[0].payload).toContain('"25"');
  });

  it('is silent for those who do not meet its conditions, and skips what it cannot say', async () => {
    const conditions = [{ field: 'total', is: 'at_least', value: '500' }];
    const steps = [step(0, '{{tracking_url}}'), step(0, 'gift', { only_if: [{ field: 'gift', is: 'set' }] })];
    const id = await automation({ trigger: 'order.placed', conditions, steps });
    await tell('order.placed', { subject: 'small', data: { total: '499.99' } });
    await tell('order.placed', { subject: 'large', data: { total: '500' } });
    expect(await ended(id, 'done')).toMatchObject({
      subject: 'large',
      steps: [{ reason: 'missing:tracking_url' }, { reason: 'condition' }],
    });
    expect(await runsOf(id)).toHaveLength(1);
    expect(await sent()).toEqual([]);
  });

  it('leaves a customer alone who has written since', async () => {
    const id = await automation({ trigger: 'cart.left', stop_on_reply: true, steps: [step(60, 'your cart')] });
    await tell('cart.left', { subject: 'cart4', at: minutesAgo(1) });
    const identifiers = [{ kind: 'phone' as const, value: ANA }];
    await api.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) =>
        api.app.get(Contacts).seen(tx, shop.tenantId, { identifiers, profileName: null, at: new Date() }),
      );
    await stage.database.owner.query(`UPDATE automation_runs SET due_at = now() WHERE tenant_id = $1`, [shop.tenantId]);
    await ended(id, 'replied');
    expect(await sent()).toEqual([]);
  });

  it('waits out the quiet hours of each customer, on its own clocks', async () => {
    const minute = localTime('America/Mexico_City', new Date()).minute + 1_440;
    const clock = (at: number) =>
      [Math.floor((at % 1_440) / 60), at % 60].map((n) => String(n).padStart(2, '0')).join(':');
    const quiet_hours = { from: clock(minute - 60), until: clock(minute + 60) };
    const id = await automation({ trigger: 'order.placed', quiet_hours, steps: [step(0, 'thanks')] });
    expect((await call('GET', `/automations/${id}`)).body.definition).toMatchObject({ quiet_hours });
    await tell('order.placed', { subject: 'in Mexico', at: minutesAgo(1) });
    await call('POST', '/events', {
      id: `e${++told}`,
      kind: 'order.placed',
      customer: { phone: '+34612345678' },
      subject: 'in Spain',
    });
    await ended(id, 'done');
    const waiting = await eventually(async () => {
      const runs: { subject: string; state: string; due_at: string }[] = await runsOf(id);
      return runs.find((r) => r.subject === 'in Mexico' && Date.parse(r.due_at) > Date.now());
    });
    expect(waiting.state).toBe('waiting');
    expect(Math.abs(Date.parse(waiting.due_at) - Date.now() - 3_600_000)).toBeLessThanOrEqual(120_000);
    expect(await sent()).toHaveLength(1);
  });

  it('follows contacts that become one: a goal of either ends it', async () => {
    const goal = { kinds: ['order.placed'], scope: 'customer' };
    const id = await automation({ trigger: 'cart.left', goal, steps: [step(60, 'your cart')] });
    const known = async (phone: string) =>
      (await call('POST', '/contacts', { identifiers: [{ kind: 'phone', value: phone }] })).body.id as string;
    const by = (phone: string, kind: string, subject: string, minutes: number) =>
      call('POST', '/events', { id: `e${++told}`, kind, customer: { phone }, subject, at: minutesAgo(minutes) });
    const [into, met, waits] = ['+5215512340001', '+5215512340002', '+5215512340003'];
    const stays = await known(into);
    // Left a cart under one number and had ordered under another before anybody knew that it is one person.
    await by(met, 'cart.left', 'cart-a', 20);
    await by(into, 'order.placed', 'order-a', 10);
    await by(waits, 'cart.left', 'cart-b', 5);
    expect((await call('POST', `/contacts/${stays}/merge`, { contact_id: await known(met) })).status).toBe(200);
    expect(await runsOf(id)).toMatchObject([
      { subject: 'cart-b', state: 'waiting' },
      { subject: 'cart-a', state: 'goal_met', reason: 'order.placed', contact_id: stays },
    ]);
    expect((await call('POST', `/contacts/${stays}/merge`, { contact_id: await known(waits) })).status).toBe(200);
    expect(await runsOf(id)).toMatchObject([{ state: 'waiting', contact_id: stays }, {}]);
    await by(into, 'order.placed', 'order-b', 1);
    expect(await runsOf(id)).toMatchObject([{ subject: 'cart-b', state: 'goal_met' }, {}]);
    expect(await sent()).toEqual([]);
  });

  it('sends nothing twice when a worker dies between the gateway and its own note', async () => {
    const id = await automation({ trigger: 'order.delivered', steps: [step(0, 'here it is')] });
    await tell('order.delivered');
    const { id: runId } = await ended(id, 'done');
    await stage.database.owner.query(`UPDATE automation_steps SET state = 'sending' WHERE run_id = $1`, [runId]);
    await stage.database.owner.query(
      `UPDATE automation_runs SET state = 'waiting', next_step = 0, due_at = now(), ended_at = NULL WHERE run_id = $1`,
      [runId],
    );
    expect((await ended(id, 'done')).steps).toMatchObject([{ state: 'sent' }]);
    expect(await sent()).toHaveLength(1);
  });

  it('sends its message, once, when the gateway comes back after an hour', async () => {
    const client = worker.app.get(GatewayClient);
    const send = client.send.bind(client);
    client.send = () => Promise.reject(new ServiceUnreachable('away'));
    const id = await automation({ trigger: 'order.delivered', steps: [step(0, 'here it is')] });
    await tell('order.delivered');
    const inStep = 'SELECT FROM automation_steps WHERE tenant_id = $1 AND message_id IS NOT NULL';
    await eventually(async () => (await stage.database.owner.query(inStep, [shop.tenantId])).rowCount === 1);
    const anHourAgo = newId(new Date(Date.now() - 61 * 60_000));
    const [old] = (await runsOf(id))[0].steps;
    await stage.database.owner.query('UPDATE automation_steps SET message_id = $2 WHERE tenant_id = $1', [
      shop.tenantId,
      anHourAgo,
    ]);
    client.send = send;
    const done = await eventually(async () => {
      await stage.database.owner.query(
        `UPDATE automation_runs SET due_at = now() WHERE tenant_id = $1 AND state = 'waiting'`,
        [shop.tenantId],
      );
      return (await runsOf(id)).find((run: { state: string }) => run.state === 'done');
    }, 60_000);
    expect(done.steps).toMatchObject([{ state: 'sent' }]);
    expect([anHourAgo, old.message_id]).not.toContain(done.steps[0].message_id);
    expect(await sent()).toHaveLength(1);
  }, 180_000);

  it('shows where the courier is to who wrote within a day, and to nobody else', async () => {
    const steps = [{ after_minutes: 0, send: { location: true } }];
    const id = await automation({ trigger: 'courier.moved', again_after_minutes: 10, steps });
    const place = { latitude: 19.43, longitude: -99.13 };
    await tell('courier.moved', { data: place, at: minutesAgo(11) });
    expect((await ended(id, 'done')).steps).toMatchObject([{ state: 'refused', reason: 'window_closed' }]);
    await stage.database.owner.query(
      `INSERT INTO service_windows (tenant_id, phone_number_id, customer, last_user_message_at) VALUES ($1, $2, $3, now())`,
      [shop.tenantId, shop.phoneNumberId, ANA.slice(1)],
    );
    await tell('courier.moved', { data: place });
    await tell('courier.moved', { data: place });
    await eventually(async () => (await sent()).length === 1);
    expect(await runsOf(id)).toHaveLength(2);
  });

  it('cannot reach with marketing who opted out of it', async () => {
    const steps = [
      { after_minutes: 0, send: { template: { name: 'spring_sale', language: 'en_US', body: ['{{customer_name}}'] } } },
    ];
    const id = await automation({ trigger: 'cart.left', steps });
    await call('POST', '/consents', { customer: ANA, purpose: 'marketing', state: 'withdrawn' });
    await tell('cart.left');
    expect((await ended(id, 'done')).steps).toMatchObject([{ state: 'refused', reason: 'recipient_opted_out' }]);
    expect(await sent()).toEqual([]);
  });

  it('is off when nothing is said of it, in whatever way', async () => {
    const definition = { trigger: 'payment.due', steps: [step(0, 'x')] };
    for (const silence of [{}, { enabled: null }]) {
      const given = { name: `a${++told}`, phone_number_id: shop.metaPhoneNumberId, definition, ...silence };
      expect(await call('POST', '/automations', given)).toMatchObject({ status: 201, body: { enabled: false } });
    }
  });

  it('ends what waits when it is switched off, and what runs by the version that it began with', async () => {
    const id = await automation({ trigger: 'payment.due', steps: [step(60, 'old')] });
    await tell('payment.due', { subject: 'p1' });
    expect(
      (await call('PUT', `/automations/${id}`, { definition: { trigger: 'payment.due', steps: [step(0, 'new')] } }))
        .body,
    ).toMatchObject({ version: 2 });
    expect(await runsOf(id)).toMatchObject([{ version: 1, state: 'waiting' }]);
    expect((await call('POST', `/automations/${id}/disable`)).body).toMatchObject({ enabled: false });
    expect(await runsOf(id)).toMatchObject([{ state: 'stopped', reason: 'switched_off' }]);
    await tell('payment.due', { subject: 'p2' });
    expect(await runsOf(id)).toHaveLength(1);
  });
});

describe('a connected shop', () => {
  const post = (id: string, secret: string, topic: string, body: object | string) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'x-shopify-topic': topic, 'x-shopify-hmac-sha256': shopSignature(text, secret) };
    return http('POST', `${api.url}/webhooks/shops/${id}`, { body: text, headers });
  };
  const order = { id: 5, phone: ANA, created_at: new Date().toISOString(), total_price: '10.00', line_items: [] };

  it('is believed when it signs, once for each fact', async () => {
    const given = { kind: 'shopify', name: 'shop', secret: 'shop-secret' };
    const source = (await call('POST', '/shop-sources', given)).body;
    expect(JSON.stringify(source)).not.toContain('shop-secret');
    const id = await automation({ trigger: 'order.placed', steps: [step(0, '{{total}}')] });
    // Spaces that a parser would not keep: the signature is over the bytes.
    const text = JSON.stringify(order, null, 3);
    expect((await post(source.id, 'shop-secret', 'orders/create', text)).body).toEqual({ taken: 1 });
    expect((await post(source.id, 'shop-secret', 'orders/create', text)).body).toEqual({ taken: 0 });
    await ended(id, 'done');
    expect((await call('GET', '/shop-sources')).body.data[0].last_heard_at).not.toBeNull();
    expect((await post(source.id, 'another', 'orders/create', order)).status).toBe(401);
    expect((await post('00000000-0000-7000-8000-000000000000', 'shop-secret', 'orders/create', order)).status).toBe(
      401,
    );
    expect((await call('DELETE', `/shop-sources/${source.id}`)).status).toBe(204);
    expect((await post(source.id, 'shop-secret', 'orders/create', order)).status).toBe(401);
  });

  it('of WooCommerce finds somebody listening when it asks', async () => {
    const source = (await call('POST', '/shop-sources', { kind: 'woocommerce', name: 'w', secret: 'shop-secret' }))
      .body;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await http('POST', `${api.url}${source.path}`, { body: 'webhook_id=15', headers })).toMatchObject({
      status: 200,
    });
  });
});
