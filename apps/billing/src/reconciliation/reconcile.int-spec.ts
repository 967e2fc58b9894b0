import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Database } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { Wabas } from '#libs/wabas';
import { type Merchant, merchant, UTILITY } from '../../../../test/fixtures/billing/merchant.js';
import { type StaffMember, staffMember } from '../../../../test/fixtures/billing/staff.js';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { BillingModule } from '../billing.module.js';
import { BillingWorkerModule } from '../billing-worker.module.js';
import { RateUsage } from '../metering/rate-usage.js';

const REASON = { reason: 'end of the month' };

describe('our books beside those of Meta', () => {
  let database: TestDatabase;
  let apps: { api: RunningApp; worker: RunningApp };
  let staff: StaffMember;
  let graph: Server;
  let points: object[] = [];
  const asked: string[] = [];
  beforeAll(async () => {
    database = await cloneDatabase();
    graph = createServer((request, response) => {
      asked.push(decodeURIComponent(request.url ?? ''));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: '1', pricing_analytics: { data: [{ data_points: points }] } }));
    });
    await new Promise<void>((resolve) => graph.listen(0, '127.0.0.1', resolve));
    const environment = testEnvironment(database, {
      META_GRAPH_URL: `http://127.0.0.1:${(graph.address() as AddressInfo).port}`,
    });
    apps = {
      api: await startApp(BillingModule, environment, { name: 'billing', describe: 'Billing.' }),
      worker: await startApp(BillingWorkerModule, environment),
    };
    staff = await staffMember(database, environment, 'billing');
  });
  afterAll(async () => {
    await apps.worker.close();
    await apps.api.close();
    graph.close();
    await database.drop();
  });

  const asStaff = (method: string, path: string, body?: object) =>
    http(method, `${apps.api.url}/admin/v1${path}`, {
      token: staff.token,
      ...(body ? { body: { ...body, ...REASON } } : {}),
    });
  const shopWithMessages = async () => {
    const shop = await merchant(apps);
    const { db, wabas } = { db: apps.worker.app.get(Database), wabas: apps.worker.app.get(Wabas) };
    const metaWabaId = await db.inTenant(shop.tenantId, async (tx) => {
      const [waba] = await wabas.wabas(tx, shop.tenantId);
      if (!waba) throw new Error('no WABA');
      await wabas.saveWaba(tx, shop.tenantId, { ...waba, token: 'token' });
      return waba.metaWabaId;
    });
    for (let i = 0; i < 3; i++) await shop.delivered({ deliveredAt: new Date('2026-10-20T12:00:00Z') });
    await shop.delivered({
      deliveredAt: new Date('2026-10-20T12:00:00Z'),
      pricing: { ...UTILITY, category: 'marketing' },
    });
    while ((await apps.worker.app.get(RateUsage).rateNext(shop.tenantId)) > 0);
    return { shop, metaWabaId };
  };
  // Midnight of 20 October in Mexico City.
  const point = (category: string, volume: number) => ({
    start: Date.parse('2026-10-20T06:00:00Z') / 1_000,
    phone_number: '15550100',
    country: 'MX',
    pricing_category: category,
    pricing_type: 'REGULAR',
    volume,
  });
  const report = (shop: Merchant) =>
    asStaff('GET', `/tenants/${shop.tenantId}/reconciliation?from=2026-10-01&to=2026-10-31`);

  it('agree day by day in the zone of the WABA, and a difference has its probable cause', async () => {
    const { shop } = await shopWithMessages();
    const pull = (days: object = { from: '2026-10-01', to: '2026-10-31' }) =>
      asStaff('POST', `/tenants/${shop.tenantId}/reconciliation/pull`, days);
    expect((await pull({ from: '2026-10-31', to: '2026-10-01' })).status).toBe(400);
    expect((await pull({ from: '2024-01-01', to: '2026-10-31' })).status).toBe(400);
    points = [point('UTILITY', 3), point('MARKETING', 1)];
    expect((await pull()).body).toEqual({ rows: 2 });
    const together = await Promise.all(Array.from({ length: 6 }, () => pull()));
    expect(together.map(({ status, body }) => [status, body.rows])).toEqual(Array(6).fill([200, 2]));
    const [start, end] = [Date.parse('2026-10-01T06:00:00Z') / 1_000, Date.parse('2026-11-01T06:00:00Z') / 1_000];
    expect(asked.at(-1)).toContain(`pricing_analytics.start(${start}).end(${end}).granularity(DAILY)`);
    expect((await report(shop)).body.data).toMatchObject([{ differences: [] }]);

    points = [point('UTILITY', 5), point('MARKETING', 1)];
    await pull();
    expect((await report(shop)).body.data[0].differences).toEqual([
      {
        day: '2026-10-20',
        number: '15550100',
        market: 'Mexico',
        category: 'utility',
        charged: true,
        ours: 3,
        metas: 5,
        ourCost: '0.0255',
        metasCost: null,
        cause: 'status_missing',
      },
    ]);
  });

  it('are trued up to the invoice of Meta, once', async () => {
    const { shop, metaWabaId } = await shopWithMessages();
    const csv = 'market,category,volume,cost\nMexico,utility,3,0.0255\nMexico,marketing,1,0.0305\n';
    const path = `/tenants/${shop.tenantId}/reconciliation`;
    const bad = await asStaff('POST', `${path}/meta-invoices`, {
      waba_id: metaWabaId,
      month: '2026-10',
      csv: 'market,category,volume,cost\nAtlantis,utility,x,1\n',
    });
    expect([bad.status, bad.body.error.message ?? bad.body.error.details]).toEqual([
      400,
      expect.stringContaining('line 2'),
    ]);
    const endless = await asStaff('POST', `${path}/meta-invoices`, {
      waba_id: metaWabaId,
      month: '2026-10',
      csv: `market,category,volume,cost\nMexico,utility,${'9'.repeat(22)},1\n`,
    });
    expect([endless.status, endless.body.error.message]).toEqual([400, 'line 2: volume must be a whole number']);
    const imported = await asStaff('POST', `${path}/meta-invoices`, { waba_id: metaWabaId, month: '2026-10', csv });
    expect(imported.body).toMatchObject({
      rows: 2,
      data: [
        {
          trueUp: '-0.0092',
          differences: [{ category: 'marketing', cause: 'price_differs', ourCost: '0.0397', metasCost: '0.0305' }],
        },
      ],
    });
    const trueUp = { waba_id: metaWabaId, month: '2026-10', amount: '-0.0092' };
    const booked = await asStaff('POST', `${path}/true-ups`, trueUp);
    expect(booked.body).toMatchObject({ booked_on: '2026-10-31' });
    expect((await asStaff('POST', `${path}/true-ups`, trueUp)).status).toBe(409);
    const { rows: audited } = await database.owner.query(
      `SELECT 1 FROM audit_log WHERE tenant_id = $1 AND action = 'reconciliation.true-up'`,
      [shop.tenantId],
    );
    expect(audited).toHaveLength(1);
    const settled = await asStaff('GET', `${path}/meta-invoices/2026-10`);
    expect(settled.body.data).toMatchObject([{ trueUp: null, differences: [{ cause: 'price_differs' }] }]);
    // What the provider settles with Meta is no business of the tenant's, not even that it was.
    const seen = await http('GET', `${apps.api.url}/api/v1/ledger`, { token: shop.apiKey });
    expect(seen.body.entries.map((entry: { kind: string }) => entry.kind)).toEqual(Array(4).fill('message'));
    const { rows } = await database.owner.query(
      `SELECT account, sum(amount)::text AS amount FROM postings WHERE tenant_id = $1 AND account LIKE '%meta' GROUP BY account ORDER BY account`,
      [shop.tenantId],
    );
    expect(rows).toEqual([
      { account: 'cost_of_sales_meta', amount: '0.0560' },
      { account: 'payable_meta', amount: '-0.0560' },
    ]);
  });

  it('are trued up again, also by an amount that was booked and taken back before', async () => {
    const { shop, metaWabaId } = await shopWithMessages();
    const trueUp = async (amount: string) => {
      const path = `/tenants/${shop.tenantId}/reconciliation/true-ups`;
      return (await asStaff('POST', path, { waba_id: metaWabaId, month: '2026-10', amount })).status;
    };
    const booked = [await trueUp('5'), await trueUp('-5'), await trueUp('5')];
    expect(booked).toEqual([200, 200, 200]);
    // Told twice, also by two at once, and written in another way.
    expect(await Promise.all([trueUp('5.00'), trueUp('5')])).toEqual([409, 409]);
    const { rows } = await database.owner.query(
      `SELECT count(*)::int AS entries, sum(amount)::text AS amount FROM postings
        WHERE tenant_id = $1 AND entry_id IN (SELECT entry_id FROM journal_entries WHERE kind = 'true_up')
          AND account = 'cost_of_sales_meta'`,
      [shop.tenantId],
    );
    expect(rows).toEqual([{ entries: 3, amount: '5' }]);
  });

  it('an audience is priced before it is written to, in the markets of its numbers', async () => {
    const { shop, metaWabaId } = await shopWithMessages();
    const estimate = (body: object, token = shop.apiKey) =>
      http('POST', `${apps.api.url}/api/v1/estimates`, {
        token,
        body: { waba_id: metaWabaId, day: '2026-11-22', ...body },
      });
    const answer = await estimate({
      audience: [
        { category: 'marketing', recipients: ['5215512345678', '+5215512345679', '34612345678'] },
        { category: 'utility', market: 'Mexico', count: 1_000 },
      ],
    });
    expect(answer.status).toBe(200);
    expect(answer.body.lines).toMatchObject([
      { market: 'Mexico', category: 'marketing', quantity: 2, unit_price: '0.0397' },
      { market: 'Spain', category: 'marketing', quantity: 1 },
      { market: 'Mexico', category: 'utility', quantity: 1_000, amount: '8.5000' },
    ]);
    const other = await merchant(apps);
    expect((await estimate({ audience: [] }, other.apiKey)).status).toBe(404);
    expect((await estimate({ audience: [{ category: 'utility', market: 'Atlantis', count: 1 }] })).status).toBe(400);
    // Neither a template nor a category, and windows of numbers that have markets of their own.
    const nothing = await estimate({ audience: [{ template_id: null, market: 'Mexico', count: 1 }] });
    expect([nothing.status, nothing.body.error.message]).toEqual([400, expect.stringContaining('category')]);
    const windows = { category: 'utility', recipients: ['5215512345678', '34612345678'], in_window: 1 };
    const refused = await estimate({ day: '2026-09-10', audience: [windows] });
    expect([refused.status, refused.body.error.message]).toEqual([400, expect.stringContaining('market and count')]);
  });

  it('an audience of a template is priced in the category that the template will have on that day', async () => {
    const { shop, metaWabaId } = await shopWithMessages();
    const [db, templates] = [apps.api.app.get(Database), apps.api.app.get(Templates)];
    const at = new Date();
    const metaTemplateId = '1627019861106475';
    const nextYear = at.getUTCFullYear() + 1;
    await db.inTenant(shop.tenantId, async (tx) => {
      const [waba] = await apps.api.app.get(Wabas).wabas(tx, shop.tenantId);
      const seen = {
        metaTemplateId,
        name: 'order_update',
        language: 'es',
        category: 'UTILITY',
        status: 'APPROVED',
        at,
      };
      const wabaId = waba?.wabaId ?? '';
      await templates.save(tx, shop.tenantId, { ...seen, wabaId, source: 'meta-poll', components: [] });
      const category = {
        new_category: 'UTILITY',
        correct_category: 'MARKETING',
        category_update_timestamp: Date.UTC(nextYear, 2, 5, 12) / 1_000,
      };
      await templates.applyReport(tx, shop.tenantId, { metaTemplateId, at, source: 'meta-webhook', category });
    });
    const estimate = (body: object) =>
      http('POST', `${apps.api.url}/api/v1/estimates`, { token: shop.apiKey, body: { waba_id: metaWabaId, ...body } });
    const categoryOf = async (day?: string) => {
      const audience = [{ template_id: metaTemplateId, market: 'Mexico', count: 1 }];
      const { body } = await estimate({ ...(day ? { day } : {}), audience });
      return body.lines.map((line: { category: string }) => line.category);
    };
    expect(await categoryOf()).toEqual(['utility']);
    expect(await categoryOf(`${nextYear}-03-04`)).toEqual(['utility']);
    expect(await categoryOf(`${nextYear}-03-05`)).toEqual(['marketing']);
    expect((await estimate({ audience: [{ template_id: '123', market: 'Mexico', count: 1 }] })).status).toBe(404);
    expect((await estimate({ audience: [{ market: 'Mexico', count: 1 }] })).status).toBe(400);
  });
});
