import { newMessageRef } from '#libs/outbox';
import { type Merchant, merchant, UTILITY } from '../../../../test/fixtures/billing/merchant.js';
import { type StaffMember, staffMember } from '../../../../test/fixtures/billing/staff.js';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { BillingModule } from '../billing.module.js';
import { BillingWorkerModule } from '../billing-worker.module.js';
import { RateUsage } from '../metering/rate-usage.js';

const REASON = { reason: 'asked by the merchant' };

describe('what staff do to books and rate cards', () => {
  let database: TestDatabase;
  let apps: { api: RunningApp; worker: RunningApp };
  let [first, second]: StaffMember[] = [];
  beforeAll(async () => {
    database = await cloneDatabase();
    const environment = testEnvironment(database);
    apps = {
      api: await startApp(BillingModule, environment, { name: 'billing', describe: 'Billing.' }),
      worker: await startApp(BillingWorkerModule, environment),
    };
    first = await staffMember(database, environment, 'billing');
    second = await staffMember(database, environment, 'administrator');
  });
  afterAll(async () => {
    await apps.worker.close();
    await apps.api.close();
    await database.drop();
  });

  const call = (method: string, path: string, token: string | undefined, body?: object) =>
    http(method, `${apps.api.url}${path}`, { ...(token ? { token } : {}), ...(body ? { body } : {}) });
  const asStaff = (method: string, path: string, body?: object, who = first) =>
    call(method, `/admin/v1${path}`, who?.token, body);
  const rate = async ({ tenantId }: Merchant) => {
    while ((await apps.worker.app.get(RateUsage).rateNext(tenantId)) > 0);
  };

  it('correct a charge beside it, in the journal, in the wallet and on the next invoice', async () => {
    const shop = await merchant(apps);
    await asStaff('PUT', `/tenants/${shop.tenantId}/wallet`, { currency: 'USD', credit_limit: '1', ...REASON });
    const message = await shop.delivered({ pricing: { ...UTILITY, category: 'marketing' } });
    await rate(shop);
    const correct = () =>
      asStaff('POST', `/tenants/${shop.tenantId}/charges/${newMessageRef(message)}/correction`, {
        unit_price: '0.0085',
        category: 'utility',
        ...REASON,
      });
    expect((await correct()).body).toMatchObject({ category: 'utility', amount: '0.0085', revision: 2 });
    expect((await correct()).status).toBe(409);
    const wallet = await call('GET', '/api/v1/wallet', shop.apiKey);
    expect(wallet.body.wallet).toMatchObject({ balance: '-0.0085' });
    const ledger = await call('GET', '/api/v1/ledger', shop.apiKey);
    expect(ledger.body.balances).toContainEqual(expect.objectContaining({ account: 'wallet', balance: '0.0085' }));
    expect(ledger.body.entries.map((e: { kind: string }) => e.kind).sort()).toEqual(['message', 'message', 'reversal']);
    const usage = await call('GET', '/api/v1/usage?from=2026-11-22&to=2026-11-22&by=day,category', shop.apiKey);
    expect(usage.body.data).toEqual([
      { day: '2026-11-22', category: 'marketing', currency: 'USD', quantity: '0', amount: '0.0000' },
      { day: '2026-11-22', category: 'utility', currency: 'USD', quantity: '1', amount: '0.0085' },
    ]);
    const statement = await call('GET', '/api/v1/statement?from=2026-11-01&to=2999-01-01', shop.apiKey);
    expect(statement.body.movements.map((m: { kind: string; amount: string }) => [m.kind, m.amount])).toContainEqual([
      'reversal',
      '-0.0397',
    ]);
    const journal = await call('GET', `/admin/v1/tenants/${shop.tenantId}/journal/2026-11`, first?.token);
    expect(journal.body.split('\r\n').length).toBeGreaterThan(8);
    expect(journal.body).toContain('asked by the merchant');
  });

  it('close a month only when it is over', async () => {
    const shop = await merchant(apps);
    const close = (month: string) => asStaff('POST', `/tenants/${shop.tenantId}/periods/${month}/close`, REASON);
    expect((await close('2999-01')).status).toBe(400);
    expect((await close('2026-10')).body).toEqual({ closed_through: '2026-10' });
    const list = await asStaff('GET', `/tenants/${shop.tenantId}/periods`);
    expect(list.body.data).toMatchObject([{ month: '2026-10', closed_by: first?.email }]);
  });

  it('count usage by number and by the campaign that the sender named', async () => {
    const shop = await merchant(apps);
    await shop.delivered();
    await rate(shop);
    const { body } = await call(
      'GET',
      '/api/v1/usage?from=2026-11-01&to=2026-11-30&by=number,campaign,market',
      shop.apiKey,
    );
    expect(body.data).toEqual([
      {
        number: shop.metaPhoneNumberId,
        campaign: null,
        market: 'Mexico',
        currency: 'USD',
        quantity: '1',
        amount: '0.0085',
      },
    ]);
    expect((await call('GET', '/api/v1/usage?by=colour', shop.apiKey)).status).toBe(400);
  });

  it('add a rate card that another of them approved; messages that waited for it are then priced', async () => {
    const shop = await merchant(apps, { currency: 'PEN' });
    const waiting = await shop.delivered({ deliveredAt: new Date('2027-01-02T12:00:00Z') });
    await rate(shop);
    const proposed = await asStaff('POST', '/rate-cards', {
      card_date: '2027-01-01',
      currency: 'PEN',
      announced_on: '2026-12-01',
      source: 'a card of the test',
      csv: 'market,category,price\nMexico,utility,0.0310\n',
      ...REASON,
    });
    expect(proposed.body).toMatchObject({ status: 'proposed', review: { before: null } });
    expect(proposed.body.review.warnings.join()).toContain('will wait for a price');
    const approve = (who: StaffMember | undefined) =>
      asStaff('POST', `/rate-cards/${proposed.body.id}/approve`, REASON, who);
    expect((await approve(first)).status).toBe(403);
    expect((await approve(second)).body).toMatchObject({ status: 'approved', decided_by: second?.email });
    expect((await approve(second)).status).toBe(409);
    const card = await call('GET', '/api/v1/rate-cards/PEN?date=2027-01-01', shop.apiKey);
    expect(card.body.prices).toMatchObject([{ market: 'Mexico', category: 'utility', price: '0.0310' }]);

    const rated = async () => (await call('GET', `/api/v1/charges/${waiting}`, shop.apiKey)).body;
    const again = await asStaff('POST', `/tenants/${shop.tenantId}/unpriced-messages/rate-again`, {
      parked_for: 'no_rate',
      ...REASON,
    });
    expect(again.body).toEqual({ released: 1 });
    // The worker looks for new cards every few seconds.
    const charge = await eventually(async () => {
      await apps.worker.app.get(RateUsage).rateParkedAgain(shop.tenantId);
      const answer = await rated();
      return answer.error ? undefined : answer;
    });
    expect(charge).toMatchObject({ amount: '0.0310', currency: 'PEN', card_date: '2027-01-01' });
  });

  it.each(['usage', 'statement', 'issued-invoices', 'plan', 'wallet', 'wallet/top-ups'])(
    '%s asks who is there',
    async (path) => {
      expect((await http('GET', `${apps.api.url}/api/v1/${path}`)).status).toBe(401);
    },
  );
});
