import { randomUUID } from 'node:crypto';
import { IdempotencyKeys } from '#libs/idempotency';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { GATEWAY } from '../gateway.js';

const CUSTOMER = '16505551234';

let database: TestDatabase;
let environment: Record<string, string>;
let gateway: RunningApp;
let shop: Merchant;
let other: Merchant;

beforeAll(async () => {
  database = await cloneDatabase();
  environment = testEnvironment(database);
  gateway = await startApp(GATEWAY.module as never, environment, { ...GATEWAY });
  shop = await aMerchant(gateway.app);
  other = await aMerchant(gateway.app);
  await customerWrote(database, shop, CUSTOMER);
  await customerWrote(database, other, CUSTOMER);
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
});

const send = (key: string | undefined, body: unknown, merchant = shop, at = gateway) =>
  http('POST', `${at.url}/v24.0/${merchant.metaPhoneNumberId}/messages`, {
    token: merchant.apiKey,
    body,
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
const native = (method: string, path: string, body: unknown, key: string) =>
  http(method, `${gateway.url}${path}`, { token: shop.apiKey, body, headers: { 'idempotency-key': key } });
const count = async (table: string) =>
  (await database.owner.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n as number;

describe('a message sent with an Idempotency-Key', () => {
  it('gets the same answer again, whatever happened meanwhile, and is stored once', async () => {
    const key = randomUUID();
    const before = await count('messages');
    const first = await send(key, textTo(CUSTOMER));
    await customerWrote(database, shop, CUSTOMER, 25 * 3_600_000);
    // Another process knows nothing of the first; here the window is closed by now.
    const second = await startApp(GATEWAY.module as never, environment, { ...GATEWAY });
    const again = await send(key, textTo(CUSTOMER), shop, second);
    await second.close();
    await customerWrote(database, shop, CUSTOMER);
    expect(first.status).toBe(200);
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    expect(await count('messages')).toBe(before + 1);
  });

  it('is one message and one answer for twenty calls at once, at two processes', async () => {
    const key = randomUUID();
    const before = await count('messages');
    const second = await startApp(GATEWAY.module as never, environment, { ...GATEWAY });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => send(key, textTo(CUSTOMER), shop, i % 2 ? second : gateway)),
    );
    await second.close();
    expect(answers.map((a) => a.status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map((a) => a.body.messages[0].id)).size).toBe(1);
    expect(await count('messages')).toBe(before + 1);
  });

  it('does not hold up or lose messages without a key in the same commit', async () => {
    const key = randomUUID();
    const before = await count('messages');
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, i) => send(i % 3 ? undefined : key, textTo(CUSTOMER))),
    );
    expect(answers.every((a) => a.status === 200)).toBe(true);
    expect(new Set(answers.map((a) => a.body.messages[0].id)).size).toBe(41);
    expect(await count('messages')).toBe(before + 41);
  });

  it('is refused in Meta’s envelope when the key stood for another message', async () => {
    const key = randomUUID();
    await send(key, textTo(CUSTOMER, 'one'));
    const before = await count('messages');
    const refused = await send(key, textTo(CUSTOMER, 'two'));
    expect([refused.status, refused.body.error.code, refused.body.error.type]).toEqual([409, 506, 'OAuthException']);
    expect(refused.body.error.error_data.details).toMatch(/new key/);
    expect(await count('messages')).toBe(before);
  });

  it('means nothing to another tenant that uses the same key', async () => {
    const key = randomUUID();
    const [mine, theirs] = [await send(key, textTo(CUSTOMER)), await send(key, textTo(CUSTOMER), other)];
    expect(theirs.status).toBe(200);
    expect(theirs.body.messages[0].id).not.toBe(mine.body.messages[0].id);
  });

  it('that was refused did nothing, so it is decided anew with the same key', async () => {
    const key = randomUUID();
    expect((await send(key, templateTo(CUSTOMER, 'no_such_template'))).status).toBe(404);
    expect((await send(key, templateTo(CUSTOMER))).status).toBe(200);
  });

  it('begins anew after 24 hours, and what is over is removed', async () => {
    const [old, young] = [randomUUID(), randomUUID()];
    const first = await send(old, textTo(CUSTOMER));
    await send(young, textTo(CUSTOMER));
    const age = (key: string, ms: number) =>
      database.owner.query(
        `UPDATE idempotency_keys SET expires_at = expires_at - $2 * interval '1 ms' WHERE key = $1`,
        [key, ms],
      );
    await age(old, 24 * 3_600_000);
    await age(young, 23 * 3_600_000);
    const anew = await send(old, textTo(CUSTOMER, 'another'));
    expect(anew.status).toBe(200);
    expect(anew.body.messages[0].id).not.toBe(first.body.messages[0].id);
    await age(old, 24 * 3_600_000);
    expect(await gateway.app.get(IdempotencyKeys, { strict: false }).forget()).toBe(1);
    const left = await database.owner.query('SELECT key FROM idempotency_keys WHERE key = ANY ($1)', [[old, young]]);
    expect(left.rows).toEqual([{ key: young }]);
  });

  it.each(['', 'two words', 'x'.repeat(256), 'ü'])('must have a key that is one: "%s"', async (key) => {
    // Node refuses to send what is not Latin-1; what can be sent is refused by us.
    const answer = await send(key, textTo(CUSTOMER));
    expect([answer.status, answer.body.error.code]).toEqual([400, 100]);
  });
});

