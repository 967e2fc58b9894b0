import { randomUUID } from 'node:crypto';
import { http, type RunningApp, startApp, testEnvironment } from '../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../test/support/database.js';
import { foundNumber } from '../../../test/support/numbers.js';
import { AdminModule } from './admin.module.js';
import { StaffUsers } from './identity/staff-users.js';

const PASSWORD = 'a long enough password';
const reason = 'a test';

describe('what staff ask for', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let token: string;
  let tenantId: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    admin = await startApp(AdminModule, testEnvironment(database, { LOG_LEVEL: 'silent' }), {
      name: 'admin',
      describe: 'Admin.',
    });
    const email = 'boss@provider.example';
    const by = { who: 'a test', reason };
    await admin.app.get(StaffUsers).create({ email, role: 'administrator', password: PASSWORD }, by);
    const body = { email, password: PASSWORD };
    token = (await http('POST', `${admin.url}/admin/v1/sessions`, { body })).body.access_token;
    ({ tenantId } = await foundNumber(database, 'Shop'));
  });
  afterAll(async () => {
    await admin.close();
    await database.drop();
  });

  const ask = (method: string, path: string, body?: object) =>
    http(method, `${admin.url}/admin/v1${path}`, { token, ...(body ? { body: { reason, ...body } } : {}) });

  it.each([
    ['POST', '/suspend', { level: null }],
    ['POST', '/support-accesses', { minutes: null }],
    ['POST', '/support-accesses', { writes: null }],
    ['PUT', '/limits/numbers', {}],
    ['PUT', '/retention', {}],
    [
      'PUT',
      `/portfolios/${randomUUID()}/hold`,
      { customers: 3_000_000_000, until: new Date(Date.now() + 60_000).toISOString() },
    ],
    ['POST', `/webhooks/${randomUUID()}/replay`, { event_ids: null }],
  ])('is refused where a field holds nothing, or more than can be: %s %s %j', async (method, path, body) => {
    expect((await ask(method, `/tenants/${tenantId}${path}`, body)).status).toBe(400);
  });

  it.each([
    ['PUT', '/settings/meta-secrets/app_secret', { secret: 'a-secret-of-the-app', overlap_hours: null }],
    ['POST', '/parked/messages/discard', { ids: null, dry_run: null, expected_count: 0 }],
    ['POST', '/parked/messages/discard', { cause: 'x', dry_run: null, expected_count: 0 }],
    ['GET', `/parked/messages?cursor=${'-'.repeat(36)}_${'-'.repeat(36)}`, undefined],
  ])('is refused where nothing stands for the default: %s %s %j', async (method, path, body) => {
    expect((await ask(method, path, body)).status).toBe(400);
  });

  it('may name what there was before 1970, which is nothing', async () => {
    const path = `/tenants/${tenantId}/webhooks/${randomUUID()}/replay`;
    expect((await ask('POST', path, { from: '1969-01-01' })).status).toBe(404);
  });

  it('may name ids in capitals on every route, for the same thing', async () => {
    const { paths } = (await http('GET', `${admin.url}/openapi.json`)).body as { paths: Record<string, object> };
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
    );
    const withIds = routes.filter(([, path]) => /\{\w+\}/.test(path));
    expect(withIds.length).toBeGreaterThan(50);
    const failed: string[] = [];
    for (const [method, path] of withIds) {
      const url = path
        .replace(/(tenants\/)\{\w+\}/, `$1${tenantId.toUpperCase()}`)
        .replace(/\{\w+\}/g, randomUUID().toUpperCase());
      const answer = await http(method, `${admin.url}${url}`, {
        token,
        ...(method === 'GET' ? {} : { body: { reason } }),
      });
      if (answer.status >= 500) failed.push(`${method} ${path}: ${answer.status}`);
    }
    expect(failed).toEqual([]);
    const notes = (id: string) => `${admin.url}/admin/v1/tenants/${id}/notes`;
    const body = { text: 'called them' };
    expect((await http('POST', notes(tenantId.toUpperCase()), { token, body })).status).toBe(201);
    expect((await http('GET', notes(tenantId), { token })).body.data).toHaveLength(1);
  });
});
