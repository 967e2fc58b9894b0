import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Module } from '@nestjs/common';
import { signBody } from '#libs/meta-cloud';
import { Outbox } from '#libs/outbox';
import { PROVIDER_TENANT } from '#libs/persistence';
import { ProcessModule } from '#libs/process';
import { MetaInboundModule, MetaInboundWorkerModule } from '../../apps/gateway/src/meta-inbound/meta-inbound.module.js';
import { eventually, type RunningApp, startApp, testEnvironment } from '../support/app.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { type FoundedNumber, foundNumber } from '../support/numbers.js';

const FOLDER = join(import.meta.dirname, '../fixtures/meta/webhooks');
const SAMPLES = readdirSync(FOLDER)
  .filter((f) => f.endsWith('.json'))
  .map((file) => ({ name: file.replace(/\.json$/, ''), text: readFileSync(join(FOLDER, file), 'utf8') }));
/** The message that most status samples are about. */
const SENT = 'wamid.HBgLTUFERV9VUF89100';
/** What the samples know of the business. */
const IDS = { metaWabaId: '100000000000001', metaPhoneNumberId: '200000000000002', metaBusinessId: '300000000000003' };

@Module({
  imports: [
    ProcessModule.forRoot({
      queues: ['gateway.intake', 'gateway.deliver', 'gateway.dispatch', 'billing.rate', 'engagement.inbound'],
    }),
    MetaInboundModule,
    MetaInboundWorkerModule.with({ waitMs: 20, patienceMs: 60, retryGapsMs: [10], unclaimedMs: 86_400_000 }),
  ],
})
class TestModule {}

describe('every webhook body that Meta documents', () => {
  let database: TestDatabase;
  let running: RunningApp;
  let shop: FoundedNumber;
  let ref: string;
  let stored: { tenant_id: string; status: string; note: string | null; body: Record<string, unknown> }[] = [];
  beforeAll(async () => {
    database = await cloneDatabase();
    shop = await foundNumber(database, 'shop', { ...IDS, displayPhoneNumber: '+15550001111' });
    running = await startApp(TestModule, testEnvironment(database));
    const accepted = await running.app.get(Outbox).accept({
      tenantId: shop.tenantId,
      phoneNumberId: shop.phoneNumberId,
      recipient: '15550002222',
      type: 'text',
      payload: '{}',
      lane: 1,
      inWindow: true,
      expiresAt: new Date(Date.now() + 3_600_000),
    });
    ref = accepted.ref;
    await database.owner.query('UPDATE messages SET meta_message_id = $1', [SENT]);
  });
  afterAll(async () => {
    await running.close();
    await database.drop();
  });

  const post = (body: string) =>
    fetch(`${running.url}/meta/webhooks`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': signBody(body, 'test-app-secret') },
    });
  const rows = async (sql: string, ...parameters: unknown[]) => (await database.owner.query(sql, parameters)).rows;

  it('is here: more than a hundred of them, of every field', () => {
    expect(SAMPLES.length).toBeGreaterThan(100);
  });

  it('is accepted', async () => {
    for (const { name, text } of SAMPLES) expect([name, (await post(text)).status]).toEqual([name, 200]);
    stored = await eventually(async () => {
      const events = await rows('SELECT tenant_id, status, note, body FROM meta_events ORDER BY event_id');
      return events.every((e) => e.tenant_id === PROVIDER_TENANT || e.status !== 'new') && events;
    }, 60_000);
  });

  it.each(SAMPLES)('$name is stored as it came, and done or with the provider', ({ text }) => {
    for (const { id, changes } of JSON.parse(text).entry) {
      for (const { field, value } of changes) {
        const found = stored.filter((e) => isDeepStrictEqual([e.body.id, e.body.value], [id, value]));
        expect(found.map((e) => e.body.field)).toContain(field);
        for (const event of found) {
          const owner = event.status === 'new' ? PROVIDER_TENANT : shop.tenantId;
          expect(event).toMatchObject({ tenant_id: owner, status: event.status === 'new' ? 'new' : 'done' });
        }
      }
    }
  });

  it('reached the tenant: everything about it, in the shape of Meta, with our ids for what it sent', async () => {
    // What Meta tells of preferences is told once more as a change of consent, which is no event of Meta's.
    const all = "SELECT kind, body FROM tenant_events WHERE tenant_id = $1 AND kind <> 'consent_update'";
    const told = (await rows(all, shop.tenantId)).map((r) => ({
      kind: r.kind,
      change: JSON.parse(r.body).entry[0].changes[0],
    }));
    for (const { change } of told) expect(Object.keys(change).sort()).toEqual(['field', 'value']);
    for (const { name, text } of SAMPLES) {
      const payload = JSON.parse(text);
      for (const { id, changes } of payload.entry) {
        for (const { field, value } of changes) {
          const ours = [IDS.metaWabaId, IDS.metaBusinessId].includes(id) || value.waba_info?.waba_id === IDS.metaWabaId;
          if (!ours) continue;
          const parts = field === 'messages' ? [...(value.statuses ?? []), ...(value.messages ?? [])] : [];
          for (const part of parts) {
            const known = part.id === SENT ? ref : part.id;
            const found = told.filter(({ change }) =>
              [...(change.value.statuses ?? []), ...(change.value.messages ?? [])].some(
                (p) => p.id === known && p.type === part.type && p.status === part.status,
              ),
            );
            expect([name, found.length > 0]).toEqual([name, true]);
          }
          if (parts.length === 0) expect(told.map((t) => t.change)).toContainEqual({ field, value });
        }
      }
    }
    expect(JSON.stringify(told)).not.toContain(SENT);
  });

  it('told again changes nothing', async () => {
    const facts = async () => [
      await rows('SELECT * FROM tenant_events ORDER BY tenant_id, event_id'),
      await rows('SELECT * FROM usage_facts'),
      await rows('SELECT * FROM inbound_messages ORDER BY inbound_id'),
      await rows('SELECT status, status_at FROM messages'),
      await rows('SELECT messaging_limit, limit_seen_at FROM portfolios'),
    ];
    const before = await facts();
    expect(before[1]).toHaveLength(1);
    for (const { text } of [...SAMPLES].reverse()) expect((await post(text)).status).toBe(200);
    await eventually(
      async () =>
        (await rows(`SELECT 1 FROM meta_events WHERE status = 'new' AND tenant_id <> $1`, PROVIDER_TENANT)).length ===
        0,
      60_000,
    );
    expect(await facts()).toEqual(before);
  });
});
