import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { Redis } from 'ioredis';
import { ConsentModule, Suppression } from '#libs/consent';
import { newId } from '#libs/ids';
import { MediaStore, MediaStoreModule } from '#libs/media-store';
import { Database } from '#libs/persistence';
import { type Retention, Retentions } from '#libs/privacy';
import { ProcessModule } from '#libs/process';
import { WebhookDeliveries } from '#libs/tenant-events';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { liveWith, NAME, NUMBER, OTHER_FORM, SOMEBODY, USER_ID } from '../../../../test/support/customer-life.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { AdminModule } from '../admin.module.js';
import { AdminWorkerModule } from '../admin-worker.module.js';
import { StaffUsers } from '../identity/staff-users.js';
import { BODIES, SAY_NOTHING } from './bodies.js';
import { ForgetBodies } from './forget-bodies.js';
import { inMessageIds } from './needles.js';
import { ELSEWHERE, NO_CUSTOMERS, PLACES } from './places.js';

const PASSWORD = 'a long enough password';
/** So long ago that Meta reports no more on it. */
const at = new Date(Date.now() - 3 * 86_400_000);
const TRACES = [NUMBER, OTHER_FORM, USER_ID, NAME, inMessageIds(NUMBER)];

/** What the merchants' own apps have. */
@Module({ imports: [ProcessModule.forRoot({ queues: [] }), ConsentModule, MediaStoreModule] })
class MerchantAppModule {}