describe('any other write with an Idempotency-Key', () => {
  const hook = (path = 'a') => ({ url: `http://127.0.0.1:9/${path}`, enabled: false });

  it('is done once, also by twenty calls at once, and shows its one-time secret again', async () => {
    const key = randomUUID();
    const before = await count('webhook_endpoints');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => native('POST', '/api/v1/webhooks', hook(), key)),
    );
    expect(answers.map((a) => a.status)).toEqual(answers.map(() => 201));
    expect(new Set(answers.map((a) => JSON.stringify(a.body))).size).toBe(1);
    expect(answers[0]?.body.secret).toEqual(expect.any(String));
    expect(await count('webhook_endpoints')).toBe(before + 1);
    const kept = await database.owner.query('SELECT answer FROM idempotency_keys WHERE key = $1', [key]);
    expect(kept.rows[0].answer).not.toContain(answers[0]?.body.secret);
  });

  it('is refused in the native envelope when the key stood for another call or path', async () => {
    const key = randomUUID();
    const made = await native('POST', '/api/v1/webhooks', hook(), key);
    const conflict = { status: 409, body: { error: { code: 'idempotency_conflict' } } };
    expect(await native('POST', '/api/v1/webhooks', hook('b'), key)).toMatchObject(conflict);
    expect(await native('PATCH', `/api/v1/webhooks/${made.body.id}`, hook(), key)).toMatchObject(conflict);
  });

  it('whose answer has no body is repeated without one', async () => {
    const { body } = await native('POST', '/api/v1/webhooks', hook(), randomUUID());
    const key = randomUUID();
    for (let i = 0; i < 2; i++) {
      const gone = await native('DELETE', `/api/v1/webhooks/${body.id}`, undefined, key);
      expect([gone.status, gone.body]).toEqual([204, '']);
    }
    expect((await native('DELETE', `/api/v1/webhooks/${body.id}`, undefined, randomUUID())).status).toBe(404);
  });

  it('that was begun by a process which is gone is begun again after a minute, and told to wait before', async () => {
    const key = randomUUID();
    await native('POST', '/api/v1/webhooks', hook(), key);
    await database.owner.query('UPDATE idempotency_keys SET answer = NULL WHERE key = $1', [key]);
    await database.owner.query(`UPDATE idempotency_keys SET claimed_until = now() - interval '1 s' WHERE key = $1`, [
      key,
    ]);
    expect((await native('POST', '/api/v1/webhooks', hook(), key)).status).toBe(201);
  });

  it('may be an uploaded file: the same bytes get the same id, others are refused', async () => {
    const upload = async (bytes: string, key: string) => {
      const body = new FormData();
      body.set('messaging_product', 'whatsapp');
      body.set('type', 'text/plain');
      body.set('file', new Blob([bytes], { type: 'text/plain' }), 'note.txt');
      const answer = await fetch(`${gateway.url}/${shop.metaPhoneNumberId}/media`, {
        method: 'POST',
        headers: { authorization: `Bearer ${shop.apiKey}`, 'idempotency-key': key },
        body,
      });
      return [answer.status, await answer.json()] as const;
    };
    const key = randomUUID();
    const first = await upload('one', key);
    expect(first).toEqual([200, { id: expect.any(String) }]);
    expect(await upload('one', key)).toEqual(first);
    expect(await upload('two', key)).toMatchObject([409, { error: { code: 506 } }]);
  });
});
