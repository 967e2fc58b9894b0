import { Module } from '@nestjs/common';
import fc from 'fast-check';
import { newId } from '#libs/ids';
import { callbackDataOf, newMessageRef, Outbox } from '#libs/outbox';
import { ProcessModule } from '#libs/process';
import { Wake } from '#libs/queues';
import { eventually, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { INTAKE_POLICY } from './intake-policy.js';
import { MetaEvents } from './meta-events.js';
import { MetaInboundWorkerModule } from './meta-inbound.module.js';

const BATCH = 4;

@Module({
  imports: [
    ProcessModule.forRoot({
      queues: ['gateway.intake', 'gateway.deliver', 'gateway.dispatch', 'billing.rate', 'engagement.inbound'],
    }),
    MetaInboundWorkerModule.with({ batch: BATCH, waitMs: 20, patienceMs: 3_000, retryGapsMs: [10, 10] }),
  ],
})
class TestModule {}

const NOW = Math.floor(Date.now() / 1_000);
const WORDS = ['sent', 'delivered', 'read'] as const;

describe('a batch of events', () => {
  let database: TestDatabase;
  let running: RunningApp;
  let shop: FoundedNumber;
  beforeAll(async () => {
    database = await cloneDatabase();
    shop = await foundNumber(database, 'shop');
    running = await startApp(TestModule, testEnvironment(database, { LOG_LEVEL: 'silent' }));
  });
  afterAll(async () => {
    await running.close();
    await database.drop();
  });

  const rows = async (sql: string, ...parameters: unknown[]) => (await database.owner.query(sql, parameters)).rows;
  const accept = async () =>
    (
      await running.app.get(Outbox).accept({
        tenantId: shop.tenantId,
        phoneNumberId: shop.phoneNumberId,
        recipient: '15550002222',
        type: 'text',
        payload: '{}',
        lane: 1,
        inWindow: true,
        expiresAt: new Date(Date.now() + 3_600_000),
      })
    ).messageId;
  const status = (messageId: string, word: (typeof WORDS)[number]) => ({
    statuses: [
      {
        id: `wamid.${messageId}`,
        status: word,
        timestamp: String(NOW + WORDS.indexOf(word)),
        recipient_id: '15550002222',
        biz_opaque_callback_data: callbackDataOf(messageId),
        ...(word === 'sent' ? { pricing: { billable: true, pricing_model: 'PMP', category: 'service' } } : {}),
      },
    ],
  });
  const text = (id: string, type = 'text') => ({
    contacts: [{ profile: { name: 'Ada' }, wa_id: '15550009999' }],
    messages: [{ from: '15550009999', id, timestamp: String(NOW), type, text: { body: id } }],
  });
  /** Stores all events at once and wakes the lane, so that they are applied in full batches. */
  const store = async (...values: object[]) => {
    const route = `phone_number:${shop.metaPhoneNumberId}`;
    const stored = values.map((value) => ({
      tenantId: shop.tenantId,
      eventId: newId(new Date()),
      route,
      field: 'messages',
      body: JSON.stringify({
        id: shop.metaWabaId,
        field: 'messages',
        value: { messaging_product: 'whatsapp', metadata: { phone_number_id: shop.metaPhoneNumberId }, ...value },
      }),
    }));
    const events = running.app.get(MetaEvents);
    await Promise.all(stored.map((e) => events.store(e)));
    void running.app.get(Wake).lane('gateway.intake', { tenantId: shop.tenantId, route });
    return stored.map((e) => e.eventId);
  };
  const settled = () =>
    eventually(async () => (await rows(`SELECT 1 FROM meta_events WHERE status = 'new' LIMIT 1`)).length === 0, 60_000);
  /** What a message, its bill and its tenant came to. */
  const outcomeOf = async (messageId: string) => {
    const told = await rows(
      `SELECT body::json #>> '{entry,0,changes,0,value,statuses,0,status}' AS word FROM tenant_events
        WHERE kind = 'status' AND body LIKE '%' || $1 || '%' ORDER BY event_id`,
      newMessageRef(messageId),
    );
    return {
      message: await rows('SELECT status, meta_message_id FROM messages WHERE message_id = $1', messageId),
      steps: (await rows('SELECT kind FROM message_events WHERE message_id = $1 ORDER BY at', messageId)).map(
        (r) => r.kind,
      ),
      facts: await rows(
        `SELECT sent_at, delivered_at, pricing ->> 'category' AS category FROM usage_facts WHERE message_id = $1`,
        messageId,
      ),
      told: told.map((r) => r.word),
    };
  };
  const truthOf = (messageId: string) => ({
    message: [{ status: 'read', meta_message_id: `wamid.${messageId}` }],
    steps: [...WORDS],
    facts: [{ sent_at: new Date(NOW * 1_000), delivered_at: new Date((NOW + 1) * 1_000), category: 'service' }],
    told: [...WORDS],
  });

  it('with one that cannot be applied applies all others in their order, and parks that one', async () => {
    await rows(`ALTER TABLE inbound_messages ADD CONSTRAINT planted CHECK (type <> 'poison')`);
    const before = [text('wamid.1'), text('wamid.2')];
    const ids = await store(...before, text('wamid.bad', 'poison'), text('wamid.3'), text('wamid.4'), text('wamid.5'));
    await settled();
    const events = await rows('SELECT status, note FROM meta_events WHERE event_id = ANY ($1) ORDER BY event_id', ids);
    expect(events.map((e) => e.status)).toEqual(['done', 'done', 'parked', 'done', 'done', 'done']);
    expect(events[2].note).toMatch(/attempt 3: .*planted/);
    const kept = await rows(`SELECT meta_message_id AS id FROM inbound_messages ORDER BY 1`);
    expect(kept.map((r) => r.id)).toEqual(['wamid.1', 'wamid.2', 'wamid.3', 'wamid.4', 'wamid.5']);
    const told = await rows(`SELECT count(*)::int AS n FROM tenant_events WHERE kind = 'message'`);
    expect(told).toEqual([{ n: 5 }]);
    await rows('ALTER TABLE inbound_messages DROP CONSTRAINT planted');
  });

  it('with one that speaks of what is not there yet applies the others, and that one when it is there', async () => {
    const policy = running.app.get<{ patienceMs: number }>(INTAKE_POLICY, { strict: false });
    const { patienceMs } = policy;
    policy.patienceMs = 60_000;
    const [here, late] = [await accept(), newId(new Date())];
    const ids = await store(
      status(here, 'sent'),
      status(late, 'sent'),
      status(here, 'delivered'),
      status(here, 'read'),
    );
    await eventually(async () => {
      const events = await rows('SELECT status FROM meta_events WHERE event_id = ANY ($1) ORDER BY event_id', ids);
      return events.map((e) => e.status).join() === 'done,new,done,done';
    });
    expect(await outcomeOf(here)).toEqual(truthOf(here));
    policy.patienceMs = patienceMs;
    await settled();
    expect(await rows('SELECT status, note FROM meta_events WHERE event_id = $1', ids[1])).toEqual([
      { status: 'parked', note: `waits for message ${late}` },
    ]);
  });

  it('told three times in any order, over several batches, makes one state, one fact and one post each', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...Array(27).keys()], { minLength: 27 }), async (order) => {
        const ids = [await accept(), await accept(), await accept()];
        await store(...order.map((n) => status(ids[n % 3] as string, WORDS[Math.floor(n / 3) % 3] as 'sent')));
        await settled();
        for (const id of ids) expect(await outcomeOf(id)).toEqual(truthOf(id));
      }),
      { numRuns: 4 },
    );
  });

  it('after which the worker loses the database is done, and the next ones follow when it is back', async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => accept()));
    const events = await store(...WORDS.flatMap((word) => ids.map((id) => status(id, word))));
    const done = async () =>
      (
        await rows(`SELECT count(*)::int AS n FROM meta_events WHERE event_id = ANY ($1) AND status = 'done'`, events)
      )[0].n;
    await eventually(async () => (await done()) > 0);
    await rows(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await settled();
    expect(await done()).toBe(events.length);
    for (const id of ids) expect(await outcomeOf(id)).toEqual(truthOf(id));
  });
});
