import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { Controller, Get, Module, Post, UseGuards } from '@nestjs/common';
import { Redis } from 'ioredis';
import { CLOCK, type Clock } from '#libs/clock';
import {
  type Closing,
  ClosingModule,
  Closings,
  EXPORTED,
  ExportTenant,
  GOES,
  isSecretColumn,
  KEPT,
  STAYS,
} from '#libs/closing';
import { newId } from '#libs/ids';
import { MediaStore, MediaStoreModule } from '#libs/media-store';
import { Database } from '#libs/persistence';
import { ProcessModule } from '#libs/process';
import { AuditLog } from '#libs/staff';
import { TenantGuard, Tenants, TenantsModule } from '#libs/tenants';
import { WalletModule, Wallets } from '#libs/wallet';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { liveWith, NAME, NUMBER, OTHER_FORM, USER_ID } from '../../../../test/support/customer-life.js';
import { cloneDatabase, connect, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { unzip } from '../../../../test/support/unzip.js';
import { ExportsModule } from '../../../gateway/src/exports/exports.module.js';
import { AdminModule } from '../admin.module.js';
import { AdminWorkerModule } from '../admin-worker.module.js';
import { StaffUsers } from '../identity/staff-users.js';
import { inMessageIds } from '../privacy/needles.js';
import { SEALED_COLUMNS } from '../secrets/sealed-columns.js';
import { EraseTenant } from './erase-tenant.js';

const PASSWORD = 'a long enough password';
const TRACES = [NUMBER, OTHER_FORM, USER_ID, NAME, inMessageIds(NUMBER)];

@Controller('api/v1/things')
@UseGuards(TenantGuard)
class ThingsController {
  @Get() read(): string {
    return 'things';
  }
  @Post() change(): string {
    return 'changed';
  }
}
/** What the merchants' own apps have. */
@Module({
  imports: [ProcessModule.forRoot({ queues: [] }), TenantsModule, MediaStoreModule, ExportsModule, WalletModule],
  controllers: [ThingsController],
})
class MerchantAppModule {}

/** What erases, without what calls it every few seconds. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: [], database: 'STAFF_DATABASE_URL' }),
    ClosingModule,
    MediaStoreModule,
    WalletModule,
  ],
  providers: [EraseTenant, AuditLog],
})
class EraserModule {}

describe('closing a tenant', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let merchants: RunningApp;
  let environment: Record<string, string>;
  let folder: string;
  let token: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    folder = await mkdtemp(join(tmpdir(), 'paloma-closing-'));
    environment = testEnvironment(database, { LOG_LEVEL: 'fatal', MEDIA_FOLDER: folder });
    admin = await startApp(AdminModule, environment, { name: 'admin', describe: 'Admin.' });
    merchants = await startApp(MerchantAppModule, environment);
    const boss = { email: 'boss@provider.example', role: 'administrator', password: PASSWORD } as const;
    await admin.app.get(StaffUsers).create(boss, { who: 'a test', reason: 'a test' });
    const { email, password } = boss;
    token = (await http('POST', `${admin.url}/admin/v1/sessions`, { body: { email, password } })).body.access_token;
  });
  afterAll(async () => {
    await merchants.close();
    await admin.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const call = (method: string, path: string, body?: object) =>
    http(method, `${admin.url}/admin/v1${path}`, { token, ...(body ? { body } : {}) });
  const begin = ({ tenantId }: FoundedNumber) =>
    call('POST', `/tenants/${tenantId}/closing`, { reason: 'they asked, ticket 9' });
  const closingOf = async ({ tenantId }: FoundedNumber) => (await call('GET', `/tenants/${tenantId}/closing`)).body;
  const keyOf = async ({ tenantId }: FoundedNumber) =>
    (await merchants.app.get(Tenants).issueApiKey(tenantId, 'test')).apiKey;
  const things = (key: string, method: string) => http(method, `${merchants.url}/api/v1/things`, { token: key });
  const tracesIn = (text: string) => TRACES.filter((trace) => text.includes(trace));

  async function merchant(name: string, life = true): Promise<FoundedNumber> {
    const number = await foundNumber(database, name);
    if (life) await liveWith(database, merchants.app.get(MediaStore), number);
    return number;
  }

  /** What follows the grace, as the onboarding app's worker leaves it when Meta has been left. */
  async function graceEnds({ tenantId }: FoundedNumber): Promise<void> {
    await database.owner.query(
      `UPDATE closings SET state = 'erasing', closes_at = now() - interval '1 hour', due_at = now() WHERE tenant_id = $1`,
      [tenantId],
    );
    await database.owner.query(`UPDATE tenants SET status = 'closed' WHERE tenant_id = $1`, [tenantId]);
  }

  /** Every row of every table and partition as text, of one tenant or of all. */
  async function dump(tenant?: string): Promise<string> {
    const tables = await database.owner.query(`
      SELECT c.relname AS name, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS of
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`);
    const texts: string[] = [];
    for (const { name, of } of tables.rows) {
      if (tenant && (!of || ['message_news', 'traffic_days'].includes(name))) continue;
      const { rows } = await database.owner.query(
        `SELECT '${name} ' || t::text AS row FROM ${name} t ${tenant ? `WHERE tenant_id = '${tenant}'` : ''}`,
      );
      texts.push(...rows.map((r) => r.row));
    }
    return texts.sort().join('\n');
  }
  async function filesIn(tenantId: string): Promise<string[]> {
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const mine = files.filter((f) => f.isFile() && f.parentPath.includes(tenantId));
    return Promise.all(mine.map((f) => readFile(join(f.parentPath, f.name), 'utf8')));
  }
  async function redisText(): Promise<string> {
    const redis = new Redis(environment.REDIS_URL ?? '');
    const keys = await redis.keys(`*${environment.REDIS_PREFIX}*`);
    const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    await redis.quit();
    return [...keys, ...values.map((value) => value?.toString('latin1') ?? '')].join('\n');
  }

  describe('what becomes of tables', () => {
    it('is said for each that holds rows of a tenant: it goes or it stays, and there is no other', async () => {
      const { rows } = await database.owner.query(`
        SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`);
      expect([...GOES.map((g) => g.table), ...Object.keys(STAYS)].sort()).toEqual(rows.map((r) => r.name));
    });

    it('is what the door may erase', async () => {
      const { rows } = await database.owner.query(`
        SELECT polrelid::regclass::text AS name FROM pg_policy WHERE polname = 'door_erases' ORDER BY 1`);
      expect(rows.map((r) => r.name)).toEqual(GOES.map((g) => g.table).sort());
    });

    it('goes in an order in which nothing refers to what has gone', async () => {
      const { rows } = await database.owner.query(`
        SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent FROM pg_constraint
         WHERE contype = 'f' AND conparentid = 0 AND conrelid <> confrelid`);
      const place = new Map(GOES.map((g, i) => [g.table, i]));
      const wrong = rows.filter(({ child, parent }) => {
        const [first, then] = [place.get(child), place.get(parent)];
        return then !== undefined && (first === undefined || first > then);
      });
      expect(wrong).toEqual([]);
    });

    it('leaves nothing in an export that proves who somebody is', async () => {
      const sealed = SEALED_COLUMNS.filter(({ table }) => EXPORTED.includes(table));
      expect(sealed.filter(({ column }) => !isSecretColumn(column))).toEqual([]);
      const { rows } = await database.owner.query(
        `SELECT table_name || '.' || column_name AS name, column_name AS column FROM information_schema.columns
          WHERE table_name = ANY ($1) AND (data_type = 'bytea' OR column_name ~ 'secret|password|token|hash') ORDER BY 1`,
        [EXPORTED],
      );
      expect(rows.filter((r) => !isSecretColumn(r.column)).map((r) => r.name)).toEqual([
        'application_documents.bytes',
        'media.sha256',
        'webhook_endpoints.previous_secret_until',
      ]);
    });
  });

  describe('what of an exported table is kept back', () => {
    it('is of tables and columns that there are', async () => {
      const { rows } = await database.owner.query(
        `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public'`,
      );
      const named = Object.entries(KEPT).flatMap(([table, { without = [] }]) => [
        `${table}.tenant_id`,
        ...without.map((column) => `${table}.${column}`),
      ]);
      const there = new Set(rows.map((r) => r.name));
      expect(named.filter((name) => !there.has(name))).toEqual([]);
      expect(Object.keys(KEPT).filter((table) => !EXPORTED.includes(table))).toEqual([]);
    });

    it('is every column that says what the provider pays or who of its people did something', async () => {
      const { rows } = await database.owner.query(
        `SELECT table_name AS table, column_name AS column FROM information_schema.columns
          WHERE table_name = ANY ($1) AND column_name ~ '_by$|^who$|cost|margin|findings' ORDER BY 1, 2`,
        [EXPORTED],
      );
      const told = rows.filter(({ table, column }) => !KEPT[table]?.without?.includes(column));
      const byPeople = told.filter(({ column }) => column !== 'made_by').map((r) => `${r.table}.${r.column}`);
      expect(byPeople).toEqual([
        'application_entries.who', // merchant, staff or system
        'erasures.asked_by', // as GET /api/v1/erasures shows it
        'support_accesses.ended_by', // as GET /api/v1/support-accesses shows it
        'support_accesses.who',
        'wallet_disputes.taken_by', // an entry of the journal
        'webhook_endpoints.managed_by', // through which API
      ]);
      const byUsers = told.filter(({ column }) => column === 'made_by').map((r) => r.table);
      expect(byUsers.filter((table) => table in STAYS)).toEqual([]);
    });
  });

  it('first shows what would go, what would stay and why, and changes nothing', async () => {
    const shop = await merchant('Preview');
    const before = await dump(shop.tenantId);
    const { status, body } = await call('GET', `/tenants/${shop.tenantId}/closing/preview`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      goes: { contacts: 1, messages: 2, inbound_messages: 2, media: 1 },
      files: { count: 1 },
      numbers: [{ number: shop.displayPhoneNumber, status: 'CONNECTED' }],
      accounts: ['Preview'],
      messages_waiting: 0,
      wallet: null,
    });
    expect(body.stays).toContainEqual({ table: 'tenants', rows: 1, why: expect.stringContaining('books') });
    expect(await dump(shop.tenantId)).toBe(before);
    expect((await call('GET', `/tenants/${shop.tenantId}/closing`)).status).toBe(404);
  });

  it('lets a tenant read until the day that each refusal names, and undone lets it stand as it stood', async () => {
    const shop = await merchant('Undone', false);
    const key = await keyOf(shop);
    await call('POST', `/tenants/${shop.tenantId}/suspend`, { level: 'marketing', reason: 'a test' });
    const begun = await begin(shop);
    expect([begun.status, begun.body.state]).toEqual([201, 'grace']);
    const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    expect(begun.body.closes_at.slice(0, 10)).toBe(day);

    const refused = await eventually(async () => {
      const answer = await things(key, 'POST');
      return answer.status === 403 && answer.body.error;
    });
    expect(refused).toMatchObject({ code: 'account_closing', message: expect.stringContaining(day) });
    expect((await things(key, 'GET')).status).toBe(200);
    expect((await call('GET', `/tenants/${shop.tenantId}`)).body).toMatchObject({ status: 'closing', off: 'sending' });
    expect((await begin(shop)).status).toBe(409);
    expect((await call('POST', `/tenants/${shop.tenantId}/resume`, { reason: 'a test' })).status).toBe(409);

    const undone = await call('POST', `/tenants/${shop.tenantId}/closing/undo`, { reason: 'a mistake' });
    expect(undone.body).toMatchObject({ state: 'undone', undone_at: expect.any(String) });
    await eventually(async () => (await things(key, 'POST')).status === 201);
    expect((await call('GET', `/tenants/${shop.tenantId}`)).body).toMatchObject({ status: 'active', off: 'marketing' });
    expect((await call('POST', `/tenants/${shop.tenantId}/closing/undo`, { reason: 'twice' })).status).toBe(409);

    const told = await database.owner.query(
      `SELECT body::jsonb - 'at' AS body FROM tenant_events WHERE tenant_id = $1 AND kind = 'account_closing' ORDER BY event_id`,
      [shop.tenantId],
    );
    expect(told.rows.map((r) => r.body)).toMatchObject([
      { closing: true, closes_at: begun.body.closes_at },
      { closing: false },
    ]);
    const audit = await database.owner.query(
      `SELECT action, reason FROM audit_log WHERE tenant_id = $1 AND action LIKE 'tenant.close%' ORDER BY seq`,
      [shop.tenantId],
    );
    expect(audit.rows).toEqual([
      { action: 'tenant.close', reason: 'they asked, ticket 9' },
      { action: 'tenant.close.undo', reason: 'a mistake' },
    ]);
  });

  it('gives everything of the tenant to the tenant and to staff, and nothing of others and no secrets', async () => {
    const shop = await merchant('Takes along');
    const other = await merchant('Stays');
    const key = await keyOf(shop);
    await begin(shop);
    const asked = await http('POST', `${merchants.url}/api/v1/exports`, { token: key });
    const byStaff = await call('POST', `/tenants/${shop.tenantId}/exports`, { reason: 'by post' });
    expect([asked.status, byStaff.status]).toEqual([201, 201]);
    for (const { url } of [asked.body, byStaff.body]) {
      const path = new URL(url);
      const answer = await fetch(`${merchants.url}${path.pathname}${path.search}`);
      expect(answer.headers.get('content-type')).toBe('application/zip');
      const zip = unzip(Buffer.from(await answer.arrayBuffer()));
      expect(zip.get('messages.jsonl')).toContain(`Hola ${NAME}`);
      expect(zip.get('contacts.jsonl')).toContain(NAME);
      expect(zip.get('inbound_messages.jsonl')?.trim().split('\n')).toHaveLength(2);
      expect([...zip].find(([name]) => name.startsWith('media/'))?.[1]).toBe(`a letter of ${NAME}, ${NUMBER}`);
      const all = [...zip.values()].join('\n');
      expect(all).toContain(shop.tenantId);
      expect(all).not.toContain(other.tenantId);
      expect(zip.get('api_keys.jsonl')).not.toMatch(/hash/);
      expect([...zip.keys()]).not.toContain('tenant_notes.jsonl');
    }
    const wrong = await fetch(`${merchants.url}/api/v1/exports/file?token=${encodeURIComponent(`${asked.body.url}x`)}`);
    expect(wrong.status).toBe(404);
  });

  it('breaks off an export when the database fails in the middle, and goes on serving everybody else', async () => {
    const shop = await merchant('Breaks off');
    const key = await keyOf(shop);
    const db = merchants.app.get(Database);
    const inTenant = db.inTenant.bind(db);
    const { body } = await http('POST', `${merchants.url}/api/v1/exports`, { token: key });
    const { pathname, search } = new URL(body.url);
    let transactions = 0;
    const spy = jest.spyOn(db, 'inTenant').mockImplementation((tenantId, work) => {
      if (++transactions === 12) throw new Error('terminating connection due to administrator command');
      return inTenant(tenantId, work);
    });
    const download = fetch(`${merchants.url}${pathname}${search}`).then((answer) => answer.arrayBuffer());
    await expect(download).rejects.toThrow();
    spy.mockRestore();
    expect((await things(key, 'GET')).status).toBe(200);
  });

  it('closes what it reads of an export when whoever fetches it goes away', async () => {
    const shop = await merchant('Goes away');
    const endless = new Readable({ read: () => {} });
    const spy = jest.spyOn(merchants.app.get(MediaStore), 'open').mockResolvedValue(endless);
    const out = merchants.app.get(ExportTenant).open(shop.tenantId);
    out.resume();
    await eventually(async () => spy.mock.calls.length > 0);
    out.destroy();
    await eventually(async () => endless.destroyed);
    spy.mockRestore();
  });

  it('is carried on where it was killed, at whatever table', async () => {
    const shop = await merchant('Killed');
    await begin(shop);
    await graceEnds(shop);
    const { id } = await closingOf(shop);
    const eraser = await startApp(EraserModule, environment);
    const erase = eraser.app.get(EraseTenant);
    const inTenant = eraser.app.get(Database).inTenant.bind(eraser.app.get(Database));
    // Every transaction of the work, one after the other, is the one in which it dies.
    let transactions = 0;
    let diesAt = 0;
    jest.spyOn(eraser.app.get(Database), 'inTenant').mockImplementation((tenantId, work) =>
      inTenant(tenantId, async (tx) => {
        const done = await work(tx);
        if (++transactions === diesAt) throw new Error('killed');
        return done;
      }),
    );
    let deaths = 0;
    for (;;) {
      transactions = 0;
      diesAt = 2 + deaths * 7;
      await database.owner.query(`UPDATE closings SET due_at = now() - interval '1 second' WHERE closing_id = $1`, [
        id,
      ]);
      const died = await erase.pass(shop.tenantId, id).then(
        () => false,
        () => true,
      );
      if (!died) break;
      deaths++;
    }
    await eraser.close();
    expect(deaths).toBeGreaterThan(5);
    expect(await closingOf(shop)).toMatchObject({
      state: 'closed',
      found: { messages: 2 },
      erased: { messages: 2 },
      remains: {},
    });
    expect(tracesIn(await dump(shop.tenantId))).toEqual([]);
    expect(await filesIn(shop.tenantId)).toEqual([]);
  });

  it('is counted once, before anything goes, however long that takes', async () => {
    const shop = await merchant('Large');
    await begin(shop);
    await graceEnds(shop);
    const { id } = await closingOf(shop);
    const [slow, other] = [await startApp(EraserModule, environment), await startApp(EraserModule, environment)];
    const closings = slow.app.get(Closings);
    const found = closings.found.bind(closings);
    let counted = () => {};
    const isCounting = new Promise<void>((go) => {
      jest.spyOn(closings, 'found').mockImplementation(async (...all) => {
        go();
        await new Promise<void>((end) => {
          counted = end;
        });
        return found(...all);
      });
    });
    const pass = slow.app.get(EraseTenant).pass(shop.tenantId, id);
    await isCounting;
    // For the other one the minute is over for which the first took it up.
    const clock = other.app.get<Clock>(CLOCK);
    const later = jest.spyOn(clock, 'now').mockImplementation(() => new Date(Date.now() + 120_000));
    await other.app.get(EraseTenant).pass(shop.tenantId, id);
    const { rows } = await database.owner.query('SELECT FROM messages WHERE tenant_id = $1', [shop.tenantId]);
    later.mockRestore();
    counted();
    await pass;
    expect(rows).toHaveLength(2);

    const closed = await closingOf(shop);
    expect(closed).toMatchObject({ state: 'closed', found: { messages: 2 }, erased: { messages: 2 } });
    const late = { tenantId: shop.tenantId, id } as Closing;
    await other.app.get(Database).inTenant(shop.tenantId, async (tx) => {
      expect(await other.app.get(Closings).keepToTakeStock(tx, late)).toBe(false);
      await other.app.get(Closings).found(tx, late, {}, {});
    });
    expect((await closingOf(shop)).found).toEqual(closed.found);
    await slow.close();
    await other.close();
  });

  describe('by the worker', () => {
    let worker: RunningApp;
    beforeAll(async () => {
      worker = await startApp(AdminWorkerModule, environment, { name: 'admin-worker' });
    });
    afterAll(() => worker.close());

    it('erases everything but the books when the grace is over: no table, file or key of Redis holds a customer', async () => {
      const shop = await merchant('Goes');
      const other = await merchant('Neighbour');
      const key = await keyOf(shop);
      const day = '2026-11-01';
      await database.owner.query(
        `INSERT INTO traffic_days (tenant_id, day, phone_number_id, market, category, status, cause, messages)
       VALUES ($1, $2, $3, 'MX', 'service', 'delivered', '', 1)`,
        [shop.tenantId, day, shop.phoneNumberId],
      );
      await begin(shop);
      expect(tracesIn(await dump(shop.tenantId)).sort()).toEqual([...TRACES].sort());
      const neighbour = await dump(other.tenantId);
      await graceEnds(shop);

      const closing = await eventually(async () => {
        const found = await closingOf(shop);
        return found.state === 'closed' && found;
      }, 60_000);

      expect(closing).toMatchObject({ remains: {}, naming: {}, waits_for: null, found: { messages: 2, media: 1 } });
      expect(closing.erased).toMatchObject({
        messages: 2,
        inbound_messages: 2,
        contacts: 1,
        media_objects: 1,
        api_keys: 1,
      });
      const left = (await dump(shop.tenantId)).split('\n').map((row) => row.split(' ')[0] as string);
      expect([...new Set(left)].filter((table) => !(table.replace(/_(\d{4}_\d\d|default)$/, '') in STAYS))).toEqual([]);
      expect(tracesIn(await dump(shop.tenantId))).toEqual([]);
      expect(await filesIn(shop.tenantId)).toEqual([]);
      expect(tracesIn(await redisText())).toEqual([]);
      expect(await dump(other.tenantId)).toBe(neighbour);
      expect(await filesIn(other.tenantId)).toHaveLength(1);
      expect((await things(key, 'GET')).status).toBe(401);
      expect((await call('POST', `/tenants/${shop.tenantId}/exports`, { reason: 'too late' })).status).toBe(409);
      expect((await call('POST', `/tenants/${shop.tenantId}/closing/undo`, { reason: 'too late' })).status).toBe(409);
      const { rows } = await database.owner.query(
        `SELECT who, reason FROM audit_log WHERE action = 'tenant.erased' AND tenant_id = $1`,
        [shop.tenantId],
      );
      expect(rows).toEqual([{ who: 'admin-worker', reason: expect.stringContaining('the grace ended') }]);
    });

    it('says which rows that stay name a customer, so that a person looks at them', async () => {
      const shop = await merchant('Named');
      await database.owner.query(
        `INSERT INTO support_accesses (tenant_id, access_id, who, reason, writes, bodies, secret, created_at, expires_at)
       VALUES ($1, $2, 'ana@provider.example', 'the customer ${NUMBER} complained', false, false, '\\x00', now(), now())`,
        [shop.tenantId, newId(new Date())],
      );
      await begin(shop);
      await graceEnds(shop);
      const closing = await eventually(async () => {
        const found = await closingOf(shop);
        return found.state === 'closed' && found;
      }, 60_000);
      expect(closing.naming).toEqual({ support_accesses: 1 });
    });

    it('waits for what is on its way, and lets what has not begun run out', async () => {
      const shop = await merchant('Waits', false);
      const [waiting, sending] = [newId(new Date()), newId(new Date())];
      for (const [id, status] of [
        [waiting, 'accepted'],
        [sending, 'sending'],
      ]) {
        await database.owner.query(
          `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                               status_at, not_before, expires_at)
         VALUES ($1, $2, $3, $4, 'text', '{}', 1, true, $5, now(), now() + '1 day', now() + '2 days')`,
          [shop.tenantId, id, shop.phoneNumberId, NUMBER, status],
        );
      }
      await begin(shop);
      await graceEnds(shop);
      await eventually(async () => (await closingOf(shop)).waits_for === 'messages on their way', 60_000);
      const { rows } = await database.owner.query(
        'SELECT expires_at <= now() AS over FROM messages WHERE message_id = $1',
        [waiting],
      );
      expect(rows).toEqual([{ over: true }]);
      // As the gateway's sweeper and dispatcher end them.
      await database.owner.query(`UPDATE messages SET status = 'expired' WHERE tenant_id = $1`, [shop.tenantId]);
      await eventually(async () => (await closingOf(shop)).state === 'closed', 60_000);
    });

    it('leaves a wallet in which nothing is held, since nobody is left who could give it back', async () => {
      const shop = await merchant('Holds', false);
      const { tenantId } = shop;
      const sent = newId(new Date());
      await database.owner.query(
        `INSERT INTO wallets (tenant_id, currency, balance, held, created_at) VALUES ($1, 'USD', 10, 0.04, now())`,
        [tenantId],
      );
      await database.owner.query(
        `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                               status_at, not_before, expires_at)
         VALUES ($1, $2, $3, $4, 'text', '{}', 1, true, 'sent', now(), now(), now() + '1 day')`,
        [tenantId, sent, shop.phoneNumberId, NUMBER],
      );
      await database.owner.query('INSERT INTO wallet_holds (tenant_id, message_id, amount) VALUES ($1, $2, 0.04)', [
        tenantId,
        sent,
      ]);
      await begin(shop);
      await graceEnds(shop);
      await eventually(async () => (await closingOf(shop)).waits_for === 'amounts that the wallet holds', 60_000);
      // As billing's worker does every two seconds.
      const db = merchants.app.get(Database);
      await db.inTenant(tenantId, (tx) => merchants.app.get(Wallets).giveBack(tx, tenantId));
      await eventually(async () => (await closingOf(shop)).state === 'closed', 60_000);
      const { rows } = await database.owner.query('SELECT balance, held FROM wallets WHERE tenant_id = $1', [tenantId]);
      expect(rows).toEqual([{ balance: '10', held: '0.00' }]);
    });
  });

  it('lets nobody delete rows of a tenant that is not being erased', async () => {
    const shop = await merchant('Safe');
    await begin(shop);
    const staff = await connect(database.staffUrl);
    const erase = (table: string) =>
      staff.db.inTenant(shop.tenantId, (tx) => tx.query('SELECT door_erase_rows($1, $2, 10)', [shop.tenantId, table]));
    await expect(erase('contacts')).rejects.toThrow('no rows of contacts are to be erased');
    await graceEnds(shop);
    await expect(erase('invoices')).rejects.toThrow('no rows of invoices are to be erased');
    await expect(erase('contacts; DROP TABLE contacts')).rejects.toThrow('are to be erased');
    await erase('automation_steps');
    await staff.close();
  });
});
