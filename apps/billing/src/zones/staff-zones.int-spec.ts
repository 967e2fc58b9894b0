import { type Charge, Ledger } from '#libs/ledger';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { type Merchant, merchant } from '../../../../test/fixtures/billing/merchant.js';
import { type StaffMember, staffMember } from '../../../../test/fixtures/billing/staff.js';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { BillingModule } from '../billing.module.js';
import { BillingWorkerModule } from '../billing-worker.module.js';
import { RateUsage } from '../metering/rate-usage.js';

const HOUR_MS = 3_600_000;

describe('the time zone of an account, of which Meta told an id without a name', () => {
  let database: TestDatabase;
  let apps: { api: RunningApp; worker: RunningApp };
  let staff: StaffMember;
  let auditor: StaffMember;
  beforeAll(async () => {
    database = await cloneDatabase();
    const environment = testEnvironment(database);
    apps = {
      api: await startApp(BillingModule, environment, { name: 'billing', describe: 'Billing.' }),
      worker: await startApp(BillingWorkerModule, environment),
    };
    staff = await staffMember(database, environment, 'billing');
    auditor = await staffMember(database, environment, 'auditor');
  });
  afterAll(async () => {
    await apps.worker.close();
    await apps.api.close();
    await database.drop();
  });

  const correct = ({ tenantId, wabaId }: Merchant, timezone: string, by = staff) =>
    http('PUT', `${apps.api.url}/admin/v1/tenants/${tenantId}/wabas/${wabaId}/timezone`, {
      token: by.token,
      body: { timezone, reason: 'Business Manager shows it' },
    });
  /** @returns the local day on which a message delivered then was charged */
  const dayOf = async (shop: Merchant, deliveredAt: Date): Promise<string | undefined> => {
    const messageId = await shop.delivered({ deliveredAt });
    while ((await apps.worker.app.get(RateUsage).rateNext(shop.tenantId)) > 0);
    const charges: Charge[] = await apps.worker.app
      .get(Database)
      .inTenant(shop.tenantId, (tx) => apps.worker.app.get(Ledger).chargesOf(tx, shop.tenantId, messageId));
    return charges[0]?.localDay;
  };

  it('counts at once where nothing was charged: a message of the night is of the day before', async () => {
    const shop = await merchant(apps, { timezone: 'UTC' });
    const corrected = await correct(shop, 'America/Mexico_City');
    expect([corrected.status, corrected.body]).toEqual([200, { timezone: 'America/Mexico_City', next: null }]);
    expect(await dayOf(shop, new Date('2026-11-22T03:00:00Z'))).toBe('2026-11-21');
  });

  it('counts from the next month on where something was: no charge gets another day', async () => {
    const shop = await merchant(apps, { timezone: 'UTC' });
    expect(await dayOf(shop, new Date('2026-11-22T20:00:00Z'))).toBe('2026-11-22');
    const { body } = await correct(shop, 'Asia/Kolkata');
    expect(body).toMatchObject({ timezone: 'UTC', next: { timezone: 'Asia/Kolkata' } });
    const from = new Date(body.next.from);
    expect(from.getTime()).toBeGreaterThan(Date.now());
    expect(from.toISOString()).toMatch(/-01T00:00:00.000Z$/);
    const day = from.toISOString().slice(0, 'YYYY-MM-'.length);
    // By Indian time the next day has begun at 20:00 UTC.
    expect(await dayOf(shop, new Date('2026-11-22T20:30:00Z'))).toBe('2026-11-22');
    expect(await dayOf(shop, new Date(from.getTime() - 4 * HOUR_MS))).not.toBe(`${day}01`);
    expect(await dayOf(shop, new Date(from.getTime() + 20 * HOUR_MS))).toBe(`${day}02`);
    // Taken back while there is time.
    expect((await correct(shop, 'UTC')).body).toEqual({ timezone: 'UTC', next: null });
  });

  it('stays what staff said when the account is connected again', async () => {
    const shop = await merchant(apps, { timezone: 'UTC' });
    await correct(shop, 'America/Bogota');
    const wabas = apps.worker.app.get(Wabas);
    const saved = await apps.worker.app.get(Database).inTenant(shop.tenantId, async (tx) => {
      const waba = await wabas.waba(tx, shop.tenantId, { wabaId: shop.wabaId });
      if (!waba) throw new Error('no WABA');
      const { portfolioId, metaWabaId, name, currency } = waba;
      const seen = { portfolioId, metaWabaId, name, currency, timezone: 'UTC', unnamedTimezone: '42' };
      return wabas.saveWaba(tx, shop.tenantId, seen);
    });
    expect(saved).toMatchObject({ timezone: 'America/Bogota', unnamedTimezone: '42', timezoneCorrected: true });
  });

  it('is a name of the time zone database, of an account of the tenant, and for staff of billing to say', async () => {
    const [shop, other] = [await merchant(apps), await merchant(apps)];
    for (const wrong of ['42', 'America/Atlantis', '+05:30', '']) expect((await correct(shop, wrong)).status).toBe(400);
    expect((await correct({ ...shop, wabaId: other.wabaId }, 'UTC')).status).toBe(404);
    expect((await correct(shop, 'UTC', auditor)).status).toBe(403);
    const { rows } = await database.owner.query(
      "SELECT count(*)::int AS n FROM audit_log WHERE action = 'waba.correct-timezone' AND tenant_id = $1",
      [shop.tenantId],
    );
    expect(rows[0].n).toBe(0);
  });
});
