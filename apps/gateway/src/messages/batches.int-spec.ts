import { GatewayClient, type OutgoingMessage } from '#libs/gateway-client';
import { newId } from '#libs/ids';
import { newMessageRef } from '#libs/outbox';
import { ServiceCalls, ServiceRefused, ServiceTokens, ServiceUnreachable } from '#libs/service-calls';
import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import type { TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';

const stage = new GatewayStage();
let database: TestDatabase;
let gateway: RunningApp;
let shop: Merchant;
let client: GatewayClient;

beforeAll(async () => {
  ({ database, gateway } = await stage.startWithoutWorker());
  shop = await aMerchant(gateway.app);
  client = clientWith(stage.environment.TENANT_JWT_SECRET as string);
});
afterAll(() => stage.stop());

const clientWith = (secret: string, url = gateway.url) =>
  new GatewayClient(new ServiceCalls(new ServiceTokens(secret), { gateway: url, billing: url }), 'engagement');
const batch = (messages: unknown, more: { token?: string; number?: string } = {}) =>
  http('POST', `${gateway.url}/api/v1/messages/batches`, {
    token: more.token ?? shop.apiKey,
    body: { phone_number_id: more.number ?? shop.metaPhoneNumberId, messages },
  });
const stored = async (ids?: string[]) =>
  (
    await database.owner.query(
      'SELECT count(*)::int AS n FROM messages WHERE $1::uuid[] IS NULL OR message_id = ANY ($1)',
      [ids ?? null],
    )
  ).rows[0].n as number;
const id = () => newId(new Date());
const to = (n: number) => `+1650555${String(n).padStart(4, '0')}`;

describe('a batch of messages', () => {
  it('is accepted as one, each message under the id that its sender gave', async () => {
    const messages = Array.from({ length: 500 }, (_, i) => ({ id: id(), ...templateTo(to(i)) }));
    const answer = await batch(messages);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual(
      messages.map(({ id, to }) => ({
        id,
        status: 'accepted',
        ref: newMessageRef(id),
        recipient: to.slice(1),
      })),
    );
    expect(await stored(messages.map((m) => m.id))).toBe(500);
  });

  it('may be sent again until it is answered: nothing is stored twice, and the answer is the same', async () => {
    const messages = Array.from({ length: 20 }, (_, i) => ({ id: id(), ...templateTo(to(i)) }));
    const answers = await Promise.all(Array.from({ length: 4 }, () => batch(messages)));
    for (const answer of answers) expect(answer.body).toEqual(answers[0]?.body);
    expect(await stored(messages.map((m) => m.id))).toBe(20);
  });

  it('is answered as accepted when it was, whatever has become true since', async () => {
    const quick = await aMerchant(gateway.app);
    const sent = (messages: unknown) => batch(messages, { token: quick.apiKey, number: quick.metaPhoneNumberId });
    const one = { id: id(), ...templateTo(to(1)) };
    await sent([one]);
    await database.owner.query(`UPDATE templates SET status = 'paused' WHERE tenant_id = $1`, [quick.tenantId]);
    let latest: { error?: { reason: string } }[] = [];
    await eventually(async () => {
      latest = (await sent([one, { ...one, id: id() }])).body.data;
      return latest[1]?.error !== undefined;
    });
    expect(latest).toMatchObject([
      { id: one.id, status: 'accepted' },
      { status: 'refused', error: { reason: 'template_paused' } },
    ]);
  });

  it('refuses a message by itself, with what is wrong and what to do, and takes its neighbours', async () => {
    const before = await stored();
    const { body } = await batch([
      templateTo(to(1)),
      textTo(to(2)),
      { id: 'no id', ...templateTo(to(3)) },
      { id: newId(new Date(Date.now() - 7_200_000)), ...templateTo(to(4)) },
      'nothing',
      { ...templateTo(to(5)), template: { name: 'unheard_of', language: { code: 'en_US' } } },
    ]);
    expect(body.data.map((d: { status: string; error?: { reason: string } }) => d.error?.reason ?? d.status)).toEqual([
      'accepted',
      'window_closed',
      'invalid_value',
      'stale_id',
      'invalid_parameter',
      'template_unknown',
    ]);
    expect(body.data[1].error).toMatchObject({
      code: 131047,
      advice: expect.any(String),
      details: expect.stringContaining('Send a template message'),
      retry: 'never',
    });
    expect(await stored()).toBe(before + 1);
  });

  it('cannot borrow the id of a message to somebody else', async () => {
    const one = { id: id(), ...templateTo(to(1)) };
    await batch([one]);
    const { body } = await batch([{ ...one, to: to(2) }, one]);
    expect(body.data).toMatchObject([
      { status: 'refused', error: { reason: 'idempotency_conflict' } },
      { status: 'refused', error: { reason: 'invalid_value', details: expect.stringContaining('twice') } },
    ]);
  });

  it('takes as many new customers as the messaging limit has room for, and says when the others fit', async () => {
    const small = await aMerchant(gateway.app, { limit: 'TIER_50' });
    const messages = Array.from({ length: 60 }, (_, i) => templateTo(to(i % 55)));
    const { body } = await batch(messages, { token: small.apiKey, number: small.metaPhoneNumberId });
    const refused = body.data.filter((d: { status: string }) => d.status === 'refused');
    expect(refused).toHaveLength(5);
    expect(refused[0].error).toMatchObject({ reason: 'tier_exhausted', retry_after: expect.any(Number) });
    // Customers who have a place already need no other.
    expect(body.data.slice(55).map((d: { status: string }) => d.status)).toEqual(Array(5).fill('accepted'));
  });

  it('takes what the wallet covers', async () => {
    const poor = await aMerchant(gateway.app);
    await database.owner.query(
      `INSERT INTO wallets (tenant_id, currency, balance, created_at) VALUES ($1, 'USD', 0.25, now())`,
      [poor.tenantId],
    );
    await database.owner.query(
      `INSERT INTO wallet_estimates (tenant_id, waba_id, prices, made_at)
       VALUES ($1, $2, '{"prices": {"utility": {"*": "0.1"}}, "freeService": "0", "numbersWithAllowance": []}', now())`,
      [poor.tenantId, poor.wabaId],
    );
    const { body } = await batch(
      [1, 2, 3].map((n) => templateTo(to(n))),
      {
        token: poor.apiKey,
        number: poor.metaPhoneNumberId,
      },
    );
    expect(body.data.map((d: { status: string; error?: { reason: string } }) => d.error?.reason ?? d.status)).toEqual([
      'accepted',
      'accepted',
      'balance_exhausted',
    ]);
  });

  it.each([
    ['nothing', undefined],
    ['an empty list', []],
    ['more than 500', Array.from({ length: 501 }, () => templateTo(to(1)))],
  ])('of %s is refused', async (_, messages) => {
    expect((await batch(messages)).status).toBe(400);
  });

  it('from another tenant’s number is refused like one from a number that is not there', async () => {
    const other = await aMerchant(gateway.app);
    const theirs = await batch([templateTo(to(1))], { token: other.apiKey });
    const nobodys = await batch([templateTo(to(1))], { token: other.apiKey, number: '1' });
    expect([theirs.status, nobodys.status]).toEqual([400, 400]);
    expect(theirs.body.error.code).toBe(nobodys.body.error.code);
  });
});

describe('our own apps', () => {
  const message = (n: number): OutgoingMessage => ({
    id: id(),
    body: templateTo(to(n)),
    origin: { kind: 'campaign', id: '019aa7b0-7c00-7000-8000-000000000001' },
  });

  it('send in the name of a tenant, and the message says what it was sent by', async () => {
    const messages = Array.from({ length: 501 }, (_, i) => message(i % 9000));
    const outcomes = await client.send(shop.tenantId, shop.metaPhoneNumberId, messages);
    expect(outcomes.map((o) => o.id)).toEqual(messages.map((m) => m.id));
    expect(outcomes.every((o) => 'ref' in o)).toBe(true);
    const { rows } = await database.owner.query('SELECT client_data FROM messages WHERE message_id = $1', [
      messages[500]?.id,
    ]);
    expect(rows).toEqual([{ client_data: 'campaign:019aa7b0-7c00-7000-8000-000000000001' }]);
  });

  it('are told why a message cannot go, and that a number cannot send at all', async () => {
    const [outcome] = await client.send(shop.tenantId, shop.metaPhoneNumberId, [
      { ...message(1), body: textTo(to(1)) },
    ]);
    expect(outcome).toMatchObject({ refusal: { reason: 'window_closed', code: 131047 } });
    const unknown = client.send(shop.tenantId, '1', [message(1)]);
    await expect(unknown).rejects.toThrow(ServiceRefused);
    await expect(unknown).rejects.toMatchObject({ status: 400, code: 'unknown_object' });
  });

  it('are let in by nothing but a token of our making, and only where a route says so', async () => {
    const forged = clientWith('another secret of thirty-two characters');
    await expect(forged.send(shop.tenantId, shop.metaPhoneNumberId, [message(1)])).rejects.toMatchObject({
      status: 401,
    });
    const token = new ServiceTokens(stage.environment.TENANT_JWT_SECRET as string).issue(
      { app: 'engagement', tenantId: shop.tenantId },
      'gateway',
    );
    expect((await http('GET', `${gateway.url}/api/v1/messages`, { token })).status).toBe(401);
    expect((await http('GET', `${gateway.url}/api/v1/webhooks`, { token })).status).toBe(401);
  });

  it('know the difference between a no and no answer', async () => {
    const away = clientWith(stage.environment.TENANT_JWT_SECRET as string, 'http://127.0.0.1:1');
    await expect(away.send(shop.tenantId, shop.metaPhoneNumberId, [message(1)])).rejects.toThrow(ServiceUnreachable);
  });

  it('send nothing for a tenant that is suspended', async () => {
    const closed = await aMerchant(gateway.app);
    await database.owner.query(`UPDATE tenants SET status = 'suspended' WHERE tenant_id = $1`, [closed.tenantId]);
    await expect(client.send(closed.tenantId, closed.metaPhoneNumberId, [message(1)])).rejects.toMatchObject({
      code: 'tenant_suspended',
    });
  });
});
