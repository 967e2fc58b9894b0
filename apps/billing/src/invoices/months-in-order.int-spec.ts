import { jest } from '@jest/globals';
import { CLOCK, type Clock } from '#libs/clock';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { type Invoicing, invoicing, REASON } from '../../../../test/fixtures/billing/invoicing.js';
import type { Merchant } from '../../../../test/fixtures/billing/merchant.js';
import { RunInvoices } from './run-invoices.js';

const OCTOBER = new Date('2026-10-20T12:00:00Z');
const FEE = { currency: 'USD', monthly_fee: { tenant: '49', number: '0' } };

describe('months are invoiced one after the other', () => {
  let { apps, call, asStaff, rate, invoicedShop, putOnPlan, issue, database } = {} as Invoicing;
  let close: Invoicing['close'] | undefined;
  beforeAll(async () => {
    ({ apps, call, asStaff, rate, invoicedShop, putOnPlan, issue, database, close } = await invoicing());
  });
  afterAll(() => close?.());

  const issued = async (shop: Merchant): Promise<string[]> => {
    const { body } = await call('GET', '/api/v1/issued-invoices', shop.apiKey);
    return body.data.map((i: { month: string; net: string }) => `${i.month} ${i.net}`);
  };

  it('also one without a message, whose fee is due: the automatic run begins with the plan, not with the first message', async () => {
    const shop = await invoicedShop({ issue_after_days: 3 });
    await putOnPlan(shop, '2026-09-01', FEE);
    await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const run = apps.worker.app.get(RunInvoices);
    const now = jest.spyOn(apps.worker.app.get<Clock>(CLOCK), 'now').mockReturnValue(new Date('2026-11-20T12:00:00Z'));
    expect(await run.run(shop.tenantId)).toBe(true);
    expect(await issued(shop)).toEqual(['2026-09 49.00']);
    expect(await run.run(shop.tenantId)).toBe(true);
    expect(await issued(shop)).toEqual(['2026-10 49.01', '2026-09 49.00']);
    // November is not over.
    expect(await run.run(shop.tenantId)).toBe(false);
    now.mockRestore();
  });

  it('and staff pass none over, since closing a month closes those before it', async () => {
    const shop = await invoicedShop();
    await putOnPlan(shop, '2026-08-01', { currency: 'USD', minimum_per_month: '30' });
    const closed = await asStaff('POST', `/tenants/${shop.tenantId}/periods/2026-08/close`, REASON);
    expect(closed.body).toEqual({ closed_through: '2026-08' });
    const early = await issue(shop, '2026-10');
    expect([early.status, early.body.error.message]).toEqual([409, expect.stringContaining('2026-09 is open')]);
    expect((await issue(shop, '2026-09')).status).toBe(201);
    expect((await issue(shop, '2026-10')).status).toBe(201);
    expect(await issued(shop)).toEqual(['2026-10 30.00', '2026-09 30.00']);
  });

  it('a number bears its fee by what it was when the month ended, restricted ones too', async () => {
    const shop = await invoicedShop();
    await putOnPlan(shop, '2026-10-01', { currency: 'USD', monthly_fee: { tenant: '0', number: '15' } });
    const [db, wabas] = [apps.worker.app.get(Database), apps.worker.app.get(Wabas)];
    const became = (status: string) =>
      db.inTenant(shop.tenantId, (tx) => wabas.describeNumber(tx, shop.tenantId, shop.phoneNumberId, { status }));
    await became('RESTRICTED');
    await database.owner.query(`UPDATE phone_numbers SET created_at = '2026-09-01' WHERE tenant_id = $1`, [
      shop.tenantId,
    ]);
    expect(await apps.worker.app.get(RunInvoices).run(shop.tenantId)).toBe(true);
    // Given up in the days until staff issue.
    await became('DISCONNECTED');
    expect((await issue(shop)).body.data).toMatchObject([{ net: '15.00' }]);
  });

  it.each(['9999-12', '9999-11', '1899-12'])('%s is no month to be invoiced', async (month) => {
    const shop = await invoicedShop();
    expect([400, 409]).toContain((await issue(shop, month)).status);
    const { body } = await asStaff('GET', `/tenants/${shop.tenantId}/periods`);
    expect(body.data).toEqual([]);
  });
});
