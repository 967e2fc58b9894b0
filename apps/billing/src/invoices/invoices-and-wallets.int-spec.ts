import { Database } from '#libs/persistence';
import { Wallets } from '#libs/wallet';
import { type Invoicing, invoicing, REASON } from '../../../../test/fixtures/billing/invoicing.js';
import { type Merchant, UTILITY } from '../../../../test/fixtures/billing/merchant.js';

const OCTOBER = new Date('2026-10-20T12:00:00Z');
const MARKETING = { deliveredAt: OCTOBER, pricing: { ...UTILITY, category: 'marketing' } };

describe('invoices of a tenant with a wallet', () => {
  let { database, apps, call, asStaff, rate, invoicedShop, issue, bytes, owed } = {} as Invoicing;
  let close: Invoicing['close'] | undefined;
  beforeAll(async () => {
    ({ database, apps, call, asStaff, rate, invoicedShop, issue, bytes, owed, close } = await invoicing());
  });
  afterAll(() => close?.());

  const openWallet = async ({ tenantId }: Merchant) => {
    const wish = { currency: 'USD', credit_limit: '1', ...REASON };
    expect((await asStaff('PUT', `/tenants/${tenantId}/wallet`, wish)).status).toBe(200);
  };
  const walletOf = async ({ tenantId }: Merchant) => {
    const { app } = apps.worker;
    const wallet = await app.get(Database).inTenant(tenantId, (tx) => app.get(Wallets).find(tx, tenantId));
    return Number(wallet?.balance);
  };
  const document = async (shop: Merchant, id: string) => JSON.parse((await bytes(shop, id, '')).toString());
  const credit = ({ tenantId }: Merchant, id: string, more: object) =>
    asStaff('POST', `/tenants/${tenantId}/invoices/${id}/credit-notes`, { ...REASON, ...more });

  it('name to the cent what was delivered before there was a wallet: it is owed, and the wallet pays the rest', async () => {
    const shop = await invoicedShop();
    for (let i = 0; i < 3; i++) await shop.delivered(MARKETING);
    await rate(shop);
    await openWallet(shop);
    for (let i = 0; i < 2; i++) await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    expect(await owed(shop)).toMatchObject({ receivable: '0.1191', wallet: '0.0170' });

    // 0.1191 owed and 0.0170 paid are 0.14, and 21 % of it; 0.12 and 21 % of it are due.
    const [invoice] = (await issue(shop)).body.data;
    expect(invoice).toMatchObject({ net: '0.14', tax: '0.03', total: '0.17', due: '0.15' });
    const books = await owed(shop);
    expect([Number(books.receivable), Number(books.wallet)]).toEqual([0.15, 0.02]);
    expect(await walletOf(shop)).toBe(-0.02);
    expect(await document(shop, invoice.id)).toMatchObject({ paid_from_wallet: false, due: '0.15' });
    expect((await bytes(shop, invoice.id, '/csv')).toString()).toContain('due,,,,,,,,,,0.15,USD');

    // What was never paid is not paid back: a credit comes off what is due before anything goes to the wallet.
    const part = await credit(shop, invoice.id, { net: '0.08' });
    expect(part.body).toMatchObject({ total: '-0.10', due: '-0.10' });
    expect(await walletOf(shop)).toBe(-0.02);
    const rest = await credit(shop, invoice.id, { reason: 'all of it after all' });
    expect(rest.body).toMatchObject({ total: '-0.07', due: '-0.05' });
    expect((await bytes(shop, rest.body.id, '/pdf')).length).toBeGreaterThan(1_000);
    const after = await owed(shop);
    expect([Number(after.receivable), Number(after.wallet), await walletOf(shop)]).toEqual([0, 0, 0]);
  });

  it('say that nothing is due where the wallet paid for everything, and are credited to the wallet', async () => {
    const shop = await invoicedShop();
    await openWallet(shop);
    await call('PATCH', '/api/v1/wallet', shop.apiKey, { alert_levels: ['-0.13'] });
    for (let i = 0; i < 3; i++) await shop.delivered(MARKETING);
    await rate(shop);
    const [invoice] = (await issue(shop)).body.data;
    expect(invoice).toMatchObject({ total: '0.15', due: '0.00' });
    expect(await document(shop, invoice.id)).toMatchObject({ paid_from_wallet: true, due: '0.00' });
    expect(Object.keys(await owed(shop))).not.toContain('receivable');
    expect(await walletOf(shop)).toBe(-0.15);
    // The messages took it to -0.1191; tax and rounding took it past the level.
    const { rows } = await database.owner.query(
      `SELECT body::json->>'level' AS level FROM tenant_events WHERE tenant_id = $1 AND kind = 'wallet_low_balance'`,
      [shop.tenantId],
    );
    expect(rows).toEqual([{ level: '-0.13' }]);

    const note = await credit(shop, invoice.id, {});
    expect(note.body).toMatchObject({ total: '-0.15', due: '0.00' });
    expect(await document(shop, note.body.id)).toMatchObject({ paid_from_wallet: true });
    expect(await walletOf(shop)).toBe(0);
  });
});
