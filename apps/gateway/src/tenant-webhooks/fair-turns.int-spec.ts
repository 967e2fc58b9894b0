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

@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['gateway.deliver'] }),
    TenantWebhooksModule.with({}),
    TenantWebhooksWorkerModule.with({}),
  ],
})
class TestModule {}

/** One more than a worker posts to at a time. */
const SLOW_ENDPOINTS = 17;
const ANSWER_AFTER_MS = 200;
/** About one customer, so one after the other: so many take an endpoint eight seconds. */
const EVENTS = 40;

describe("a tenant's webhook beside those of another one that answer slowly", () => {
  let database: TestDatabase;
  let running: RunningApp;
  let server: Server;
  let base: string;
  const received = new Map<string, number>();
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? '';
      request.resume().on('end', () => {
        received.set(path, (received.get(path) ?? 0) + 1);
        setTimeout(() => response.writeHead(200).end(), path.startsWith('/slow') ? ANSWER_AFTER_MS : 0);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    database = await cloneDatabase();
    running = await startApp(TestModule, testEnvironment(database));
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await running.close();
    await database.drop();
  });

  const endpoint = async ({ tenantId }: FoundedNumber, path: string): Promise<void> => {
    const { apiKey } = await running.app.get(Tenants).issueApiKey(tenantId, path);
    const answer = await http('POST', `${running.url}/api/v1/webhooks`, {
      token: apiKey,
      body: { url: base + path },
    });
    expect(answer.status).toBe(201);
  };
  const publish = async ({ tenantId }: FoundedNumber, events: number): Promise<void> => {
    const told = Array.from({ length: events }, () => ({
      eventId: newId(new Date()),
      kind: 'status',
      customer: '1',
      body: {},
    }));
    const endpoints = await running.app
      .get(Database)
      .inTenant(tenantId, (tx) => running.app.get(TenantEvents).publish(tx, tenantId, told));
    for (const endpointId of endpoints) await running.app.get(Wake).lane('gateway.deliver', { tenantId, endpointId });
  };

  it('gets its events while the others still have work for long', async () => {
    const [slow, prompt] = [await foundNumber(database, 'slow'), await foundNumber(database, 'prompt')];
    for (let i = 0; i < SLOW_ENDPOINTS; i++) await endpoint(slow, `/slow/${i}`);
    await endpoint(prompt, '/prompt');
    await publish(slow, EVENTS);
    await eventually(async () => received.size >= SLOW_ENDPOINTS - 1, 60_000);
    await publish(prompt, 1);
    await eventually(async () => received.get('/prompt') === 1, 60_000);
    const slowly = [...received].filter(([path]) => path !== '/prompt').map(([, events]) => events);
    expect(Math.max(...slowly)).toBeLessThan(EVENTS);
    // Nobody who gave its place is forgotten, and nothing is posted twice.
    await eventually(
      async () => [...received.values()].reduce((a, b) => a + b) === SLOW_ENDPOINTS * EVENTS + 1,
      120_000,
    );
  }, 240_000);
});
