import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Module } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { newId } from '#libs/ids';
import { isSignedBy } from '#libs/meta-cloud';
import { Database } from '#libs/persistence';
import { ProcessModule } from '#libs/process';
import { Wake } from '#libs/queues';
import { TenantEvents } from '#libs/tenant-events';
import { Tenants } from '#libs/tenants';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import type { DeliveryPolicy } from './delivery-policy.js';
import { TenantWebhooksModule, TenantWebhooksWorkerModule } from './tenant-webhooks.module.js';

const POLICY: Partial<DeliveryPolicy> = {
  gapsMs: [20, 20, 20, 20, 20],
  holdAttempts: 3,
  timeoutMs: 10_000,
  window: 4,
  breakAfter: 6,
  restsMs: [30],
};

@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['gateway.deliver'] }),
    // A post that is asked for is waited for by whoever asks: what hangs is seen to be left there.
    TenantWebhooksModule.with({ ...POLICY, timeoutMs: 2_000 }),
    TenantWebhooksWorkerModule.with(POLICY),
  ],
})
class TestModule {}

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}
type Answer = (post: Received) => number | { status: number; headers?: Record<string, string>; body?: string } | 'hang';

/** A merchant's server: keeps what it gets, and answers as it is told. */
class Merchant {
  readonly received: Received[] = [];
  answer: Answer = () => 200;
  private server: Server;
  private port = 0;

  async start(): Promise<this> {
    this.server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        const post = { path: request.url ?? '', headers: request.headers, body };
        this.received.push(post);
        const answer = this.answer(post);
        if (answer === 'hang') return;
        const { status, headers = {}, body: text = '' } = typeof answer === 'number' ? { status: answer } : answer;
        response.writeHead(status, headers).end(text);
      });
    });
    await new Promise<void>((done) => this.server.listen(this.port, '127.0.0.1', done));
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }
  stop(): Promise<unknown> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
  url(path = '/hook'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }
  at(path: string): Received[] {
    return this.received.filter((r) => r.path === path);
  }
}

