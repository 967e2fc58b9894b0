import { type Invoicing, invoicing, REASON } from '../../../../test/fixtures/billing/invoicing.js';
import { type Merchant, UTILITY } from '../../../../test/fixtures/billing/merchant.js';
import { type StaffMember, staffMember } from '../../../../test/fixtures/billing/staff.js';

const OCTOBER = new Date('2026-10-15T12:00:00.000Z');

describe('adjustments above the limit', () => {
  let house: Invoicing;
  let [colleague, support]: StaffMember[] = [];
  beforeAll(async () => {
    house = await invoicing({ ADJUSTMENT_LIMITS: 'EUR=1000,*=1' });
    colleague = await staffMember(house.database, house.environment, 'billing');
    support = await staffMember(house.database, house.environment, 'support');
  });
  afterAll(() => house.close());

  const as = (who: StaffMember | undefined, method: string, path: string, body?: object) =>
    house.call(method, `/admin/v1${path}`, who?.token ?? '', body);
  const decide = (who: StaffMember | undefined, { tenantId }: Merchant, id: string, what: 'approve' | 'reject') =>
    as(who, 'POST', `/tenants/${tenantId}/adjustments/${id}/${what}`, { reason: 'seen the bank statement' });
  const walletOf = async (shop: Merchant) => (await house.call('GET', '/api/v1/wallet', shop.apiKey)).body.wallet;
  const actionsOn = async ({ tenantId }: Merchant): Promise<[string, string][]> => {
    const { rows } = await house.database.owner.query(
      'SELECT action, who FROM audit_log WHERE tenant_id = $1 ORDER BY seq',
      [tenantId],
    );
    return rows.map((row) => [row.action, row.who]);
  };
  const shopWithWallet = async (): Promise<Merchant> => {
    const shop = await house.invoicedShop();
    await house.asStaff('PUT', `/tenants/${shop.tenantId}/wallet`, { currency: 'USD', credit_limit: '0', ...REASON });
    return shop;
  };
  const transfer = (shop: Merchant, amount: string, reference: string) =>
    house.asStaff('POST', `/tenants/${shop.tenantId}/wallet/transfers`, { amount, reference, ...REASON });

  it('are booked at once up to it, and above it by a second member of staff alone', async () => {
    const shop = await shopWithWallet();
    expect((await transfer(shop, '1', 'T1')).status).toBe(201);
    const asked = await transfer(shop, '250.00', 'T2');
    expect(asked.status).toBe(202);
    expect(asked.body).toMatchObject({
      kind: 'transfer',
      status: 'proposed',
      amount: '250.00',
      currency: 'USD',
      request: { amount: '250.00', reference: 'T2' },
    });
    expect((await transfer(shop, '250.00', 'T2')).status).toBe(409);
    expect(await walletOf(shop)).toMatchObject({ balance: '1' });
    expect((await as(support, 'GET', '/adjustments')).body.data).toContainEqual(asked.body);

    const own = await house.asStaff('POST', `/tenants/${shop.tenantId}/adjustments/${asked.body.id}/approve`, REASON);
    expect(own.status).toBe(403);
    expect((await decide(support, shop, asked.body.id, 'approve')).status).toBe(403);
    const approved = await decide(colleague, shop, asked.body.id, 'approve');
    expect([approved.status, approved.body.status, approved.body.decided_by]).toEqual([
      200,
      'approved',
      colleague?.email,
    ]);
    expect(await walletOf(shop)).toMatchObject({ balance: '251.00' });
    expect((await decide(colleague, shop, asked.body.id, 'approve')).status).toBe(409);
    expect((await decide(colleague, shop, asked.body.id, 'reject')).status).toBe(409);
    expect((await as(support, 'GET', '/adjustments')).body.data).toEqual([]);
    const listed = await as(support, 'GET', `/tenants/${shop.tenantId}/adjustments`);
    expect(listed.body.data).toEqual([approved.body]);
    expect((await actionsOn(shop)).slice(-3)).toEqual([
      ['adjustment.propose', asked.body.proposed_by],
      ['adjustment.approve', colleague?.email],
      ['wallet.transfer', colleague?.email],
    ]);
  });

  it('are booked once when two approve at the same moment, and not at all when rejected', async () => {
    const shop = await shopWithWallet();
    const third = await staffMember(house.database, house.environment, 'administrator');
    const { id } = (await transfer(shop, '40', 'T3')).body;
    const both = await Promise.all([colleague, third].map((who) => decide(who, shop, id, 'approve')));
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(await walletOf(shop)).toMatchObject({ balance: '40' });
    const back = (await transfer(shop, '-30', 'T4')).body;
    expect(
      (await house.asStaff('POST', `/tenants/${shop.tenantId}/adjustments/${back.id}/reject`, REASON)).status,
    ).toBe(200);
    expect((await decide(colleague, shop, back.id, 'approve')).status).toBe(409);
    expect(await walletOf(shop)).toMatchObject({ balance: '40' });
  });

  it('pay back no more than a wallet holds, whoever approves', async () => {
    const shop = await shopWithWallet();
    await transfer(shop, '1', 'T5');
    const refused = await transfer(shop, '-1000000', 'T6');
    expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringContaining('holds 1 USD')]);
    expect(await walletOf(shop)).toMatchObject({ balance: '1' });
  });

  it('hold for corrections of charges, for credit notes and for true-ups', async () => {
    const shop = await house.invoicedShop();
    await house.putOnPlan(shop, '2026-10-01', { currency: 'USD', monthly_fee: { tenant: '49' } });
    const message = await shop.delivered({ deliveredAt: OCTOBER, pricing: UTILITY });
    await house.rate(shop);
    const correction = await house.asStaff('POST', `/tenants/${shop.tenantId}/charges/${message}/correction`, {
      unit_price: '2',
      ...REASON,
    });
    expect([correction.status, correction.body.kind]).toEqual([202, 'correction']);
    expect((await house.owed(shop)).receivable).not.toBe('2');
    const corrected = await decide(colleague, shop, correction.body.id, 'approve');
    expect(corrected.body).toMatchObject({ status: 'approved', amount: correction.body.amount });

    const [invoice] = (await house.issue(shop)).body.data;
    const credit = { net: '10.00', ...REASON };
    const note = await house.asStaff('POST', `/tenants/${shop.tenantId}/invoices/${invoice.id}/credit-notes`, credit);
    expect([note.status, note.body]).toEqual([202, expect.objectContaining({ amount: '-12.10', kind: 'credit_note' })]);
    expect((await decide(colleague, shop, note.body.id, 'approve')).status).toBe(200);
    const issued = await house.call('GET', '/api/v1/issued-invoices', shop.apiKey);
    expect(issued.body.data.map((one: { kind: string; net: string }) => [one.kind, one.net])).toContainEqual([
      'credit_note',
      '-10.00',
    ]);

    const wabaId = (
      await house.database.owner.query('SELECT meta_waba_id FROM wabas WHERE waba_id = $1', [shop.wabaId])
    ).rows[0].meta_waba_id;
    const before = await house.owed(shop);
    const trueUp = await house.asStaff('POST', `/tenants/${shop.tenantId}/reconciliation/true-ups`, {
      waba_id: wabaId,
      month: '2026-10',
      amount: '-1.50',
      ...REASON,
    });
    expect([trueUp.status, trueUp.body.amount]).toEqual([202, '-1.50']);
    expect(await house.owed(shop)).toEqual(before);
    expect((await decide(colleague, shop, trueUp.body.id, 'approve')).status).toBe(200);
    expect(await house.owed(shop)).not.toEqual(before);
  });

  it('are asked for anew when they come to something else by then', async () => {
    const shop = await house.invoicedShop();
    await house.putOnPlan(shop, '2026-10-01', { currency: 'USD', monthly_fee: { tenant: '49' } });
    await shop.delivered({ deliveredAt: OCTOBER, pricing: UTILITY });
    await house.rate(shop);
    const [invoice] = (await house.issue(shop)).body.data;
    const path = `/tenants/${shop.tenantId}/invoices/${invoice.id}/credit-notes`;
    const whole = await house.asStaff('POST', path, { reason: 'all of it' });
    expect((await house.asStaff('POST', path, { net: '0.50', reason: 'a part' })).status).toBe(201);
    const late = await decide(colleague, shop, whole.body.id, 'approve');
    expect([late.status, late.body.error.message]).toEqual([409, expect.stringContaining('ask anew')]);
  });
});
