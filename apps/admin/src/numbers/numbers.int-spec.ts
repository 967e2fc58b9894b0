import { newId } from '#libs/ids';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { AdminModule } from '../admin.module.js';
import { StaffUsers } from '../identity/staff-users.js';

const PASSWORD = 'a long enough password';

describe("a tenant's numbers and templates, as staff follow them", () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let shop: FoundedNumber;
  let other: FoundedNumber;
  let token: string;
  const now = new Date();
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);

  beforeAll(async () => {
    database = await cloneDatabase();
    const environment = testEnvironment(database, { LOG_LEVEL: 'fatal' });
    admin = await startApp(AdminModule, environment, { name: 'admin', describe: 'Admin.' });
    const email = 'support@provider.example';
    const by = { who: 'a test', reason: 'a test' };
    await admin.app.get(StaffUsers).create({ email, role: 'support', password: PASSWORD }, by);
    token = (await http('POST', `${admin.url}/admin/v1/sessions`, { body: { email, password: PASSWORD } })).body
      .access_token;
    shop = await foundNumber(database, 'Shop');
    other = await foundNumber(database, 'Other shop');
  });
  afterAll(async () => {
    await admin.close();
    await database.drop();
  });

  const changes = async (query = '', of = shop) =>
    (await http('GET', `${admin.url}/admin/v1/tenants/${of.tenantId}/changes${query}`, { token })).body;
  const resync = (tenantId: string, wabaId: string) =>
    http('POST', `${admin.url}/admin/v1/tenants/${tenantId}/wabas/${wabaId}/resync`, {
      token,
      body: { reason: 'the merchant sees something else' },
    });

  it('show a time zone to which Meta gave no name, and what staff put in its place', async () => {
    const waba = async () =>
      (await http('GET', `${admin.url}/admin/v1/tenants/${other.tenantId}`, { token })).body.wabas[0];
    expect(await waba()).toMatchObject({ timezone_known: true, meta_timezone_id: null, next_timezone: null });
    const set = (columns: string) =>
      database.owner.query(`UPDATE wabas SET ${columns} WHERE waba_id = $1`, [other.wabaId]);
    await set(`timezone = 'UTC', unnamed_timezone = '42'`);
    expect(await waba()).toMatchObject({ timezone: 'UTC', timezone_known: false, meta_timezone_id: '42' });
    const until = new Date(now.getTime() + 86_400_000).toISOString();
    await set(`timezone = 'Asia/Kolkata', timezone_corrected = true,
               earlier_timezones = '[{"timezone":"UTC","until":"${until}"}]'`);
    expect(await waba()).toMatchObject({
      timezone: 'UTC',
      timezone_known: true,
      next_timezone: { timezone: 'Asia/Kolkata', from: until },
    });
  });

  it('have one history: each change with what was before and what caused it, the newest first', async () => {
    const { owner } = database;
    const templateId = newId(now);
    await owner.query(
      `INSERT INTO limit_changes (tenant_id, change_id, portfolio_id, was, became, at, cause)
       VALUES ($1, $2, $3, 'TIER_250', 'TIER_2K', $4, 'business_capability_update')`,
      [shop.tenantId, newId(ago(30)), shop.portfolioId, ago(30)],
    );
    await owner.query(
      `INSERT INTO account_events (tenant_id, event_id, waba_id, phone_number_id, topic, told, at, detail)
       VALUES ($1, $2, $3, $4, 'quality', 'FLAGGED', $5, '{"event":"FLAGGED"}')`,
      [shop.tenantId, newId(ago(20)), shop.wabaId, shop.phoneNumberId, ago(20)],
    );
    await owner.query(
      `INSERT INTO templates (tenant_id, template_id, waba_id, name, language, category, status, status_at, components,
                              created_at, updated_at)
       VALUES ($1, $2, $3, 'order_update', 'es', 'UTILITY', 'PAUSED', $4, '[]', $4, $4)`,
      [shop.tenantId, templateId, shop.wabaId, now],
    );
    for (let i = 0; i < 52; i++) {
      await owner.query(
        `INSERT INTO template_events (tenant_id, template_id, event_id, at, source, kind, before, after, verdict, reason)
         VALUES ($1, $2, $3, $4, 'meta-webhook', 'status', 'approved', 'paused', 'apply', 'FIRST_PAUSE')`,
        [shop.tenantId, templateId, newId(ago(10)), ago(10)],
      );
    }
    const first = await changes();
    expect(first.data).toHaveLength(50);
    expect(first.data[0]).toMatchObject({
      topic: 'templates',
      name: 'order_update',
      after: 'paused',
      cause: 'meta-webhook',
    });
    const last = await changes(`?cursor=${first.next}`);
    expect(last.data.slice(2)).toMatchObject([
      { topic: 'accounts', object_id: shop.phoneNumberId, what: 'quality', after: 'FLAGGED' },
      { topic: 'limits', before: 'TIER_250', after: 'TIER_2K', cause: 'business_capability_update' },
    ]);
    expect(last.next).toBeNull();
    expect((await changes('?topic=limits')).data).toHaveLength(1);
    expect((await changes('', other)).data).toEqual([]);
  });

  it('are compared with Meta now when staff ask for it, where Meta lets us in', async () => {
    const { owner } = database;
    expect((await resync(shop.tenantId, shop.wabaId)).status).toBe(409);
    await owner.query(`UPDATE wabas SET sealed_token = 'sealed', looked_at = now() WHERE waba_id = $1`, [shop.wabaId]);
    await owner.query('INSERT INTO template_syncs (tenant_id, waba_id, due_at) VALUES ($1, $2, $3)', [
      shop.tenantId,
      shop.wabaId,
      new Date(now.getTime() + 86_400_000),
    ]);
    expect((await resync(shop.tenantId, shop.wabaId)).status).toBe(202);
    const { rows } = await owner.query(
      'SELECT s.due_at <= now() AS due, w.looked_at FROM template_syncs s JOIN wabas w USING (tenant_id, waba_id)',
    );
    expect(rows).toEqual([{ due: true, looked_at: null }]);
    expect((await resync(other.tenantId, shop.wabaId)).status).toBe(404);
    const { rows: entries } = await owner.query(`SELECT object, reason FROM audit_log WHERE action = 'waba.resync'`);
    expect(entries).toEqual([{ object: `waba:${shop.wabaId}`, reason: 'the merchant sees something else' }]);
  });

  it('have a messaging limit that is held below Meta’s word, never above it, until it ends or is ended', async () => {
    const shop = await foundNumber(database, 'Held');
    await database.owner.query(`UPDATE portfolios SET messaging_limit = 'TIER_2K' WHERE tenant_id = $1`, [
      shop.tenantId,
    ]);
    const path = `${admin.url}/admin/v1/tenants/${shop.tenantId}/portfolios/${shop.portfolioId}/hold`;
    const until = new Date(now.getTime() + 3_600_000).toISOString();
    const hold = (customers: number, to = until) =>
      http('PUT', path, { token, body: { customers, until: to, reason: 'a bought list' } });
    const tier = async () =>
      (await http('GET', `${admin.url}/admin/v1/tenants/${shop.tenantId}`, { token })).body.numbers[0].tier;

    expect((await hold(2_000)).status).toBe(409);
    expect((await hold(100, now.toISOString())).status).toBe(400);
    const held = await hold(100);
    expect([held.status, held.body]).toEqual([
      200,
      { portfolio_id: shop.portfolioId, messaging_limit: 'TIER_2K', hold: { customers: 100, until } },
    ]);
    expect(await tier()).toMatchObject({ told: 'TIER_2K', limit: 100, held_until: until });
    expect(
      (
        await http('PUT', path.replace(shop.tenantId, other.tenantId), {
          token,
          body: { customers: 1, until, reason: 'wrong' },
        })
      ).status,
    ).toBe(404);

    const ended = await http('POST', `${path}/end`, { token, body: { reason: 'cleaned' } });
    expect([ended.status, ended.body.hold]).toEqual([200, null]);
    expect(await tier()).toMatchObject({ told: 'TIER_2K', limit: 2_000, held_until: null });
    expect((await http('POST', `${path}/end`, { token, body: { reason: 'again' } })).status).toBe(409);

    expect((await changes('?topic=limits', shop)).data).toMatchObject([
      { before: 'TIER_100', after: 'TIER_2K', cause: 'no longer held by the provider' },
      { before: 'TIER_2K', after: 'TIER_100', cause: `held by the provider until ${until}` },
    ]);
    const { rows } = await database.owner.query(
      `SELECT action, reason FROM audit_log WHERE tenant_id = $1 ORDER BY seq`,
      [shop.tenantId],
    );
    expect(rows).toEqual([
      { action: 'limit.hold', reason: 'a bought list' },
      { action: 'limit.hold.end', reason: 'cleaned' },
    ]);
  });

  it('have a template that is held back until its time comes or staff end it, and never of another tenant', async () => {
    const shop = await foundNumber(database, 'Holds back');
    const templateId = newId(now);
    await database.owner.query(
      `INSERT INTO templates (tenant_id, template_id, waba_id, name, language, category, status, status_at, components,
                              created_at, updated_at)
       VALUES ($1, $2, $3, 'big_sale', 'es', 'marketing', 'approved', $4, '[]', $4, $4)`,
      [shop.tenantId, templateId, shop.wabaId, now],
    );
    const path = (tenantId: string) => `${admin.url}/admin/v1/tenants/${tenantId}/templates/${templateId}/hold`;
    const until = new Date(now.getTime() + 3_600_000).toISOString();
    const hold = (to: string, tenantId = shop.tenantId) =>
      http('PUT', path(tenantId), { token, body: { until: to, reason: 'customers complain' } });
    const end = () => http('POST', `${path(shop.tenantId)}/end`, { token, body: { reason: 'reworded' } });

    expect((await hold(now.toISOString())).status).toBe(400);
    expect((await hold(until, other.tenantId)).status).toBe(404);
    expect((await end()).status).toBe(409);
    const held = await hold(until);
    expect([held.status, held.body]).toEqual([
      200,
      { template_id: templateId, name: 'big_sale', language: 'es', status: 'approved', held_until: until },
    ]);
    expect((await end()).body.held_until).toBeNull();
    expect((await end()).status).toBe(409);

    expect((await changes('?topic=templates', shop)).data).toMatchObject([
      { what: 'hold_end', after: null, cause: 'staff', reason: 'reworded' },
      { what: 'hold', after: until, cause: 'staff', reason: 'customers complain' },
    ]);
    const { rows } = await database.owner.query(
      `SELECT action, object, reason FROM audit_log WHERE tenant_id = $1 ORDER BY seq`,
      [shop.tenantId],
    );
    const object = `template:${templateId}`;
    expect(rows).toEqual([
      { action: 'template.hold', object, reason: 'customers complain' },
      { action: 'template.hold.end', object, reason: 'reworded' },
    ]);
  });
});
