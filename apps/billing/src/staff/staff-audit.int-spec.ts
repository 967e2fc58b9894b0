import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { merchant } from '../../../../test/fixtures/billing/merchant.js';
import { type StaffMember, staffMember } from '../../../../test/fixtures/billing/staff.js';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { BillingModule } from '../billing.module.js';

const ENTITY = { name: 'Paloma SA', address: 'Calle 1', country: 'MX', tax_id: 'PAL010101AA1', taxes: [] };
const PROFILE = { legal_name: 'Shop', country: 'MX', timezone: 'America/Mexico_City', legal_entity: 'main' };
const CARD = {
  card_date: '2027-01-01',
  currency: 'PEN',
  announced_on: '2026-12-01',
  source: 'a card of the test',
  csv: 'market,category,price\nMexico,utility,0.0310\n',
};
const INVOICE_OF_META = 'market,category,volume,cost\nMexico,utility,3,0.0255\n';

type Write = readonly [method: string, path: string, action: string, body: object];

describe('what staff write in billing', () => {
  let database: TestDatabase;
  let api: RunningApp;
  let staff: StaffMember;
  let graph: Server;
  let shop: { tenantId: string; wabaId: string; metaWabaId: string };
  beforeAll(async () => {
    database = await cloneDatabase();
    graph = createServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ id: '1', pricing_analytics: { data: [] } }));
    });
    await new Promise<void>((resolve) => graph.listen(0, '127.0.0.1', resolve));
    const environment = testEnvironment(database, {
      META_GRAPH_URL: `http://127.0.0.1:${(graph.address() as AddressInfo).port}`,
    });
    api = await startApp(BillingModule, environment, { name: 'billing', describe: 'Billing.' });
    staff = await staffMember(database, environment, 'administrator');
    const { tenantId, wabaId } = await merchant({ api, worker: api });
    const wabas = api.app.get(Wabas);
    const metaWabaId = await api.app.get(Database).inTenant(tenantId, async (tx) => {
      const [waba] = await wabas.wabas(tx, tenantId);
      if (!waba) throw new Error('no WABA');
      await wabas.saveWaba(tx, tenantId, { ...waba, token: 'token' });
      return waba.metaWabaId;
    });
    shop = { tenantId, wabaId, metaWabaId };
  });
  afterAll(async () => {
    await api.close();
    graph.close();
    await database.drop();
  });

  /** All that is in the database, but the audit log: a hash of each table. */
  const everything = async (): Promise<Record<string, string>> => {
    const { rows: tables } = await database.owner.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'audit%' ORDER BY 1`,
    );
    const held: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await database.owner.query(
        `SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS hash FROM "${name}" AS t`,
      );
      held[name] = rows[0].hash;
    }
    return held;
  };
  const actionsWritten = async (reason: string): Promise<string[]> =>
    (await database.owner.query('SELECT action FROM audit_log WHERE reason = $1 ORDER BY seq', [reason])).rows.map(
      (row) => row.action,
    );
  const write = ([method, path, , body]: Write, reason: string) => {
    const filled = JSON.parse(JSON.stringify(body).replace('{waba}', shop.metaWabaId));
    const url = `${api.url}/admin/v1${path.replace('{tenant}', shop.tenantId).replace('{ours}', shop.wabaId)}`;
    return http(method, url, { token: staff.token, body: { ...filled, reason } });
  };

  // In an order in which each can follow the one before.
  it.each<Write>([
    ['PUT', '/legal-entities/main', 'legal-entity.save', { ...ENTITY, invoice_prefix: 'P-', credit_prefix: 'C-' }],
    ['POST', '/plans/plus/versions', 'plan.add-version', { terms: { markup_pct: '20' } }],
    ['POST', '/tenants/{tenant}/plan', 'plan.assign', { plan: 'plus', version: 1, from_day: '2999-01-01' }],
    ['PUT', '/tenants/{tenant}/billing-profile', 'billing-profile.save', PROFILE],
    ['PUT', '/tenants/{tenant}/wabas/{ours}/timezone', 'waba.correct-timezone', { timezone: 'Europe/Paris' }],
    ['PUT', '/tenants/{tenant}/wallet', 'wallet.open', { currency: 'USD', credit_limit: '1' }],
    ['POST', '/tenants/{tenant}/wallet/transfers', 'wallet.transfer', { amount: '10', reference: 'T1' }],
    ['POST', '/rate-cards', 'rate-card.propose', CARD],
    ['POST', '/tenants/{tenant}/unpriced-messages/rate-again', 'usage.rate-again', {}],
    ['POST', '/tenants/{tenant}/reconciliation/pull', 'reconciliation.pull', { from: '2026-10-01', to: '2026-10-31' }],
    [
      'POST',
      '/tenants/{tenant}/reconciliation/meta-invoices',
      'reconciliation.invoice',
      { waba_id: '{waba}', month: '2026-10', csv: INVOICE_OF_META },
    ],
    [
      'POST',
      '/tenants/{tenant}/reconciliation/true-ups',
      'reconciliation.true-up',
      { waba_id: '{waba}', month: '2026-10', amount: '0.01' },
    ],
    ['POST', '/tenants/{tenant}/periods/2026-09/close', 'period.close', {}],
  ])('%s %s is there with its entry in the audit log, or not at all', async (method, path, action, body) => {
    const one: Write = [method, path, action, body];
    const before = await everything();
    await database.owner.query(`ALTER TABLE audit_log ADD CONSTRAINT planted CHECK (reason <> 'unwritable')`);
    try {
      expect((await write(one, 'unwritable')).status).toBe(500);
    } finally {
      await database.owner.query('ALTER TABLE audit_log DROP CONSTRAINT planted');
    }
    expect(await everything()).toEqual(before);

    const reason = `why ${action}`;
    expect((await write(one, reason)).status).toBeLessThan(300);
    expect(await actionsWritten(reason)).toEqual([action]);
  });
});
