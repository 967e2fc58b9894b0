import { messageIdOf } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import {
  aMerchant,
  customerWrote,
  type Merchant,
  ORDER_UPDATE,
  templateTo,
  textTo,
} from '../../../../test/support/gateway.js';
import { defaultConfig } from '../../../sandbox/src/config.js';
import { type Sandbox, startSandbox } from '../../../sandbox/src/sandbox.js';
import { GATEWAY } from '../gateway.js';
import { GatewayWorkerModule } from '../gateway-worker.module.js';
import { SettleDoubts } from './settle-doubts.js';

const CUSTOMER = '15550002222';

let database: TestDatabase;
let sandbox: Sandbox;
let gateway: RunningApp;
let worker: RunningApp;
let shop: Merchant;

beforeAll(async () => {
  [database, sandbox] = await Promise.all([
    cloneDatabase(),
    startSandbox({ ...defaultConfig, port: 0, logLevel: 'silent', latencyMs: 0 }),
  ]);
  const environment = testEnvironment(database, { META_GRAPH_URL: sandbox.url });
  gateway = await startApp(GATEWAY.module as never, environment, { ...GATEWAY });
  worker = await startApp(GatewayWorkerModule, environment, { name: 'gateway-worker' });
});
afterAll(async () => {
  await worker.close();
  await gateway.close();
  await sandbox.close();
  await database.drop();
});

const control = async (method: string, path: string, body?: unknown) => {
  const answer = await http(method, `${sandbox.url}/_sandbox${path}`, { body });
  expect([path, answer.status < 300]).toEqual([path, true]);
  return answer.body;
};

beforeEach(async () => {
  shop = await aMerchant(gateway.app);
  await control('POST', '/reset');
  await control('POST', '/wabas', { id: shop.metaWabaId, subscribed: true, timezone: 'UTC' });
  await control('POST', '/phone_numbers', { id: shop.metaPhoneNumberId, waba_id: shop.metaWabaId, pin: '123456' });
  for (const [name, category] of [
    ['order_update', 'UTILITY'],
    ['spring_sale', 'MARKETING'],
    ['login_code', 'UTILITY'],
  ]) {
    await control('POST', '/templates', { waba_id: shop.metaWabaId, name, category, components: ORDER_UPDATE });
  }
  // Last: whoever compares our templates with Meta's has no access before.
  await control('POST', '/tokens', { value: `token-of-${shop.metaWabaId}`, waba_ids: [shop.metaWabaId] });
  await gateway.app.get(Database).inTenant(shop.tenantId, (tx) =>
    gateway.app.get(Templates).save(tx, shop.tenantId, {
      wabaId: shop.wabaId,
      metaTemplateId: `code-${shop.metaWabaId}`,
      name: 'login_code',
      language: 'en_US',
      category: 'AUTHENTICATION',
      status: 'APPROVED',
      at: new Date(Date.now() - 60_000),
      source: 'meta-answer',
      components: ORDER_UPDATE,
    }),
  );
  await customerWrote(database, shop, CUSTOMER);
});

const send = async (body: unknown): Promise<string> => {
  const answer = await http('POST', `${gateway.url}/${shop.metaPhoneNumberId}/messages`, { token: shop.apiKey, body });
  expect(answer.status).toBe(200);
  return answer.body.messages[0].id;
};
const read = async (ref: string) =>
  (await http('GET', `${gateway.url}/api/v1/messages/${ref}`, { token: shop.apiKey })).body;
const until = (ref: string, status: string) =>
  eventually(async () => {
    const message = await read(ref);
    return message.status === status ? message : false;
  });
const kinds = (message: { history: { kind: string }[] }) => message.history.map((e) => e.kind);
const taken = async () => {
  const { data, messages } = await control('GET', `/messages?phone_number_id=${shop.metaPhoneNumberId}`);
  return ((data ?? messages) as unknown[]).length;
};
const fault = (mode: 'drop' | 'drop_after_accept', count = 1) =>
  control('POST', '/faults', { path: '/messages', mode, count });
