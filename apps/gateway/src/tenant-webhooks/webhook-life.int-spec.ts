import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { newId } from '#libs/ids';
import { Database } from '#libs/persistence';
import { ProcessModule } from '#libs/process';
import { Wake } from '#libs/queues';
import { TenantEvents } from '#libs/tenant-events';
import { Tenants } from '#libs/tenants';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { TenantWebhooksModule, TenantWebhooksWorkerModule } from './tenant-webhooks.module.js';

const POLICY = { gapsMs: [20, 20], jitter: 0, timeoutMs: 10_000, breakAfter: 2, restsMs: [20], disableAfterMs: 60 };

@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['gateway.deliver'] }),
    TenantWebhooksModule.with(POLICY),
    TenantWebhooksWorkerModule.with(POLICY),
  ],
})
class TestModule {}

describe("the life of a tenant's webhook", () => {
  let database: TestDatabase;
  let running: RunningApp;
  let shop: FoundedNumber;
  let key: string;
  let server: Server;
  let base: string;
  /** Names of the events that each path accepted. */
  const accepted = new Map<string, string[]>();
  let isDown: (path: string, name: string) => boolean = () => false;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        const { name, entry } = JSON.parse(body);
        const told = name ?? entry[0].changes[0];
        const path = request.url ?? '';
        const down = isDown(path, told);
        if (!down) accepted.set(path, [...(accepted.get(path) ?? []), told]);
        response.writeHead(down ? 503 : 200).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    database = await cloneDatabase();
    shop = await foundNumber(database, 'shop');
    running = await startApp(TestModule, testEnvironment(database));
    key = (await running.app.get(Tenants).issueApiKey(shop.tenantId, 'test')).apiKey;
  });
  afterAll(async () => {
    await running.close();
    server.closeAllConnections();
    server.close();
    await database.drop();
  });
  beforeEach(async () => {
    isDown = () => false;
    accepted.clear();
    for (const { id } of (await call('GET', '')).body.data) await call('DELETE', `/${id}`);
  });

  const call = (method: string, path: string, body?: unknown) =>
    http(method, `${running.url}/api/v1/webhooks${path}`, { token: key, ...(body === undefined ? {} : { body }) });
  const create = async (path: string, wish: object = {}): Promise<string> =>
    (await call('POST', '', { url: base + path, ...wish })).body.id;
  const publish = async (...names: string[]): Promise<string[]> => {
    const events = names.map((name) => ({ eventId: newId(new Date()), kind: 'status', body: { name } }));
    const endpoints = await running.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) => running.app.get(TenantEvents).publish(tx, shop.tenantId, events));
    for (const endpointId of endpoints)
      void running.app.get(Wake).lane('gateway.deliver', { tenantId: shop.tenantId, endpointId });
    return events.map((e) => e.eventId);
  };
  const at = (path: string) => accepted.get(path) ?? [];
  const log = async (id: string, status: string) => (await call('GET', `/${id}/deliveries?status=${status}`)).body.data;

  it('replays events by id and by time, in the order of the events, also to an endpoint that is new', async () => {
    const from = new Date().toISOString();
    const id = await create('/replay');
    const [, second] = await publish('a', 'b', 'c');
    await eventually(async () => at('/replay').length === 3);
    await eventually(async () => (await log(id, 'delivered')).length === 3);
    expect((await call('POST', `/${id}/replay`, { event_ids: [second] })).body).toEqual({ queued: 1 });
    await eventually(async () => at('/replay').length === 4);
    expect(at('/replay')[3]).toBe('b');
    const fresh = await create('/fresh');
    const replayed = await call('POST', `/${fresh}/replay`, { from });
    expect([replayed.status, replayed.body]).toEqual([202, { queued: 3 }]);
    await eventually(async () => at('/fresh').length === 3);
    expect(at('/fresh')).toEqual(['a', 'b', 'c']);
    expect((await call('POST', `/${fresh}/replay`, { from, to: from })).body).toEqual({ queued: 0 });
    expect((await call('POST', `/${fresh}/replay`, {})).status).toBe(400);
    expect((await call('POST', `/${fresh}/replay`, { event_ids: null })).status).toBe(400);
    expect((await call('POST', `/${fresh}/replay`, { event_ids: null, from })).body).toEqual({ queued: 3 });
  });

  it('stays as it is where a change says null', async () => {
    const id = await create('/null');
    const changed = await call('PATCH', `/${id}`, { enabled: null, headers: null });
    expect([changed.status, changed.body.enabled]).toEqual([200, true]);
  });

  it('posts messages and statuses to an endpoint that asks for Meta’s field `messages`, and nothing else', async () => {
    await create('/field', { events: ['messages'] });
    await create('/other', { events: ['account_update'] });
    const told = ['message', 'account_update', 'status', 'messages'].map((kind) => ({
      eventId: newId(new Date()),
      kind,
      body: { name: kind },
    }));
    await running.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) => running.app.get(TenantEvents).publish(tx, shop.tenantId, told))
      .then((ids) =>
        ids.map((endpointId) => running.app.get(Wake).lane('gateway.deliver', { tenantId: shop.tenantId, endpointId })),
      );
    await eventually(async () => at('/field').length === 3 && at('/other').length === 1);
    expect(at('/field')).toEqual(['message', 'status', 'messages']);
    expect(at('/other')).toEqual(['account_update']);
  });

  it('says of posts that wait when they go out at the earliest: not while the endpoint rests', async () => {
    const id = await create('/resting');
    const restsUntil = new Date(Date.now() + 3_600_000).toISOString();
    await database.owner.query('UPDATE webhook_endpoints SET rests_until = $2 WHERE endpoint_id = $1', [
      id,
      restsUntil,
    ]);
    await publish('later');
    expect(await log(id, 'waiting')).toMatchObject([{ attempts: 0, next_attempt_at: restsUntil }]);
  });

  it('shows its posts page by page, each once, also when it is small', async () => {
    const id = await create('/pages');
    const told = await publish(...Array.from({ length: 60 }, (_, i) => `p${i}`));
    await eventually(async () => (await call('GET', `/${id}/deliveries?status=waiting`)).body.data.length === 0);
    const first = (await call('GET', `/${id}/deliveries`)).body;
    const second = (await call('GET', `/${id}/deliveries?cursor=${first.next}`)).body;
    expect([first.data.length, second.data.length, second.next]).toEqual([50, 10, null]);
    const shown = [...first.data, ...second.data].map((d: { event_id: string }) => d.event_id);
    expect(shown).toEqual([...told].sort().reverse());
  });

  it('queues dead posts again, and only those', async () => {
    const from = new Date().toISOString();
    const id = await create('/dead');
    const [, bad] = await publish('good', 'bad');
    await eventually(async () => (await log(id, 'delivered')).length === 2);
    await database.owner.query(`UPDATE webhook_deliveries SET status = 'dead' WHERE event_id = $1`, [bad]);
    expect(await log(id, 'dead')).toMatchObject([{ event_id: bad }]);
    expect((await call('POST', `/${id}/replay`, { from, status: 'dead' })).body).toEqual({ queued: 1 });
    await eventually(async () => at('/dead').length === 3);
    expect(at('/dead')[2]).toBe('bad');
    await eventually(async () => (await log(id, 'delivered')).length === 2);
    expect(await log(id, 'dead')).toEqual([]);
    // In bulk, whenever they died.
    await database.owner.query(`UPDATE webhook_deliveries SET status = 'dead' WHERE endpoint_id = $1`, [id]);
    expect((await call('POST', `/${id}/replay`, { status: 'dead' })).body).toEqual({ queued: 2 });
    await eventually(async () => (await log(id, 'delivered')).length === 2);
  });

  it('that fails for long is switched off, the others are told, and it gets what it missed when it is on again', async () => {
    isDown = (path) => path === '/broken';
    const broken = await create('/broken');
    await create('/well');
    const names = Array.from({ length: 40 }, (_, i) => `n${i}`);
    await publish(...names);
    await eventually(async () => (await call('GET', `/${broken}`)).body.enabled === false, 60_000);
    expect((await call('GET', `/${broken}`)).body).toMatchObject({
      disabled_reason: 'failing',
      disabled_at: expect.any(String),
      failing_since: expect.any(String),
    });
    const isNotice = (told: unknown) => (told as { field?: string }).field === 'webhook_disabled';
    await eventually(async () => at('/well').some(isNotice));
    expect(at('/well').filter(isNotice)).toMatchObject([{ value: { webhook: { id: broken }, reason: 'failing' } }]);
    await publish('while it was off');
    isDown = () => false;
    const mended = await call('PATCH', `/${broken}`, { enabled: true });
    expect(mended.body).toMatchObject({ enabled: true, disabled_reason: null, failing_since: null, failures: 0 });
    await eventually(async () => at('/broken').includes('while it was off'));
    await eventually(async () => (await log(broken, 'waiting')).length === 0);
    const dead = (await log(broken, 'dead')).length;
    expect(new Set(at('/broken').filter((told) => names.includes(told))).size).toBe(names.length - dead);
  });
});
