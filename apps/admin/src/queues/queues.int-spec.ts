import { newId } from '#libs/ids';
import type { StaffRole } from '#libs/staff';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { AdminModule } from '../admin.module.js';
import { StaffUsers } from '../identity/staff-users.js';

const PASSWORD = 'a long enough password';

describe('queues, as staff see them', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let shop: FoundedNumber;
  let other: FoundedNumber;
  const endpointId = newId(new Date());
  const tokens = {} as Record<StaffRole, string>;
  const now = new Date();
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);

  beforeAll(async () => {
    database = await cloneDatabase();
    const environment = testEnvironment(database, { LOG_LEVEL: 'fatal' });
    admin = await startApp(AdminModule, environment, { name: 'admin', describe: 'Admin.' });
    for (const role of ['administrator', 'billing'] as const) {
      const email = `${role}@provider.example`;
      await admin.app.get(StaffUsers).create({ email, role, password: PASSWORD }, { who: 'a test', reason: 'a test' });
      const session = await http('POST', `${admin.url}/admin/v1/sessions`, { body: { email, password: PASSWORD } });
      tokens[role] = session.body.access_token;
    }
    shop = await foundNumber(database, 'Shop');
    other = await foundNumber(database, 'Other shop');
    await database.owner.query(
      `INSERT INTO webhook_endpoints (tenant_id, endpoint_id, url, sealed_secret, kinds, created_at, updated_at)
       VALUES ($1, $2, 'https://shop.example', 'sealed', '{status}', $3, $3)`,
      [shop.tenantId, endpointId, now],
    );
  });
  afterAll(async () => {
    await admin.close();
    await database.drop();
  });

  const get = (path: string, role: StaffRole = 'administrator') =>
    http('GET', `${admin.url}/admin/v1${path}`, { token: tokens[role] });
  const replay = (tenantId: string, body: object) =>
    http('POST', `${admin.url}/admin/v1/tenants/${tenantId}/webhooks/${endpointId}/replay`, {
      token: tokens.administrator,
      body: { reason: 'the shop lost them', ...body },
    });

  it('say how far the intake is behind, by route, the oldest first', async () => {
    expect((await get('/intake-lag')).body).toEqual({ events: 0, routes: 0, lag_seconds: 0, data: [] });
    const waits = (tenantId: string, route: string, seconds: number, dueAt: Date | null = null, status = 'new') =>
      database.owner.query(
        `INSERT INTO meta_events (tenant_id, event_id, route, field, body, status, due_at)
         VALUES ($1, $2, $3, 'messages', '{}', $4, $5)`,
        [tenantId, newId(ago(seconds)), route, status, dueAt],
      );
    await waits(shop.tenantId, 'waba:1', 30);
    await waits(other.tenantId, 'waba:2', 90, now);
    await waits(other.tenantId, 'waba:2', 10);
    await waits(other.tenantId, 'waba:3', 500, null, 'done');
    const { body } = await get('/intake-lag');
    expect(body).toMatchObject({ events: 3, routes: 2 });
    expect(body.lag_seconds).toBeGreaterThanOrEqual(90);
    expect(body.data).toMatchObject([
      { tenant_id: other.tenantId, route: 'waba:2', events: 2, later: 1 },
      { tenant_id: shop.tenantId, route: 'waba:1', events: 1, later: 0 },
    ]);
    expect((await get('/intake-lag', 'billing')).status).toBe(403);
  });

  it('have a tenant’s events posted once more, by name or by time, and that is written down', async () => {
    const [early, late] = [newId(ago(3_600)), newId(ago(60))];
    for (const id of [early, late]) {
      await database.owner.query(
        `INSERT INTO tenant_events (tenant_id, event_id, kind, body) VALUES ($1, $2, 'status', '{}')`,
        [shop.tenantId, id],
      );
    }
    expect((await replay(shop.tenantId, { from: ago(600).toISOString() })).body).toEqual({ queued: 1, next: null });
    expect((await replay(shop.tenantId, { event_ids: [early, late] })).body).toEqual({ queued: 1, next: null });
    const { rows } = await database.owner.query('SELECT status FROM webhook_deliveries');
    expect(rows).toEqual([{ status: 'waiting' }, { status: 'waiting' }]);
    expect((await get('/audit-log?action=webhook.replay')).body.data).toMatchObject([
      { object: `webhook:${endpointId}`, tenant_id: shop.tenantId, after: { queued: 1, eventIds: [early, late] } },
      { after: { queued: 1 }, reason: 'the shop lost them' },
    ]);

    expect((await replay(shop.tenantId, {})).status).toBe(400);
    expect((await replay(other.tenantId, { event_ids: [early] })).status).toBe(404);
  });

  it('show every queue on a board that opens with an access token only, and changes nothing', async () => {
    const board = (path: string, authorization?: string, method = 'GET') =>
      http(method, `${admin.url}/admin/queues${path}`, { headers: authorization ? { authorization } : {} });
    const bearer = `Bearer ${tokens.administrator}`;
    const basic = `Basic ${Buffer.from(`me:${tokens.administrator}`).toString('base64')}`;
    const stranger = await board('');
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('Basic'),
    ]);
    expect((await board('', `Bearer ${tokens.billing}`)).status).toBe(403);
    expect((await board('', basic)).body).toContain('<div id="root">');

    const { status, body } = await board('/api/queues', bearer);
    expect(status).toBe(200);
    expect(body.queues.map((q: { name: string }) => q.name)).toContain('gateway.dispatch');
    expect(body.queues.every((q: { readOnlyMode: boolean }) => q.readOnlyMode)).toBe(true);
    expect((await board('/api/queues/gateway.dispatch/pause', bearer, 'PUT')).status).toBe(405);
    expect((await board('/api/queues')).status).toBe(401);
  });
});