/** So much time passes without a status, and the periodic look comes round. */
const silence = async (ref: string, seconds: number) => {
  await database.owner.query(
    'UPDATE messages SET status_at = status_at - make_interval(secs => $2) WHERE message_id = $1',
    [messageIdOf(ref), seconds],
  );
  await worker.app.get(SettleDoubts, { strict: false }).look();
};

describe.each(['drop', 'drop_after_accept'] as const)('after %s,', (mode) => {
  const reached = mode === 'drop' ? 0 : 1;

  it.each([
    ['an advertisement', () => templateTo(CUSTOMER, 'spring_sale'), 86_400, 'failed'],
    ['a utility template', () => templateTo(CUSTOMER), 3_600, 'parked'],
    ['a free-form message', () => textTo(CUSTOMER), 3_600, 'parked'],
  ])('%s is not sent again, and what is decided stands in its history', async (_, body, graceSeconds, outcome) => {
    await fault(mode);
    const ref = await send(body());
    await until(ref, 'unknown');
    await silence(ref, graceSeconds - 30);
    expect((await read(ref)).status).toBe('unknown');
    await silence(ref, 60);
    const message = await until(ref, outcome);
    expect(kinds(message)).toEqual(['accepted', 'sending', 'unknown', outcome]);
    expect(message.history.at(-1).detail).toMatchObject({ reason: 'outcome_unknown', grace_seconds: graceSeconds });
    // Work goes on for the same customer.
    await until(await send(textTo(CUSTOMER, 'next')), 'submitted');
    expect(await taken()).toBe(reached + 1);
  });

  it('a one-time code is sent once more and never a third time', async () => {
    await fault(mode, 2);
    const ref = await send(templateTo(CUSTOMER, 'login_code'));
    await until(ref, 'unknown');
    await silence(ref, 61);
    await eventually(async () => {
      const message = await read(ref);
      return message.attempts === 2 && message.status === 'unknown';
    });
    await silence(ref, 61);
    const message = await until(ref, 'parked');
    expect(kinds(message)).toEqual(['accepted', 'sending', 'unknown', 'sent_again', 'sending', 'unknown', 'parked']);
    expect(await taken()).toBe(2 * reached);
  });

  it('a one-time code that was sent once more is like any other', async () => {
    await fault(mode);
    const ref = await send(templateTo(CUSTOMER, 'login_code'));
    await until(ref, 'unknown');
    await silence(ref, 61);
    await until(ref, 'submitted');
    expect(await taken()).toBe(reached + 1);
  });

  it('a one-time code whose time has passed expires instead', async () => {
    await fault(mode);
    const ref = await send(templateTo(CUSTOMER, 'login_code'));
    await until(ref, 'unknown');
    await database.owner.query('UPDATE messages SET expires_at = now() WHERE message_id = $1', [messageIdOf(ref)]);
    await silence(ref, 61);
    expect((await until(ref, 'expired')).error).toMatchObject({ code: 131043 });
    expect(await taken()).toBe(reached);
  });
});

describe('a tenant', () => {
  it('cannot cancel what was parked because Meta may have it, and staff go on seeing it', async () => {
    await fault('drop_after_accept');
    const ref = await send(templateTo(CUSTOMER));
    await until(ref, 'unknown');
    await silence(ref, 3_601);
    await until(ref, 'parked');
    const refused = await http('DELETE', `${gateway.url}/api/v1/messages/${ref}`, { token: shop.apiKey });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
    expect(refused.body.error.message).toMatch(/^This message is parked, since Meta never said whether it has it/);
    expect(kinds(await read(ref))).toEqual(['accepted', 'sending', 'unknown', 'parked']);
    expect(await taken()).toBe(1);
  });

  it('is told that an advertisement counts as not sent', async () => {
    await fault('drop');
    const ref = await send(templateTo(CUSTOMER, 'spring_sale'));
    await until(ref, 'unknown');
    await silence(ref, 86_401);
    expect((await until(ref, 'failed')).error).toMatchObject({ code: 131000 });
    const { rows } = await database.owner.query('SELECT body FROM tenant_events WHERE tenant_id = $1', [shop.tenantId]);
    expect(rows.map((r) => JSON.parse(r.body).entry[0].changes[0].value.statuses[0])).toMatchObject([
      { id: ref, status: 'failed', errors: [{ code: 131000 }] },
    ]);
  });
});