describe("a tenant's webhook", () => {
  let database: TestDatabase;
  let running: RunningApp;
  let shop: FoundedNumber;
  let other: FoundedNumber;
  let key: string;
  let otherKey: string;
  let merchant: Merchant;
  beforeAll(async () => {
    merchant = await new Merchant().start();
    database = await cloneDatabase();
    shop = await foundNumber(database, 'shop');
    other = await foundNumber(database, 'other');
    running = await startApp(TestModule, testEnvironment(database));
    const keyOf = async (n: FoundedNumber) => (await running.app.get(Tenants).issueApiKey(n.tenantId, 'test')).apiKey;
    [key, otherKey] = [await keyOf(shop), await keyOf(other)];
  });
  afterAll(async () => {
    await running.close();
    await merchant.stop();
    await database.drop();
  });
  beforeEach(async () => {
    merchant.answer = () => 200;
    for (const { id } of (await call('GET', '/api/v1/webhooks')).body.data)
      await call('DELETE', `/api/v1/webhooks/${id}`);
  });

  const call = (method: string, path: string, body?: unknown, token = key) =>
    http(method, running.url + path, { token, ...(body === undefined ? {} : { body }) });
  const create = async (wish: object = {}) => {
    const answer = await call('POST', '/api/v1/webhooks', { url: merchant.url(), ...wish });
    expect(answer.status).toBe(201);
    return answer.body as { id: string; secret: string };
  };
  const publish = async (...events: { name: string; customer?: string; kind?: string }[]) => {
    const endpoints = await running.app.get(Database).inTenant(shop.tenantId, (tx) =>
      running.app.get(TenantEvents).publish(
        tx,
        shop.tenantId,
        events.map(({ name, kind = 'status', customer }) => ({
          eventId: newId(new Date()),
          kind,
          wabaId: shop.wabaId,
          phoneNumberId: shop.phoneNumberId,
          customer,
          body: { name, text: 'café' },
        })),
      ),
    );
    for (const endpointId of endpoints)
      await running.app.get(Wake).lane('gateway.deliver', { tenantId: shop.tenantId, endpointId });
  };
  const namesAt = (path: string) => merchant.at(path).map((r) => JSON.parse(r.body).name);
  const log = async (id: string, query = '') => (await call('GET', `/api/v1/webhooks/${id}/deliveries${query}`)).body;

  it('gets each event once, in order, with signatures that Meta clients and Standard Webhooks verify', async () => {
    const { id, secret } = await create({ url: merchant.url('/signed'), headers: { 'X-Shop': 'blue' } });
    await publish({ name: 'a', customer: '1' }, { name: 'b', customer: '1' }, { name: 'c', customer: '1' });
    await eventually(async () => merchant.at('/signed').length === 3);
    expect(namesAt('/signed')).toEqual(['a', 'b', 'c']);
    for (const { body, headers } of merchant.at('/signed')) {
      expect(isSignedBy(body, headers['x-hub-signature-256'] as string, [secret])).toBe(true);
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({ text: 'café' });
      expect(headers).toMatchObject({ 'x-shop': 'blue', 'content-type': 'application/json' });
    }
    await eventually(async () => (await log(id, '?status=delivered')).data.length === 3);
    const { data, next } = await log(id);
    expect(data).toMatchObject([{ status: 'delivered', attempts: 1, http_status: 200, kind: 'status' }, {}, {}]);
    expect(next).toBe(null);
  });

  it('that is down gets every event when it is back', async () => {
    const { id } = await create({ url: merchant.url('/down') });
    await merchant.stop();
    const names = Array.from({ length: 12 }, (_, i) => ({ name: `d${i}`, customer: String(i % 3) }));
    await publish(...names);
    await eventually(async () => (await log(id)).data.some((d: { attempts: number }) => d.attempts >= 1));
    await merchant.start();
    await eventually(async () => (await log(id, '?status=delivered')).data.length === 12);
    expect(new Set(namesAt('/down'))).toEqual(new Set(names.map((n) => n.name)));
    await eventually(async () => (await call('GET', `/api/v1/webhooks/${id}`)).body.failures === 0);
    expect((await call('GET', `/api/v1/webhooks/${id}`)).body).toMatchObject({ failures: 0, rests_until: null });
  });

  it('that stumbles gets what it missed before what came later about the same customer', async () => {
    let stumbles = 2;
    merchant.answer = ({ body }) => (JSON.parse(body).name === 'first' && stumbles-- > 0 ? 503 : 200);
    await create({ url: merchant.url('/stumbling') });
    await publish({ name: 'first', customer: '1' }, { name: 'second', customer: '1' });
    await eventually(async () => namesAt('/stumbling').includes('second'));
    expect(namesAt('/stumbling')).toEqual(['first', 'first', 'first', 'second']);
  });

  it('that refuses one event for good keeps the order, then lets the others pass, and shows the dead one', async () => {
    merchant.answer = ({ body }) => (JSON.parse(body).name === 'bad' ? { status: 500, body: 'no' } : 200);
    const { id } = await create({ url: merchant.url('/picky') });
    await publish({ name: 'bad', customer: '1' }, { name: 'good', customer: '1' }, { name: 'else', customer: '2' });
    await eventually(async () => (await log(id, '?status=dead')).data.length === 1);
    expect((await log(id, '?status=dead')).data).toMatchObject([
      { attempts: 6, http_status: 500, error: 'answered 500: no', next_attempt_at: null },
    ]);
    const names = namesAt('/picky');
    expect(names.filter((n) => n === 'bad')).toHaveLength(6);
    expect(names.slice(0, names.indexOf('good')).filter((n) => n === 'bad')).toHaveLength(3);
    expect(names.filter((n) => n === 'else')).toHaveLength(1);
  });

  it.each([
    ['answers with a redirect', { status: 302, headers: { location: '/elsewhere' } }, /redirects are not followed/],
    ['does not answer', 'hang' as const, /no answer within 2000 ms/],
    ['answers without end', { status: 200, body: 'x'.repeat(200_000) }, undefined],
  ])('that %s harms nobody', async (_, answer, error) => {
    merchant.answer = () => answer;
    const { id } = await create({ url: merchant.url('/odd') });
    const { body } = await call('POST', `/api/v1/webhooks/${id}/test`);
    expect(body.delivered).toBe(error === undefined);
    if (error) expect(body.error).toMatch(error);
    expect(merchant.at('/elsewhere')).toEqual([]);
  });

  it.each([
    ['its headers', 'HTTP/1.1 200 OK\r\nx: ', 'no answer within 2000 ms'],
    ['its body', 'HTTP/1.1 500 No\r\ncontent-length: 9999\r\n\r\n', 'answered 500'],
    ['the body of a 200, which counts', 'HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n', null],
  ])('that drips %s is not waited for longer than for any other', async (_, head, error) => {
    const drips = new Set<NodeJS.Timeout>();
    const dripping = createTcpServer((socket) => {
      socket.write(head);
      const drip = setInterval(() => socket.write('x'), 20);
      drips.add(drip);
      socket.on('error', () => {}).on('close', () => clearInterval(drip));
    });
    await new Promise<void>((done) => dripping.listen(0, '127.0.0.1', done));
    const { id } = await create({ url: `http://127.0.0.1:${(dripping.address() as AddressInfo).port}/` });
    const { body } = await call('POST', `/api/v1/webhooks/${id}/test`);
    for (const drip of drips) clearInterval(drip);
    dripping.close();
    expect(body.error).toBe(error);
  });

  it('gets only the events it asked for', async () => {
    await create({ url: merchant.url('/messages'), events: ['message'], phone_number_id: shop.metaPhoneNumberId });
    await create({ url: merchant.url('/waba'), waba_id: shop.metaWabaId });
    await publish({ name: 's', kind: 'status' }, { name: 'm', kind: 'message' });
    await eventually(async () => namesAt('/messages').length === 1 && namesAt('/waba').length === 2);
    expect(namesAt('/messages')).toEqual(['m']);
  });

  it.each([
    'http://10.0.0.1/hook',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://[fd00::1]/',
    'ftp://127.0.0.1/',
    'http://93.184.216.34/',
  ])('may not be at %s', async (url) => {
    const answer = await call('POST', '/api/v1/webhooks', { url });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'invalid_request']);
  });

  it('is not called at an address that was allowed when it was made and is private now', async () => {
    const { id } = await create();
    await database.owner.query('UPDATE webhook_endpoints SET url = $2 WHERE endpoint_id = $1', [
      id,
      'http://10.255.255.1/hook',
    ]);
    const { body } = await call('POST', `/api/v1/webhooks/${id}/test`);
    expect(body).toEqual({ delivered: false, http_status: null, error: expect.stringMatching(/private or reserved/) });
  });

  it('shows its secret once, and takes both secrets while one is being rotated', async () => {
    const { id, secret } = await create({ url: merchant.url('/rotated'), headers: { Authorization: 'Bearer hidden' } });
    const shown = JSON.stringify([
      (await call('GET', '/api/v1/webhooks')).body,
      (await call('GET', `/api/v1/webhooks/${id}`)).body,
    ]);
    expect(shown).not.toContain('whsec_');
    expect(shown).not.toContain('hidden');
    const { rows } = await database.owner.query('SELECT * FROM webhook_endpoints WHERE endpoint_id = $1', [id]);
    expect(JSON.stringify(rows)).not.toMatch(/whsec_|hidden/);
    const rotated = (await call('POST', `/api/v1/webhooks/${id}/rotate_secret`)).body.secret;
    await call('POST', `/api/v1/webhooks/${id}/test`);
    const { body, headers } = merchant.at('/rotated')[0] as Received;
    for (const s of [rotated, secret])
      expect(() => new Webhook(s).verify(body, headers as Record<string, string>)).not.toThrow();
    expect(headers.authorization).toBe('Bearer hidden');
  });

  it('is changed and removed by its owner, and is not there for anyone else', async () => {
    const { id } = await create();
    const changed = await call('PATCH', `/api/v1/webhooks/${id}`, { events: ['status'], enabled: false });
    expect(changed.body).toMatchObject({ events: ['status'], enabled: false, url: merchant.url() });
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { enabled: true }],
      ['DELETE', ''],
      ['POST', '/test'],
      ['POST', '/rotate_secret'],
      ['GET', '/deliveries'],
    ] as const) {
      const foreign = await call(method, `/api/v1/webhooks/${id}${path}`, body, otherKey);
      const missing = await call(method, `/api/v1/webhooks/${newId(new Date())}${path}`, body, otherKey);
      expect([foreign.status, foreign.body.error.message]).toEqual([404, missing.body.error.message]);
    }
    const bound = await call(
      'POST',
      '/api/v1/webhooks',
      { url: merchant.url(), phone_number_id: shop.metaPhoneNumberId },
      otherKey,
    );
    expect(bound.status).toBe(404);
    expect((await call('DELETE', `/api/v1/webhooks/${id}`)).status).toBe(204);
    expect((await call('GET', `/api/v1/webhooks/${id}`)).status).toBe(404);
    expect((await http('GET', `${running.url}/api/v1/webhooks`)).status).toBe(401);
  });

  it('is one of twenty at the most, also when more are made at once', async () => {
    const made = await Promise.all(
      Array.from({ length: 24 }, (_, i) => call('POST', '/api/v1/webhooks', { url: merchant.url(`/many/${i}`) })),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(made.filter(({ status }) => status === 409)).toHaveLength(4);
  });

  it("is set in Meta's way too: proven by the handshake, listed, replaced and taken away", async () => {
    const path = `/${shop.metaWabaId}/subscribed_apps`;
    const query = (p: string) => new URL(p, 'http://x').searchParams;
    merchant.answer = (post) =>
      query(post.path).get('hub.verify_token') === 'mine'
        ? { status: 200, body: query(post.path).get('hub.challenge') ?? '' }
        : 200;
    const wish = { override_callback_uri: merchant.url('/meta'), verify_token: 'mine' };
    expect((await call('POST', path, { ...wish, verify_token: 'wrong' })).status).toBe(400);
    expect((await call('POST', path, { ...wish, override_callback_uri: 'https://10.0.0.1/' })).status).toBe(400);
    const together = await Promise.all(Array.from({ length: 4 }, () => call('POST', path, wish)));
    expect(together.map(({ body }) => body)).toEqual(Array(4).fill({ success: true }));
    // Graph takes the parameters of a write in the query too.
    expect((await call('POST', `${path}?${new URLSearchParams(wish)}`)).body).toEqual({ success: true });
    expect((await call('GET', path)).body.data).toMatchObject([{ override_callback_uri: merchant.url('/meta') }]);
    await publish({ name: 'to-override' });
    await eventually(async () => merchant.at('/meta').some((r) => r.body.includes('to-override')));
    const foreign = (await call('POST', path, wish, otherKey)).body.error;
    expect(foreign.code).toBe('unknown_object');
    const missing = (await call('POST', '/404404/subscribed_apps', wish, otherKey)).body.error;
    expect(foreign.message.replaceAll(shop.metaWabaId, '404404')).toBe(missing.message);
    expect((await call('DELETE', path)).body).toEqual({ success: true });
    expect((await call('GET', path)).body.data[0]).not.toHaveProperty('override_callback_uri');
    expect((await call('GET', '/api/v1/webhooks')).body.data).toEqual([]);
  });
});
