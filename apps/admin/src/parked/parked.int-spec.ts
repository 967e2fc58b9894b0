import { newId } from '#libs/ids';
import type { StaffRole } from '#libs/staff';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { AdminModule } from '../admin.module.js';
import { StaffUsers } from '../identity/staff-users.js';

const PASSWORD = 'a long enough password';
const NOBODY = '00000000-0000-0000-0000-000000000000';

describe('what is parked', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let shop: FoundedNumber;
  let other: FoundedNumber;
  const tokens = {} as Record<StaffRole, string>;
  const now = new Date();

  beforeAll(async () => {
    database = await cloneDatabase();
    const environment = testEnvironment(database, { LOG_LEVEL: 'fatal' });
    admin = await startApp(AdminModule, environment, { name: 'admin', describe: 'Admin.' });
    for (const role of ['administrator', 'support', 'auditor'] as const) {
      const email = `${role}@provider.example`;
      await admin.app.get(StaffUsers).create({ email, role, password: PASSWORD }, { who: 'a test', reason: 'a test' });
      const session = await http('POST', `${admin.url}/admin/v1/sessions`, { body: { email, password: PASSWORD } });
      tokens[role] = session.body.access_token;
    }
    shop = await foundNumber(database, 'Shop');
    other = await foundNumber(database, 'Other shop');
  });
  afterAll(async () => {
    await admin.close();
    await database.drop();
  });

  const get = (path: string) => http('GET', `${admin.url}/admin/v1${path}`, { token: tokens.administrator });
  const post = (path: string, body: object, role: StaffRole = 'administrator') =>
    http('POST', `${admin.url}/admin/v1${path}`, { token: tokens[role], body });
  const meant = (expected_count: number) => ({ dry_run: false, expected_count, reason: 'looked into it' });
  const rows = async (sql: string, values: unknown[] = []) => (await database.owner.query(sql, values)).rows;

  async function message(of: FoundedNumber, status: string, reason?: string): Promise<string> {
    const id = newId(now);
    await database.owner.query(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                             status_at, not_before, expires_at, attempts)
       VALUES ($1, $2, $3, '5215512345678', 'text', '{"text":"hush"}', 0, true, $4, $5, $5, $5, 1)`,
      [of.tenantId, id, of.phoneNumberId, status, now],
    );
    if (reason !== undefined) {
      await database.owner.query(
        `INSERT INTO message_events (tenant_id, message_id, kind, occurrence, at, source, detail)
         VALUES ($1, $2, $3, 1, $4, 'paloma', jsonb_build_object('reason', $5::text))`,
        [of.tenantId, id, status, now, reason],
      );
    }
    return id;
  }

  async function metaEvent(tenantId: string, note: string, raw: Buffer | null = null): Promise<string> {
    const id = newId(now);
    await database.owner.query(
      `INSERT INTO meta_events (tenant_id, event_id, route, field, body, raw, status, attempts, note, processed_at)
       VALUES ($1, $2, 'waba:1', 'messages', $3, $6, 'parked', 4, $4, $5)`,
      [tenantId, id, '{"value":{}}', note, now, raw],
    );
    return id;
  }

  async function deadPost(of: FoundedNumber): Promise<{ eventId: string; endpointId: string }> {
    const [eventId, endpointId] = [newId(now), newId(now)];
    await database.owner.query(
      `INSERT INTO webhook_endpoints (tenant_id, endpoint_id, url, sealed_secret, kinds, created_at, updated_at)
       VALUES ($1, $2, 'https://shop.example', 'sealed', '{status}', $3, $3)`,
      [of.tenantId, endpointId, now],
    );
    await database.owner.query(
      `INSERT INTO tenant_events (tenant_id, event_id, kind, body) VALUES ($1, $2, 'status', '{}')`,
      [of.tenantId, eventId],
    );
    await database.owner.query(
      `INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_id, status, attempts, due_at, last_status, last_error)
       VALUES ($1, $2, $3, 'dead', 17, $4, 500, 'HTTP 500')`,
      [of.tenantId, endpointId, eventId, now],
    );
    return { eventId, endpointId };
  }

  it('is counted by cause, whatever ids and figures its notes hold, and listed page by page', async () => {
    for (let i = 0; i < 60; i++) {
      await metaEvent(
        i % 2 ? shop.tenantId : other.tenantId,
        `attempt 4: no row for ${newId(now)} after ${1000 + i} ms`,
      );
    }
    const { body } = await get('/parked/causes');
    const cause = 'no row for … after … ms';
    expect(body.data).toMatchObject([{ kind: 'meta_events', cause, count: 60, tenants: 2 }]);
    const first = (await get(`/parked/meta_events?cause=${encodeURIComponent(cause)}`)).body;
    const second = (await get(`/parked/meta_events?cursor=${first.next}`)).body;
    const seen = [...first.data, ...second.data].map((item: { id: string }) => item.id);
    expect([first.data.length, second.data.length, new Set(seen).size, second.next]).toEqual([50, 10, 60, null]);
    expect((await get(`/parked/meta_events?tenant_id=${shop.tenantId}`)).body.data).toHaveLength(30);
    expect((await get('/parked/meta_events?cause=another')).body.data).toEqual([]);

    await database.owner.query(`UPDATE meta_events SET status = 'done'`);
  });

  it('is retried across tenants as a dry run showed it, each tenant’s in the audit log', async () => {
    const ids = [
      await metaEvent(shop.tenantId, 'waits for x'),
      await metaEvent(other.tenantId, 'waits for x'),
      await metaEvent(NOBODY, 'waits for x'),
    ];
    const unreadable = await metaEvent(NOBODY, 'waits for x', Buffer.from('{'));
    const dry = await post('/parked/meta_events/retry', { cause: 'waits for x' }, 'support');
    expect(dry.body).toMatchObject({ dry_run: true, count: 3, moves: 3, sample: ids.map((id) => ({ id })) });
    expect(await rows(`SELECT 1 FROM meta_events WHERE status = 'new'`)).toEqual([]);

    const done = await post('/parked/meta_events/retry', { cause: 'waits for x', ...meant(3) }, 'support');
    expect([done.status, done.body.dry_run, done.body.moves]).toEqual([200, false, 3]);
    expect(
      (await rows(`SELECT event_id AS id FROM meta_events WHERE status = 'new' AND attempts = 0`))
        .map((r) => r.id)
        .sort(),
    ).toEqual([...ids].sort());
    expect(await rows('SELECT status FROM meta_events WHERE event_id = $1', [unreadable])).toEqual([
      { status: 'parked' },
    ]);
    const entries = (await get('/audit-log?action=parked.retry')).body.data;
    expect(entries.map((e: { tenant_id: string | null }) => e.tenant_id).sort()).toEqual(
      [shop.tenantId, other.tenantId, null].sort(),
    );
    expect(entries[0]).toMatchObject({ who: 'support@provider.example', reason: 'looked into it' });
  });

  it('stays when it is not what was seen any more', async () => {
    await metaEvent(shop.tenantId, 'waits for y');
    const body = { cause: 'waits for y', ...meant(1) };
    await metaEvent(shop.tenantId, 'waits for y');
    expect((await post('/parked/meta_events/discard', body)).status).toBe(409);
    expect(await rows(`SELECT 1 FROM meta_events WHERE note = 'waits for y' AND status = 'parked'`)).toHaveLength(2);
    expect((await get('/audit-log?action=parked.discard')).body.data).toEqual([]);
    expect((await post('/parked/meta_events/discard', { ...body, expected_count: 2 })).status).toBe(200);
    expect(
      await rows(
        `SELECT note FROM meta_events WHERE status = 'done' AND note <> 'discarded by staff' AND note LIKE 'waits%y'`,
      ),
    ).toEqual([]);
  });

  it('needs a cause or names, a number and a reason, and a role that may', async () => {
    expect((await post('/parked/meta_events/retry', {})).status).toBe(400);
    expect((await post('/parked/meta_events/retry', { cause: 'x', dry_run: false })).status).toBe(400);
    expect((await post('/parked/everything/retry', { cause: 'x' })).status).toBe(400);
    expect((await post('/parked/meta_events/discard', { cause: 'x' }, 'support')).status).toBe(403);
    expect((await post('/parked/meta_events/retry', { cause: 'x' }, 'auditor')).status).toBe(403);
  });

  it('is never a message sent again: one in doubt can only be given up, and its tenant is told that it failed', async () => {
    const doubtful = await message(shop, 'unknown', 'timeout');
    const parked = await message(shop, 'parked', 'outcome_unknown');
    const waiting = await message(shop, 'accepted');
    const filter = { cause: 'outcome_unknown', tenant_id: shop.tenantId };
    const { status, body } = await post('/parked/messages/retry', { ...filter, ...meant(2) });
    expect([status, body.error.message]).toEqual([409, expect.stringContaining('nothing is sent twice')]);

    expect((await post('/parked/messages/discard', { ...filter, ...meant(2) })).status).toBe(200);
    const after = await rows('SELECT message_id AS id, status, meta_error FROM messages ORDER BY message_id');
    expect(after).toMatchObject([
      { id: doubtful, status: 'failed', meta_error: { code: 131000 } },
      { id: parked, status: 'failed' },
      { id: waiting, status: 'accepted' },
    ]);
    expect(
      await rows(`SELECT detail->>'reason' AS reason FROM message_events WHERE kind = 'failed' AND message_id = $1`, [
        doubtful,
      ]),
    ).toEqual([{ reason: 'given_up_by_staff' }]);
    const told = await rows(`SELECT tenant_id, body FROM tenant_events WHERE kind = 'status'`);
    expect(told.map((t) => t.tenant_id)).toEqual([shop.tenantId, shop.tenantId]);
    expect(told[0]?.body).toContain('"status":"failed"');
    expect(told[0]?.body).toContain(shop.metaPhoneNumberId);
  });

  it('is a dead post that is posted once more, or no longer waits for staff and stays in the tenant’s log', async () => {
    const [again, aside] = [await deadPost(shop), await deadPost(other)];
    expect((await get('/parked/causes')).body.data).toContainEqual(
      expect.objectContaining({ kind: 'webhook_deliveries', cause: 'http 500', count: 2, tenants: 2 }),
    );
    const retried = await post('/parked/webhook_deliveries/retry', { ids: [again.eventId], ...meant(1) });
    expect(retried.body).toMatchObject({ moves: 1, by_tenant: [{ tenant_id: shop.tenantId, count: 1 }] });
    await post('/parked/webhook_deliveries/discard', { cause: 'http 500', ...meant(1) });
    expect((await get('/parked/webhook_deliveries')).body.data).toEqual([]);
    const status = async (id: string) =>
      (await rows('SELECT status FROM webhook_deliveries WHERE event_id = $1', [id])).map((r) => r.status);
    expect([await status(again.eventId), await status(aside.eventId)]).toEqual([['waiting'], ['dead']]);
  });

  it('is a usage fact that is rated again, and that nobody drops', async () => {
    const id = newId(now);
    await database.owner.query(
      `INSERT INTO usage_facts (tenant_id, message_id, phone_number_id, waba_id, recipient, type, in_window, sent_at,
                                delivered_at, status, parked_reason)
       VALUES ($1, $2, $3, $4, '5215512345678', 'text', true, $5, $5, 'parked', 'no_rate')`,
      [shop.tenantId, id, shop.phoneNumberId, shop.wabaId, now],
    );
    expect((await post('/parked/usage_facts/discard', { cause: 'no_rate' })).status).toBe(409);
    expect((await post('/parked/usage_facts/retry', { cause: 'no_rate', ...meant(1) })).status).toBe(200);
    expect(await rows('SELECT status FROM usage_facts WHERE message_id = $1', [id])).toEqual([{ status: 'new' }]);
  });
});
