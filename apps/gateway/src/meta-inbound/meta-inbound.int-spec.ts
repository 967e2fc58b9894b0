import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import fc from 'fast-check';
import { ManualClock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Inbound } from '#libs/inbound';
import { signBody } from '#libs/meta-cloud';
import { LOGGER } from '#libs/observability';
import { callbackDataOf, newMessageRef, Outbox } from '#libs/outbox';
import { Database, PROVIDER_TENANT } from '#libs/persistence';
import { ProcessModule } from '#libs/process';
import { Periodic } from '#libs/queues';
import { eventually, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { INTAKE_POLICY, type IntakePolicy } from './intake-policy.js';
import { MetaEvents } from './meta-events.js';
import { MetaInboundModule, MetaInboundWorkerModule } from './meta-inbound.module.js';
import { PartitionUpkeep } from './partition-upkeep.js';
import { UnclaimedEvents } from './unclaimed-events.js';

@Module({
  imports: [
    ProcessModule.forRoot({
      queues: ['gateway.intake', 'gateway.deliver', 'gateway.dispatch', 'billing.rate', 'engagement.inbound'],
    }),
    MetaInboundModule,
    MetaInboundWorkerModule.with({ waitMs: 20, patienceMs: 1_500, retryGapsMs: [10, 10], unclaimedMs: 86_400_000 }),
  ],
})
class TestModule {}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Message = Record<string, unknown> & { id: string };

const PRICING = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' };
const NOW = Math.floor(Date.now() / 1_000);

describe('a webhook of Meta', () => {
  let database: TestDatabase;
  let running: RunningApp;
  let shop: FoundedNumber;
  let other: FoundedNumber;
  let outbox: Outbox;
  let db: Database;
  beforeAll(async () => {
    database = await cloneDatabase();
    shop = await foundNumber(database, 'shop');
    other = await foundNumber(database, 'other');
    running = await startApp(
      TestModule,
      testEnvironment(database, { META_APP_SECRETS: 'new-secret,old-secret', LOG_LEVEL: 'fatal' }),
    );
    outbox = running.app.get(Outbox);
    db = running.app.get(Database);
  });
  afterAll(async () => {
    await running.close();
    await database.drop();
  });

  const post = async (body: unknown, signature: 'new' | 'old' | 'bad' | 'none' = 'new') => {
    const bytes = typeof body === 'string' ? body : JSON.stringify(body);
    const secret = { new: 'new-secret', old: 'old-secret', bad: 'bad-secret', none: '' }[signature];
    const answer = await fetch(`${running.url}/meta/webhooks`, {
      method: 'POST',
      body: bytes,
      headers: {
        'content-type': 'application/json',
        ...(signature === 'none' ? {} : { 'x-hub-signature-256': signBody(bytes, secret) }),
      },
    });
    return answer.status;
  };
  const entryOf = (number: FoundedNumber, value: object) => ({
    id: number.metaWabaId,
    changes: [
      {
        field: 'messages',
        value: {
          messaging_product: 'whatsapp',
          metadata: { display_phone_number: '15550001111', phone_number_id: number.metaPhoneNumberId },
          ...value,
        },
      },
    ],
  });
  const webhook = (...entry: object[]) => ({ object: 'whatsapp_business_account', entry });
  const statusOf = (messageId: string, status: string, at: number, more: object = {}) => ({
    id: `wamid.meta.${messageId}`,
    status,
    timestamp: String(at),
    recipient_id: '15550002222',
    biz_opaque_callback_data: callbackDataOf(messageId),
    ...more,
  });
  const textFrom = (from: string, id: string) => ({
    contacts: [{ profile: { name: 'Ada' }, wa_id: from }],
    messages: [{ from, id, timestamp: String(NOW), type: 'text', text: { body: 'hi' } }],
  });
  const accept = (number: FoundedNumber, clientData?: string) =>
    outbox.accept({
      tenantId: number.tenantId,
      phoneNumberId: number.phoneNumberId,
      recipient: '15550002222',
      type: 'template',
      category: 'utility',
      payload: '{}',
      ...(clientData === undefined ? {} : { clientData }),
      lane: 1,
      inWindow: false,
      expiresAt: new Date(Date.now() + 3_600_000),
    });
  const eventsOf = async (tenantId: string) =>
    (await database.owner.query('SELECT * FROM meta_events WHERE tenant_id = $1 ORDER BY event_id', [tenantId])).rows;
  const toldTo = async (tenantId: string, kind: string) =>
    (
      await database.owner.query('SELECT body FROM tenant_events WHERE tenant_id = $1 AND kind = $2', [tenantId, kind])
    ).rows.map((r) => JSON.parse(r.body));
  const toldOf = async (tenantId: string, ref: string) =>
    (await toldTo(tenantId, 'status'))
      .map((body) => body.entry[0].changes[0].value.statuses)
      .filter(([status]) => status.id === ref);
  const settled = () =>
    eventually(async () => {
      const { rows } = await database.owner.query(
        `SELECT count(*)::int AS waiting FROM meta_events WHERE status = 'new' AND tenant_id <> $1`,
        [PROVIDER_TENANT],
      );
      return rows[0].waiting === 0;
    });
  /** An event waits longer for what it speaks of. */
  const withPatience = async (ms: number, work: () => Promise<void>) => {
    const policy = running.app.get<Mutable<IntakePolicy>>(INTAKE_POLICY, { strict: false });
    const { patienceMs } = policy;
    policy.patienceMs = ms;
    await work().finally(() => {
      policy.patienceMs = patienceMs;
    });
  };
  const count = async (sql: string, ...parameters: unknown[]) =>
    Number((await database.owner.query(`SELECT count(*) FROM ${sql}`, parameters)).rows[0].count);

  it('is asked for once by a handshake, which only who knows the verify token passes', async () => {
    const ask = (query: Record<string, string>) =>
      fetch(`${running.url}/meta/webhooks?${new URLSearchParams({ 'hub.challenge': '1158201444', ...query })}`);
    const right = await ask({ 'hub.mode': 'subscribe', 'hub.verify_token': 'test-verify-token' });
    expect([right.status, await right.text()]).toEqual([200, '1158201444']);
    expect(right.headers.get('content-type')).toMatch(/^text\/plain/);
    for (const wrong of [
      { 'hub.mode': 'subscribe', 'hub.verify_token': 'test-verify-tokem' },
      { 'hub.mode': 'subscribe' },
      { 'hub.verify_token': 'test-verify-token' },
    ]) {
      expect((await ask(wrong as Record<string, string>)).status).toBe(403);
    }
  });

  it('without our signature is refused and leaves no row', async () => {
    const body = webhook(entryOf(shop, textFrom('15550009999', 'wamid.forged')));
    expect([await post(body, 'none'), await post(body, 'bad'), await post('not json', 'bad')]).toEqual([401, 401, 401]);
    expect(await eventsOf(shop.tenantId)).toEqual([]);
  });

  it('is accepted with a secret that is being rotated out, and up to 3 MB', async () => {
    const long = { ...textFrom('15550009998', 'wamid.long'), padding: 'x'.repeat(2_900_000) };
    expect(await post(webhook(entryOf(shop, long)), 'old')).toBe(200);
    expect(await post(webhook(entryOf(shop, { padding: 'x'.repeat(3_200_000) })))).toBe(413);
    expect(await eventsOf(shop.tenantId)).toHaveLength(1);
  });

  it('with changes of two tenants lands with each, and what nobody has lands with the provider', async () => {
    const stranger = { ...shop, metaWabaId: '999', metaPhoneNumberId: '998' };
    const body = webhook(
      entryOf(shop, textFrom('15550001', 'wamid.shop')),
      entryOf(other, textFrom('15550002', 'wamid.other')),
      entryOf(stranger, textFrom('15550003', 'wamid.nobody')),
    );
    expect(await post(body)).toBe(200);
    expect((await eventsOf(other.tenantId)).map((e) => e.body.value.messages[0].id)).toEqual(['wamid.other']);
    expect((await eventsOf(PROVIDER_TENANT)).map((e) => e.route)).toEqual(['phone_number:998']);
    await settled();
    const told = (await toldTo(other.tenantId, 'message')).map((b) => b.entry[0].changes[0].value.messages[0].id);
    expect(told).toEqual(['wamid.other']);
    const seen = await db.inTenant(other.tenantId, (tx) =>
      running.app.get(Inbound).list(tx, other.tenantId, { limit: 10 }),
    );
    expect(seen).toMatchObject([{ metaMessageId: 'wamid.other', customer: '15550002', customerName: 'Ada' }]);
  });

  it.each<[string, (m: Message) => object]>([
    ['U+0000 in every text', (m) => ({ ...m, type: 'tex\0t', text: { body: 'a\0b' }, id: `${m.id}\0` })],
    ['half a surrogate pair', (m) => ({ ...m, text: { body: 'cut \ud83d' }, '\udc00': 1 })],
    ['an id of 6,000 characters', (m) => ({ ...m, id: m.id.padEnd(6_000, 'x') })],
    ['a sender of 6,000 characters', (m) => ({ ...m, from: '1'.repeat(6_000) })],
  ])('with %s in a message is committed, and the message is passed on', async (what, spoil) => {
    const id = `wamid.${what}`;
    const message = spoil({ from: '15550003', id, timestamp: String(NOW), type: 'text', text: { body: 'hi' } });
    expect(await post(webhook(entryOf(shop, { messages: [message] }), entryOf(shop, textFrom('15550004', what))))).toBe(
      200,
    );
    await settled();
    const told = (await toldTo(shop.tenantId, 'message')).map((b) => b.entry[0].changes[0].value.messages[0].id);
    expect(told.filter((t: string) => t.startsWith(id)).length).toBe(1);
    expect(await count('inbound_messages WHERE meta_message_id = $1', what)).toBe(1);
    expect(await count(`meta_events WHERE status = 'parked' AND note LIKE 'attempt%'`)).toBe(0);
  });

  it('with U+0000 in a status moves the message, bills it and is told', async () => {
    const { messageId, ref } = await accept(shop);
    const dirty = { recipient_id: '1\0', pricing: { ...PRICING, note: '\0' }, conversation: { id: 'a\0' } };
    const failed = { errors: [{ code: 131_026, title: 'a\0b' }] };
    const { messageId: other, ref: otherRef } = await accept(shop);
    await post(
      webhook(
        entryOf(shop, { statuses: [statusOf(messageId, 'delivered', NOW, dirty)] }),
        entryOf(shop, { statuses: [statusOf(other, 'failed', NOW, failed)] }),
      ),
    );
    await settled();
    expect([await toldOf(shop.tenantId, ref), await toldOf(shop.tenantId, otherRef)]).toMatchObject([
      [[{ status: 'delivered' }]],
      [[{ status: 'failed', errors: [{ title: 'a\ufffdb' }] }]],
    ]);
    expect(await count('usage_facts WHERE message_id = $1', messageId)).toBe(1);
  });

  it('that cannot be read or is too deep to be stored is kept byte for byte and parked, and its neighbours go on', async () => {
    const text = JSON.stringify(webhook(entryOf(shop, textFrom('15550005', 'wamid.beside')), entryOf(shop, { x: 1 })));
    const deep = (levels: number) => text.replace('"x":1', `"x":${'['.repeat(levels)}${']'.repeat(levels)}`);
    for (const body of ['not JSON \u{1f600}', '', deep(7_000), deep(300_000)]) expect(await post(body)).toBe(200);
    await settled();
    const { rows } = await database.owner.query(
      `SELECT tenant_id, note, left(convert_from(raw, 'UTF8'), 20) AS begins, position('[[[['::bytea IN raw) > 0 AS whole
         FROM meta_events WHERE raw IS NOT NULL ORDER BY event_id`,
    );
    const [unread, deeper] = ['kept as bytes: not JSON', 'kept as bytes: nested more than 100 levels deep'];
    expect(rows).toMatchObject([
      { tenant_id: PROVIDER_TENANT, note: unread, begins: 'not JSON \u{1f600}' },
      { tenant_id: PROVIDER_TENANT, note: unread, begins: '' },
      { tenant_id: shop.tenantId, note: deeper, whole: true },
      { tenant_id: shop.tenantId, note: deeper, whole: true },
    ]);
    expect(await count(`inbound_messages WHERE meta_message_id = 'wamid.beside'`)).toBe(1);
  });

  it('with a thousand changes of three tenants lands with each in the order of the changes', async () => {
    const third = await foundNumber(database, 'third');
    const shops = [shop, other, third];
    const entries = Array.from({ length: 1_000 }, (_, i) =>
      entryOf(shops[i % 3] as FoundedNumber, textFrom('15550006', `wamid.of-thousand.${i}`)),
    );
    expect(await post(webhook(...entries))).toBe(200);
    await settled();
    for (const [n, { tenantId }] of shops.entries()) {
      const told = (await toldTo(tenantId, 'message'))
        .map((b) => b.entry[0].changes[0].value.messages[0].id)
        .filter((id: string) => id.startsWith('wamid.of-thousand.'));
      const { rows } = await database.owner.query(
        `SELECT body::json #>> '{value,messages,0,id}' AS id FROM meta_events
          WHERE tenant_id = $1 AND body::text LIKE '%wamid.of-thousand.%' ORDER BY event_id`,
        [tenantId],
      );
      const own = Array.from({ length: 1_000 }, (_, i) => i)
        .filter((i) => i % 3 === n)
        .map((i) => `wamid.of-thousand.${i}`);
      expect([rows.map((r) => r.id), [...told].sort()]).toEqual([own, [...own].sort()]);
    }
  });

  it('moves to its tenant when the tenant turns up', async () => {
    const ids = { metaWabaId: '10777', metaPhoneNumberId: '20777' };
    const late = { ...shop, ...ids };
    expect(await post(webhook(entryOf(late, textFrom('1555', 'wamid.early'))))).toBe(200);
    const unclaimed = running.app.get(UnclaimedEvents);
    await unclaimed.look();
    const founded = await foundNumber(database, 'late', ids);
    await unclaimed.look();
    await eventually(async () => (await toldTo(founded.tenantId, 'message')).length === 1);
    const left = (await eventsOf(PROVIDER_TENANT)).filter((e) => e.route === 'phone_number:20777');
    expect(left).toMatchObject([{ status: 'done', note: `handed to tenant ${founded.tenantId}` }]);
  });

  it('told three times in any order makes one state, one usage fact, and tells the tenant each status once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 0, 0, 1, 1, 1, 2, 2, 2], { minLength: 9 }),
        fc.boolean(),
        async (order, pricedAtDelivery) => {
          const { messageId, ref } = await accept(shop, 'order-7');
          const tellings = [
            statusOf(messageId, 'sent', NOW, { pricing: PRICING }),
            statusOf(messageId, 'delivered', NOW + 1, pricedAtDelivery ? { pricing: PRICING } : {}),
            statusOf(messageId, 'read', NOW + 2),
          ];
          for (const i of order) expect(await post(webhook(entryOf(shop, { statuses: [tellings[i]] })))).toBe(200);
          await settled();
          const message = await db.inTenant(shop.tenantId, (tx) => outbox.find(tx, shop.tenantId, messageId));
          expect(message).toMatchObject({ status: 'read', metaMessageId: `wamid.meta.${messageId}` });
          const { rows } = await database.owner.query('SELECT * FROM usage_facts WHERE message_id = $1', [messageId]);
          expect(rows).toMatchObject([
            {
              tenant_id: shop.tenantId,
              waba_id: shop.wabaId,
              category: 'utility',
              pricing: PRICING,
              sent_at: new Date(NOW * 1_000),
              delivered_at: new Date((NOW + 1) * 1_000),
              status: 'new',
            },
          ]);
          const told = await toldOf(shop.tenantId, ref);
          expect(told.map(([s]) => s.status).sort()).toEqual(['delivered', 'read', 'sent']);
          for (const statuses of told) expect(statuses).toMatchObject([{ biz_opaque_callback_data: 'order-7' }]);
        },
      ),
      { numRuns: 8 },
    );
  });

  it("never shows a tenant our callback data or Meta's id of its message", async () => {
    const { messageId, ref } = await accept(shop);
    await post(webhook(entryOf(shop, { statuses: [statusOf(messageId, 'sent', NOW)] })));
    await eventually(async () => (await toldOf(shop.tenantId, ref)).length === 1);
    const { rows } = await database.owner.query(
      `SELECT body FROM tenant_events WHERE body LIKE '%' || $1 || '%' OR body LIKE '%wamid.meta.' || $2 || '%'`,
      [callbackDataOf(messageId), messageId],
    );
    expect(rows).toEqual([]);
  });

  it('that overtakes the answer to our call waits for it, and is applied when it is there', async () => {
    const { messageId, ref } = await accept(shop);
    const { biz_opaque_callback_data: _, ...bare } = statusOf(messageId, 'delivered', NOW);
    await withPatience(60_000, async () => {
      await post(webhook(entryOf(shop, { statuses: [bare] })));
      await eventually(() => count(`meta_events WHERE note LIKE 'waits for%' AND status = 'new'`));
      await database.owner.query('UPDATE messages SET meta_message_id = $2 WHERE message_id = $1', [
        messageId,
        `wamid.meta.${messageId}`,
      ]);
      await settled();
    });
    expect(await toldOf(shop.tenantId, ref)).toMatchObject([[{ status: 'delivered' }]]);
  });

  it('about a message that is not ours is passed on as it came; with our callback data it is parked in sight', async () => {
    const foreign = { id: 'wamid.theirs', status: 'sent', timestamp: String(NOW), recipient_id: '1' };
    const lost = newId(new Date());
    await post(
      webhook(entryOf(other, { statuses: [foreign] }), entryOf(other, { statuses: [statusOf(lost, 'sent', NOW)] })),
    );
    await settled();
    expect(await toldOf(other.tenantId, 'wamid.theirs')).toEqual([[foreign]]);
    expect(await toldOf(other.tenantId, newMessageRef(lost))).toEqual([]);
    expect(await count(`meta_events WHERE status = 'parked' AND note = $1`, `waits for message ${lost}`)).toBe(1);
  });

  it("maps what a customer answers or reacts to, to the tenant's own id of it", async () => {
    const { messageId, ref } = await accept(shop);
    await post(webhook(entryOf(shop, { statuses: [statusOf(messageId, 'delivered', NOW)] })));
    const about = { from: '15557777', timestamp: String(NOW) };
    const metaId = `wamid.meta.${messageId}`;
    const messages = [
      { ...about, id: 'wamid.answer', type: 'text', text: { body: 'yes' }, context: { from: '1', id: metaId } },
      { ...about, id: 'wamid.smile', type: 'reaction', reaction: { message_id: metaId, emoji: '\u{1f600}' } },
    ];
    await settled();
    await post(webhook(entryOf(shop, { messages })));
    await settled();
    const told = (await toldTo(shop.tenantId, 'message')).map((b) => b.entry[0].changes[0].value.messages);
    const of = (id: string) => told.filter(([m]) => m.id === id);
    expect(of('wamid.answer')).toMatchObject([[{ context: { from: '1', id: ref } }]]);
    expect(of('wamid.smile')).toMatchObject([[{ reaction: { message_id: ref } }]]);
  });

  it('that cannot be applied is tried again, then parked with a note, and the others go on', async () => {
    await database.owner.query(`ALTER TABLE inbound_messages ADD CONSTRAINT planted CHECK (type <> 'poison')`);
    const poison = { ...textFrom('15550004', 'wamid.poison').messages[0], type: 'poison' };
    await post(webhook(entryOf(shop, { messages: [poison] }), entryOf(shop, textFrom('15550004', 'wamid.after'))));
    await settled();
    const parked = await database.owner.query(`SELECT attempts, note FROM meta_events WHERE note LIKE '%planted%'`);
    expect(parked.rows).toMatchObject([{ attempts: 2, note: expect.stringContaining('attempt 3') }]);
    expect(await count(`inbound_messages WHERE meta_message_id = 'wamid.after'`)).toBe(1);
    await database.owner.query('ALTER TABLE inbound_messages DROP CONSTRAINT planted');
  });

  it('is applied although Redis forgot to wake its lane', async () => {
    const event = { tenantId: shop.tenantId, route: `phone_number:${shop.metaPhoneNumberId}`, field: 'messages' };
    const body = JSON.stringify(entryOf(shop, {}).changes[0]);
    const events = running.app.get(MetaEvents);
    await events.store({ ...event, eventId: newId(new Date()), body });
    await events.store({ ...event, tenantId: PROVIDER_TENANT, eventId: newId(new Date()), body });
    expect(await events.routesWithWork(new Date())).toEqual([{ tenantId: event.tenantId, route: event.route }]);
    await settled();
  });

  it('of a month to come finds a partition of its own', async () => {
    const clock = new ManualClock(new Date('2031-03-15T12:00:00Z'));
    await new PartitionUpkeep(db, running.app.get(Periodic), clock, running.app.get(LOGGER)).look();
    const { rows } = await database.owner.query(
      `SELECT to_regclass('meta_events_2031_05') AS made, to_regclass('meta_events_2031_06') AS later`,
    );
    expect(rows).toEqual([{ made: 'meta_events_2031_05', later: null }]);
  });

  it('is forgotten with its month once all of it is older than 30 days, but not while it waits to be applied', async () => {
    const months = ['2020-01-01', '2020-02-01', '2020-03-01'];
    const tables = ['meta_events', 'tenant_events', 'webhook_deliveries', 'usage_facts'];
    for (const month of months)
      for (const table of tables) await database.owner.query(`CALL paloma_partition_month('${table}', $1)`, [month]);
    await database.owner.query(
      `INSERT INTO meta_events (tenant_id, event_id, route, field, body, due_at, status)
       VALUES ($1, paloma_first_id('2020-01-15'), 'waba:1', 'x', '{}', '2100-01-01', 'new'),
              ($1, paloma_first_id('2020-02-15'), 'waba:1', 'x', '{}', NULL, 'parked')`,
      [PROVIDER_TENANT],
    );
    const clock = new ManualClock(new Date('2020-04-10T12:00:00Z'));
    await new PartitionUpkeep(db, running.app.get(Periodic), clock, running.app.get(LOGGER)).forget();
    const { rows } = await database.owner.query(
      `SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '_2020_0[123]$' ORDER BY 1`,
    );
    expect(rows.map((r) => r.relname)).toEqual([
      'meta_events_2020_01',
      'meta_events_2020_03',
      'tenant_events_2020_03',
      'usage_facts_2020_01',
      'usage_facts_2020_02',
      'usage_facts_2020_03',
      'webhook_deliveries_2020_03',
    ]);
    await database.owner.query(`UPDATE meta_events SET status = 'done' WHERE event_id = paloma_first_id('2020-01-15')`);
  });

  it('changes templates, limits and throughput, and is passed on all the same', async () => {
    const templateId = randomUUID();
    await database.owner.query(
      `INSERT INTO templates (tenant_id, template_id, waba_id, meta_template_id, name, language, category, status,
                              status_at, components, created_at, updated_at)
       VALUES ($1, $2, $3, '12345678901234567890', 'order', 'en_US', 'utility', 'pending', '2020-01-01', '[]', now(), now())`,
      [shop.tenantId, templateId, shop.wabaId],
    );
    const change = (field: string, value: string) =>
      `{"object":"whatsapp_business_account","entry":[{"id":"${shop.metaWabaId}","time":${NOW},"changes":[{"value":${value},"field":"${field}"}]}]}`;
    const approved = change(
      'message_template_status_update',
      '{"event":"APPROVED","message_template_id":12345678901234567890,"reason":"NONE"}',
    );
    await post(approved);
    await post(approved);
    const digits = shop.displayPhoneNumber.slice(1);
    const upgrade = { display_phone_number: digits, event: 'THROUGHPUT_UPGRADE' };
    await post(change('phone_number_quality_update', JSON.stringify(upgrade)));
    await post(change('business_capability_update', '{"max_daily_conversations_per_business":2000}'));
    await settled();
    const one = async (sql: string, id: string) => (await database.owner.query(sql, [id])).rows[0];
    expect(await one('SELECT status FROM templates WHERE template_id = $1', templateId)).toEqual({
      status: 'approved',
    });
    expect(
      await one('SELECT throughput_level FROM phone_numbers WHERE phone_number_id = $1', shop.phoneNumberId),
    ).toEqual({ throughput_level: 'HIGH' });
    expect(await one('SELECT messaging_limit FROM portfolios WHERE portfolio_id = $1', shop.portfolioId)).toEqual({
      messaging_limit: 'TIER_2K',
    });
    const { rows } = await database.owner.query(
      `SELECT body FROM tenant_events WHERE kind = 'message_template_status_update'`,
    );
    expect(rows.map((r) => r.body)).toEqual([approved]);
  });

  it('of a ban stops the numbers until they are reinstated, and names and quality are kept with their cause', async () => {
    const change = (field: string, time: number, value: object) =>
      post(webhook({ id: shop.metaWabaId, time, changes: [{ field, value }] }));
    const ban = (state: string) => ({ event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: state } });
    const number = async () =>
      (
        await database.owner.query(
          'SELECT status, verified_name, quality_rating FROM phone_numbers WHERE phone_number_id = $1',
          [shop.phoneNumberId],
        )
      ).rows[0];
    const display_phone_number = shop.displayPhoneNumber.slice(1);
    const name = { display_phone_number, decision: 'APPROVED', requested_verified_name: 'Blue Shop' };
    await change('account_update', NOW, ban('DISABLE'));
    await change('phone_number_name_update', NOW, name);
    await change('phone_number_quality_update', NOW, { display_phone_number, event: 'FLAGGED' });
    await settled();
    expect(await number()).toEqual({ status: 'BANNED', verified_name: 'Blue Shop', quality_rating: 'RED' });
    await change('account_update', NOW + 1, ban('REINSTATE'));
    await change('account_update', NOW - 5, ban('DISABLE'));
    await change('account_update', NOW, ban('DISABLE'));
    await change('phone_number_name_update', NOW + 1, { ...name, decision: 'REJECTED', rejection_reason: 'UNKNOWN' });
    await settled();
    expect(await number()).toMatchObject({ status: 'CONNECTED', verified_name: 'Blue Shop' });
    const { rows } = await database.owner.query(
      `SELECT told, detail ->> 'rejection_reason' AS why FROM account_events WHERE topic = 'name' ORDER BY at`,
    );
    expect(rows).toEqual([
      { told: 'APPROVED', why: null },
      { told: 'REJECTED', why: 'UNKNOWN' },
    ]);
  });
});
