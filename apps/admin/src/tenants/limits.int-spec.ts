import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { foundNumber } from '../../../../test/support/numbers.js';
import { AdminModule } from '../admin.module.js';
import { StaffUsers } from '../identity/staff-users.js';

const PASSWORD = 'a long enough password';

describe('the limits of a tenant', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let token: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    admin = await startApp(AdminModule, testEnvironment(database, { LOG_LEVEL: 'fatal' }), {
      name: 'admin',
      describe: 'Admin.',
    });
    const email = 'billing@provider.example';
    const by = { who: 'a test', reason: 'a test' };
    await admin.app.get(StaffUsers).create({ email, role: 'billing', password: PASSWORD }, by);
    token = (await http('POST', `${admin.url}/admin/v1/sessions`, { body: { email, password: PASSWORD } })).body
      .access_token;
  });
  afterAll(async () => {
    await admin.close();
    await database.drop();
  });

  it('are set by staff with a reason, shown on its page, and taken away again', async () => {
    const { tenantId } = await foundNumber(database, 'Shop');
    const path = `${admin.url}/admin/v1/tenants/${tenantId}`;
    const set = (what: string, most: unknown) =>
      http('PUT', `${path}/limits/${what}`, { token, body: { most, reason: 'their plan' } });
    expect((await set('numbers', 2)).body).toEqual({
      data: [
        { what: 'numbers', most: 2, used: 1 },
        { what: 'media_bytes', most: null, used: 0 },
      ],
    });
    expect((await http('GET', path, { token })).body.limits[0]).toEqual({ what: 'numbers', most: 2, used: 1 });
    expect((await set('numbers', null)).body.data[0]).toEqual({ what: 'numbers', most: null, used: 1 });
    const nobody = `${admin.url}/admin/v1/tenants/01a20540-89b5-736e-9246-f68037a3dff5/limits`;
    expect((await http('GET', nobody, { token })).status).toBe(404);
    expect([(await set('numbers', -1)).status, (await set('wishes', 1)).status]).toEqual([400, 400]);
    const { rows } = await database.owner.query(
      `SELECT before, after, reason FROM audit_log WHERE action = 'tenant.limit' ORDER BY seq`,
    );
    expect(rows).toEqual([
      { before: { numbers: null }, after: { numbers: 2 }, reason: 'their plan' },
      { before: { numbers: 2 }, after: { numbers: null }, reason: 'their plan' },
    ]);
  });
});