describe('privacy', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let worker: RunningApp;
  let merchants: RunningApp;
  let folder: string;
  let shop: FoundedNumber;
  let other: FoundedNumber;
  let messageId: string;
  let token: string;
  let redisAt: { url: string; prefix: string };

  beforeAll(async () => {
    database = await cloneDatabase();
    folder = await mkdtemp(join(tmpdir(), 'paloma-privacy-'));
    const environment = testEnvironment(database, { LOG_LEVEL: 'fatal', MEDIA_FOLDER: folder });
    admin = await startApp(AdminModule, environment, { name: 'admin', describe: 'Admin.' });
    redisAt = { url: environment.REDIS_URL ?? '', prefix: environment.REDIS_PREFIX ?? '' };
    merchants = await startApp(MerchantAppModule, environment);
    worker = await startApp(AdminWorkerModule, environment, { name: 'admin-worker' });
    const boss = { email: 'boss@provider.example', role: 'administrator', password: PASSWORD } as const;
    await admin.app.get(StaffUsers).create(boss, { who: 'a test', reason: 'a test' });
    const { email, password } = boss;
    token = (await http('POST', `${admin.url}/admin/v1/sessions`, { body: { email, password } })).body.access_token;
    shop = await foundNumber(database, 'Shop');
    other = await foundNumber(database, 'Other shop');
    const media = merchants.app.get(MediaStore);
    messageId = await liveWith(database, media, shop);
    await liveWith(database, media, other);
  });
  afterAll(async () => {
    await worker.close();
    await merchants.close();
    await admin.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const call = (method: string, path: string, body?: object) =>
    http(method, `${admin.url}/admin/v1${path}`, { token, ...(body ? { body } : {}) });

  /** Every row of every table and partition as text, with `tenant` only that tenant's. */
  async function dump(tenant?: string): Promise<string> {
    const tables = await database.owner.query(`
      SELECT c.relname AS name, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS of
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`);
    const texts: string[] = [];
    for (const { name, of } of tables.rows) {
      // The sums of a tenant's traffic are added up meanwhile, whoever is forgotten.
      if (tenant && (!of || ['message_news', 'traffic_days'].includes(name))) continue;
      const rows = await database.owner.query(
        `SELECT '${name}' || t::text AS row FROM ${name} t ${tenant ? `WHERE tenant_id = '${tenant}'` : ''}`,
      );
      texts.push(...rows.rows.map((r) => r.row));
    }
    // PostgreSQL gives rows in no order.
    return texts.sort().join('\n');
  }
  const tracesIn = (text: string) => TRACES.filter((trace) => text.includes(trace));

  async function redisOf(): Promise<string> {
    const { url, prefix } = redisAt;
    const redis = new Redis(url);
    const keys = await redis.keys(`*${prefix}*`);
    const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    await redis.quit();
    return [...keys, ...values.map((value) => value?.toString('latin1') ?? '')].join('\n');
  }

  async function filesIn(tenantId: string): Promise<string> {
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const mine = files.filter((f) => f.isFile() && f.parentPath.includes(tenantId));
    return (await Promise.all(mine.map((f) => readFile(join(f.parentPath, f.name), 'utf8')))).join('\n');
  }

  it('has no table whose customers nobody thought of', async () => {
    const { rows } = await database.owner.query(`
      SELECT DISTINCT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`);
    const thoughtOf = new Set([...PLACES.map((p) => p.table), ...ELSEWHERE, ...Object.keys(NO_CUSTOMERS)]);
    expect(rows.map((r) => r.name).filter((name) => !thoughtOf.has(name))).toEqual([]);
  });

  it('exports what a merchant keeps of a customer, found under any of their names', async () => {
    const answer = await call('POST', `/tenants/${shop.tenantId}/customer-exports`, {
      customer: `+${OTHER_FORM}`,
      reason: 'ticket 7',
    });
    expect(answer.status).toBe(200);
    expect(answer.body.identifiers.sort()).toEqual([OTHER_FORM, NUMBER, USER_ID].sort());
    expect(answer.body.names).toEqual([NAME]);
    expect(Object.keys(answer.body.rows).sort()).toEqual(
      expect.arrayContaining([
        'consent_records',
        'contacts',
        'inbound_messages',
        'messages',
        'tenant_events',
        'usage_facts',
      ]),
    );
    expect(answer.body.files).toHaveLength(1);
    expect(answer.body.truncated).toEqual([]);
  });

  it('exports all of the customer, also what is on its way, and nothing of those who wrote of them', async () => {
    const now = new Date();
    const [waiting, fact] = [newId(now), newId(now)];
    await database.owner.query(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                             status_at, not_before, expires_at)
       VALUES ($1, $2, $3, $4, 'text', '{"text":{"body":"later"}}', 1, true, 'parked', $5, $5, now() + '2 days')`,
      [other.tenantId, waiting, other.phoneNumberId, NUMBER, now],
    );
    await database.owner.query(
      `INSERT INTO usage_facts (tenant_id, message_id, phone_number_id, waba_id, recipient, type, in_window, sent_at,
                                delivered_at, status) VALUES ($1, $2, $3, $4, $5, 'text', true, $6, $6, 'new')`,
      [other.tenantId, fact, other.phoneNumberId, other.wabaId, NUMBER, now],
    );
    const { body } = await call('POST', `/tenants/${other.tenantId}/customer-exports`, {
      customer: NUMBER,
      reason: 'ticket 8',
    });
    const ids = (table: string) => body.rows[table].map((row: { message_id: string }) => row.message_id);
    expect(ids('messages')).toHaveLength(2);
    expect(ids('messages')).toContain(waiting);
    expect(ids('usage_facts')).toContain(fact);
    expect(body.rows.inbound_messages).toHaveLength(1);
    expect(JSON.stringify(body.rows)).not.toContain(SOMEBODY);
    await database.owner.query('DELETE FROM messages WHERE message_id = $1', [waiting]);
    await database.owner.query('DELETE FROM usage_facts WHERE message_id = $1', [fact]);
  });

  it('keeps a reason that names the customer out of a log that is never changed', async () => {
    for (const reason of ['+52 1 55 1234 5678 asked', 'asked by (52) 55 1234-5678']) {
      const answer = await call('POST', `/tenants/${shop.tenantId}/erasures`, { customer: NUMBER, reason });
      expect(answer.body.error.code).toBe('reason_names_customer');
    }
  });

  it('lets a message be read with a reason that is written down', async () => {
    const answer = await call('POST', `/messages/${messageId}/body`, { reason: 'a complaint' });
    expect(answer.body.body).toEqual({ text: { body: `Hola ${NAME}` } });
    const { rows } = await database.owner.query(`SELECT who, reason FROM audit_log WHERE action = 'message.body.read'`);
    expect(rows).toEqual([{ who: 'boss@provider.example', reason: 'a complaint' }]);
  });

  describe('forgetting a customer', () => {
    it('leaves no trace of them in any table, file, or key of Redis, and touches no other tenant', async () => {
      expect(tracesIn(await dump(shop.tenantId)).sort()).toEqual([...TRACES].sort());
      expect(tracesIn(await filesIn(shop.tenantId))).toEqual([NUMBER, NAME]);
      const untouched = await dump(other.tenantId);

      const asked = await call('POST', `/tenants/${shop.tenantId}/erasures`, { customer: NUMBER, reason: 'ticket 7' });
      expect(asked.status).toBe(201);
      const erasure = await eventually(async () => {
        const { body } = await call('GET', `/tenants/${shop.tenantId}/erasures/${asked.body.id}`);
        return body.state !== 'waiting' && body;
      }, 60_000);

      expect(erasure).toMatchObject({ state: 'done', remains: {}, asked_by: 'staff:boss@provider.example' });
      expect(erasure.found).toMatchObject({ messages: 2, inbound_messages: 2, tenant_events: 1, media: 1 });
      expect(tracesIn(await dump(shop.tenantId))).toEqual([]);
      expect(tracesIn(await filesIn(shop.tenantId))).toEqual([]);
      expect(tracesIn(await redisOf())).toEqual([]);
      expect(await dump(other.tenantId)).toBe(untouched);
      expect(tracesIn(await filesIn(other.tenantId))).toEqual([NUMBER, NAME]);
    });

    it('keeps that a message was sent and where to, so that its charge can be explained', async () => {
      const { rows } = await database.owner.query(
        `SELECT m.recipient, f.recipient AS billed, m.status FROM messages m JOIN usage_facts f USING (tenant_id, message_id)
          WHERE m.message_id = $1`,
        [messageId],
      );
      expect(rows[0]).toEqual({
        recipient: expect.stringMatching(/^521~/),
        billed: rows[0].recipient,
        status: 'delivered',
      });
    });

    it('keeps an opted-out number opted out', async () => {
      const suppression = merchants.app.get(Suppression);
      const stop = async (customer: string) => {
        const question = await suppression.whyStopped([{ tenantId: shop.tenantId, customer, purpose: 'marketing' }]);
        const [[why]] = await merchants.app.get(Database).askTogether(question, question);
        return why;
      };
      for (const customer of [NUMBER, OTHER_FORM, USER_ID]) {
        expect((await stop(customer))?.why).toBe('withdrawn');
      }
      expect(await stop(SOMEBODY)).toBeUndefined();
    });
  });

  it('says of every place of a customer whether it keeps what messages say', () => {
    const emptied = new Set(BODIES.map((b) => b.table));
    const others = [...PLACES.map((p) => p.table), ...ELSEWHERE].filter((table) => !emptied.has(table));
    expect(Object.keys(SAY_NOTHING).sort()).toEqual([...new Set(others)].sort());
  });

  it('takes away what messages said when a tenant keeps it no longer, and what waited as soon as it has ended', async () => {
    const set = await call('PUT', `/tenants/${other.tenantId}/retention`, { body_days: 2, reason: 'their wish' });
    expect(set.body).toEqual({ body_days: 2 });
    const { tenantId } = other;
    const [waiting, event, run, bot] = [newId(at), newId(at), newId(at), newId(at)];
    const owner = (sql: string, ...values: unknown[]) => database.owner.query(sql, [tenantId, ...values]);
    await owner(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                             status_at, not_before, expires_at)
       VALUES ($1, $2, $3, $4, 'text', '{"text":{"body":"later"}}', 1, true, 'accepted', $5, now() + '1 day', now() + '2 days')`,
      waiting,
      other.phoneNumberId,
      SOMEBODY,
      at,
    );
    await owner(
      `INSERT INTO meta_events (tenant_id, event_id, route, field, body, status)
       VALUES ($1, $2, 'phone_number:1', 'messages', '{"text":"raw"}', 'parked')`,
      event,
    );
    const [conversation] = (await owner('SELECT conversation_id AS id FROM inbox_conversations WHERE tenant_id = $1'))
      .rows;
    await owner(
      `INSERT INTO inbox_sayings (tenant_id, saying_id, conversation_id, origin, body, state, due_at)
       VALUES ($1, $2, $3, '{}', '{"text":{"body":"said"}}', 'sent', $4)`,
      newId(at),
      conversation.id,
      at,
    );
    await owner(
      `INSERT INTO bots (tenant_id, bot_id, name, draft, updated_at) VALUES ($1, $2, 'Bot', '{}', $3)`,
      bot,
      at,
    );
    await owner(
      `INSERT INTO bot_versions (tenant_id, bot_id, version, flow, made_by, published_at)
       VALUES ($1, $2, 1, '{}', 'user:1', $3)`,
      bot,
      at,
    );
    await owner(
      `INSERT INTO bot_runs (tenant_id, run_id, bot_id, version, conversation_id, state) VALUES ($1, $2, $3, 1, $4, '{}')`,
      run,
      bot,
      conversation.id,
    );
    await owner(
      `INSERT INTO bot_run_steps (tenant_id, run_id, nth, at, event, effects)
       VALUES ($1, $2, 0, $3, '{"kind":"heard","text":"said"}', '[{"do":"send"}]')`,
      run,
      at,
    );
    await owner(`UPDATE tenants SET created_at = now() - interval '9 days' WHERE tenant_id = $1`);
    const forget = async () => {
      const rule = (await worker.app.get(Retentions).all()).find((r) => r.tenantId === tenantId);
      await worker.app.get(ForgetBodies).run(rule as Retention);
    };
    const bodies = async () => {
      const { rows } = await owner(
        `SELECT payload::text FROM messages WHERE tenant_id = $1 UNION ALL SELECT payload::text FROM inbound_messages WHERE tenant_id = $1`,
      );
      return rows.map((r) => r.payload).sort();
    };
    await forget();
    const [{ media_id: file }] = (await owner('SELECT media_id FROM media WHERE tenant_id = $1')).rows;
    const onlyFile = `{"files" : [{"id" : "${file}"}]}`;
    expect(await bodies()).toEqual([onlyFile, '{"text":{"body":"later"}}', '{}', '{}', '{}']);
    const said = await owner(
      `SELECT body::text AS text FROM inbox_sayings WHERE tenant_id = $1
       UNION ALL SELECT event::text || effects::text FROM bot_run_steps WHERE tenant_id = $1`,
    );
    expect(said.rows.map((r) => r.text.replaceAll(' ', ''))).toEqual(['{}', '{"kind":"heard"}[]']);

    await owner(`UPDATE messages SET status = 'expired' WHERE tenant_id = $1 AND message_id = $2`, waiting);
    await owner(`UPDATE meta_events SET status = 'done' WHERE tenant_id = $1 AND event_id = $2`, event);
    await forget();
    expect(await bodies()).toEqual([onlyFile, '{}', '{}', '{}', '{}']);
    expect((await owner('SELECT 1 FROM meta_events WHERE tenant_id = $1')).rows).toEqual([]);
    await forget();
    expect((await owner('SELECT late FROM retentions WHERE tenant_id = $1')).rows).toEqual([{ late: [] }]);
  });

  it('takes no post away that the merchant’s endpoint has not taken yet, and each as soon as it has', async () => {
    const shop = await foundNumber(database, 'Down');
    const { tenantId } = shop;
    await call('PUT', `/tenants/${tenantId}/retention`, { body_days: 1, reason: 'their wish' });
    const owner = (sql: string, ...values: unknown[]) => database.owner.query(sql, [tenantId, ...values]);
    await owner(`UPDATE tenants SET created_at = now() - interval '30 days' WHERE tenant_id = $1`);
    const daysAgo = (days: number) => newId(new Date(Date.now() - days * 86_400_000));
    const [down, off] = [newId(new Date()), newId(new Date())];
    for (const [endpoint, enabled] of [
      [down, true],
      [off, false],
    ]) {
      await owner(
        `INSERT INTO webhook_endpoints (tenant_id, endpoint_id, url, sealed_secret, enabled, managed_by, created_at, updated_at)
         VALUES ($1, $2, 'https://shop.example', '', $3, 'tenant', now(), now())`,
        endpoint,
        enabled,
      );
    }
    const [taken, waits, missed, lost] = [daysAgo(2), daysAgo(3), daysAgo(4), daysAgo(12)];
    for (const [event, endpoint, status] of [
      [taken, down, 'delivered'],
      [waits, down, 'waiting'],
      [waits, off, 'waiting'],
      [missed, off, 'waiting'],
      [lost, off, 'waiting'],
    ]) {
      await owner(
        `INSERT INTO tenant_events (tenant_id, event_id, kind, body) VALUES ($1, $2, 'status', '{}') ON CONFLICT DO NOTHING`,
        event,
      );
      await owner(
        `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, status, due_at) VALUES ($1, $2, $3, $4, now())`,
        endpoint,
        event,
        status,
      );
    }
    const forget = async () => {
      const rule = (await worker.app.get(Retentions).all()).find((r) => r.tenantId === tenantId);
      await worker.app.get(ForgetBodies).run(rule as Retention);
    };
    const posted = (endpoint: string) =>
      worker.app
        .get(Database)
        .inTenant(tenantId, (tx) =>
          new WebhookDeliveries().due(tx, tenantId, endpoint, { now: new Date(), holdAttempts: 3, limit: 10 }),
        );
    const events = async () =>
      (await owner('SELECT event_id AS id FROM tenant_events WHERE tenant_id = $1')).rows.map((r) => r.id).sort();

    await forget();
    expect((await posted(down)).map((post) => post.eventId)).toEqual([waits]);
    expect((await posted(off)).map((post) => post.eventId)).toEqual([waits, missed]);
    expect(await events()).toEqual([missed, waits]);

    await owner(`UPDATE webhook_deliveries SET status = 'delivered' WHERE tenant_id = $1`);
    await forget();
    expect(await events()).toEqual([]);
    expect((await owner('SELECT 1 FROM webhook_deliveries WHERE tenant_id = $1')).rows).toEqual([]);
    await forget();
    expect((await owner('SELECT late FROM retentions WHERE tenant_id = $1')).rows).toEqual([{ late: [] }]);
  });
});
