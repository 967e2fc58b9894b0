import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ledger } from '#libs/ledger';
import { Database } from '#libs/persistence';
import { Wallets } from '#libs/wallet';
import { type Merchant, merchant, UTILITY } from '../../../../test/fixtures/billing/merchant.js';
import { type StaffMember, staffMember } from '../../../../test/fixtures/billing/staff.js';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { BillingModule } from '../billing.module.js';
import { BillingWorkerModule } from '../billing-worker.module.js';
import { RateUsage } from '../metering/rate-usage.js';
import { KeepWallets } from './keep-wallets.js';

const REASON = { reason: 'agreed with the merchant' };

describe('plans and wallets over HTTP', () => {
  let database: TestDatabase;
  let apps: { api: RunningApp; worker: RunningApp };
  let stripe: Server;
  /** Whose payment each of Stripe's charges is. */
  const charges = new Map<string, string>();
  let staff: Record<'billing' | 'support' | 'onboarding', StaffMember>;
  beforeAll(async () => {
    database = await cloneDatabase();
    let made = 0;
    stripe = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      const charge = charges.get(request.url?.split('/v1/charges/')[1] ?? '');
      if (request.method === 'GET') {
        response.statusCode = charge ? 200 : 404;
        return response.end(JSON.stringify({ metadata: { paloma_topup: charge } }));
      }
      response.end(JSON.stringify({ id: `cs_${++made}`, url: `https://pay.example/${made}` }));
    });
    await new Promise<void>((resolve) => stripe.listen(0, '127.0.0.1', resolve));
    const environment = testEnvironment(database, {
      STRIPE_URL: `http://127.0.0.1:${(stripe.address() as AddressInfo).port}`,
      STRIPE_SECRET_KEY: 'sk_test',
      STRIPE_WEBHOOK_SECRETS: 'whsec_test',
    });
    apps = {
      api: await startApp(BillingModule, environment, { name: 'billing', describe: 'Billing.' }),
      worker: await startApp(BillingWorkerModule, environment),
    };
    staff = {
      billing: await staffMember(database, environment, 'billing'),
      support: await staffMember(database, environment, 'support'),
      onboarding: await staffMember(database, environment, 'onboarding'),
    };
  });
  afterAll(async () => {
    await apps.worker.close();
    await apps.api.close();
    stripe.close();
    await database.drop();
  });

  const call = (method: string, path: string, token: string, body?: object) =>
    http(method, `${apps.api.url}${path}`, { token, ...(body ? { body } : {}) });
  const asStaff = (method: string, path: string, body?: object, who = staff.billing) =>
    call(method, `/admin/v1${path}`, who.token, body);
  const rate = async ({ tenantId }: Merchant) => {
    while ((await apps.worker.app.get(RateUsage).rateNext(tenantId)) > 0);
  };
  const inTenant = <T>({ tenantId }: Merchant, work: Parameters<Database['inTenant']>[1]) =>
    apps.worker.app.get(Database).inTenant(tenantId, work) as Promise<T>;
  const today = () => new Date().toISOString().slice(0, 10);
  const tellStripe = (object: object, secret = 'whsec_test', type = 'checkout.session.completed', created?: number) => {
    const body = JSON.stringify({ type, created, data: { object } });
    const at = Math.floor(Date.now() / 1_000);
    const mac = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
    return http('POST', `${apps.api.url}/payments/stripe/webhooks`, {
      body,
      headers: { 'stripe-signature': `t=${at},v1=${mac}`, 'content-type': 'application/json' },
    });
  };

  it('prices by the plan that staff put the tenant on, from its day on, and leaves a trace', async () => {
    const shop = await merchant(apps);
    const made = await asStaff('POST', '/plans/basic/versions', { terms: { markup_pct: '20' }, ...REASON });
    expect([made.status, made.body.version]).toEqual([201, 1]);
    const assigned = await asStaff('POST', `/tenants/${shop.tenantId}/plan`, {
      plan: 'basic',
      version: 1,
      from_day: today(),
      ...REASON,
    });
    expect(assigned.status).toBe(201);
    // The second is of the days before the plan.
    const message = await shop.delivered({ deliveredAt: new Date(Date.now() + 86_400_000) });
    const before = await shop.delivered({ deliveredAt: new Date('2026-10-20T12:00:00Z') });
    await rate(shop);
    const chargeOf = async (id: string) => (await call('GET', `/api/v1/charges/${id}`, shop.apiKey)).body;
    expect(await chargeOf(message)).toMatchObject({
      unit_price: '0.0102',
      plan: 'basic/1',
      rule: 'pmp/regular markup',
    });
    expect(await chargeOf(before)).toMatchObject({ unit_price: '0.0085', plan: 'pass_through/1' });
    expect((await call('GET', '/api/v1/plan', shop.apiKey)).body).toMatchObject({
      plan: 'basic',
      terms: { markup_pct: '20' },
      profile: null,
    });
    const { rows } = await database.owner.query('SELECT action, who, reason FROM audit_log WHERE tenant_id = $1', [
      shop.tenantId,
    ]);
    expect(rows).toEqual([{ action: 'plan.assign', who: staff.billing.email, ...REASON }]);
  });

  it.each([
    ['a version that does not exist', { plan: 'basic', version: 99, from_day: '2999-01-01' }, 404],
    ['a day that is past', { plan: 'basic', version: 1, from_day: '2026-01-01' }, 400],
  ])('puts nobody on %s', async (_, wish, status) => {
    const shop = await merchant(apps);
    expect((await asStaff('POST', `/tenants/${shop.tenantId}/plan`, { ...wish, ...REASON })).status).toBe(status);
  });

  it('lets in the staff by role, and nobody else', async () => {
    const shop = await merchant(apps);
    const path = `/tenants/${shop.tenantId}/wallet`;
    const wish = { currency: 'USD', credit_limit: '0', ...REASON };
    expect((await asStaff('PUT', path, wish, staff.support)).status).toBe(403);
    expect((await asStaff('GET', path, undefined, staff.support)).status).toBe(200);
    expect((await asStaff('GET', path, undefined, staff.onboarding)).status).toBe(403);
    expect((await call('PUT', `/admin/v1${path}`, shop.apiKey, wish)).status).toBe(401);
    await database.owner.query('UPDATE staff_users SET disabled_at = now() WHERE staff_id = $1', [
      staff.support.staffId,
    ]);
    expect((await asStaff('GET', path, undefined, staff.support)).status).toBe(401);
  });

  it('is not opened in a currency that does not exist, which could never be put right', async () => {
    const { tenantId } = await merchant(apps);
    const open = (currency: string) =>
      asStaff('PUT', `/tenants/${tenantId}/wallet`, { currency, credit_limit: '0', ...REASON });
    expect((await open('UDS')).status).toBe(400);
    expect((await open('USD')).status).toBe(200);
    const plan = await asStaff('POST', '/plans/typo/versions', {
      terms: { currency: 'UDS', markup_pct: '5' },
      ...REASON,
    });
    expect([plan.status, plan.body.error.fields]).toEqual([400, { currency: [expect.stringContaining('ISO 4217')] }]);
  });

  const shopWithWallet = async (creditLimit = '0') => {
    const shop = await merchant(apps);
    const opened = await asStaff('PUT', `/tenants/${shop.tenantId}/wallet`, {
      currency: 'USD',
      credit_limit: creditLimit,
      ...REASON,
    });
    expect(opened.status).toBe(200);
    return shop;
  };
  const walletOf = async (shop: Merchant) => (await call('GET', '/api/v1/wallet', shop.apiKey)).body.wallet;
  const booked = async (shop: Merchant) => {
    const balances = await inTenant<{ account: string; balance: string }[]>(shop, (tx) =>
      apps.worker.app.get(Ledger).balances(tx, shop.tenantId),
    );
    return Object.fromEntries(balances.map((b) => [b.account, Number(b.balance)]));
  };

  it('takes a bank transfer once, pays messages from it, and tells the tenant when it runs low', async () => {
    const shop = await shopWithWallet();
    const transfer = { amount: '0.05', reference: 'SEPA 4711', ...REASON };
    expect((await asStaff('POST', `/tenants/${shop.tenantId}/wallet/transfers`, transfer)).status).toBe(201);
    expect((await asStaff('POST', `/tenants/${shop.tenantId}/wallet/transfers`, transfer)).status).toBe(409);
    const levels = await call('PATCH', '/api/v1/wallet', shop.apiKey, { alert_levels: ['0.04', '0'] });
    expect(levels.body.wallet).toMatchObject({ balance: '0.05', alert_levels: ['0.04', '0'] });
    await shop.delivered();
    await shop.delivered({ pricing: { ...UTILITY, category: 'marketing' } });
    await rate(shop);
    await rate(shop);
    expect(await walletOf(shop)).toMatchObject({ balance: '0.0018' });
    expect(await booked(shop)).toMatchObject({ bank: 0.05, wallet: -0.0018, revenue_messages: -0.0482 });
    const { rows } = await database.owner.query(
      `SELECT body::json->>'level' AS level FROM tenant_events WHERE tenant_id = $1 AND kind = 'wallet_low_balance'`,
      [shop.tenantId],
    );
    expect(rows).toEqual([{ level: '0.04' }]);
  });

  it('takes a payment that Stripe reports, once however often it is reported, and believes nobody else', async () => {
    const shop = await shopWithWallet();
    const begun = await call('POST', '/api/v1/wallet/top-ups', shop.apiKey, {
      amount: '25.00',
      return_url: 'https://shop.example/billing',
    });
    expect(begun.body).toMatchObject({
      status: 'pending',
      amount: '25.00',
      url: expect.stringContaining('pay.example'),
    });
    const paid = {
      id: begun.body.reference,
      client_reference_id: `${shop.tenantId}_${begun.body.id}`,
      amount_total: 2_500,
      currency: 'usd',
      payment_status: 'paid',
    };
    expect((await tellStripe(paid, 'whsec_wrong')).status).toBe(401);
    expect((await tellStripe({ ...paid, amount_total: 999_900 })).status).toBe(200);
    expect((await tellStripe({ ...paid, client_reference_id: `${shop.wabaId}_${begun.body.id}` })).status).toBe(200);
    expect(await walletOf(shop)).toMatchObject({ balance: '0' });
    const answers = await Promise.all([1, 2, 3, 4].map(() => tellStripe(paid)));
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200, 200]);
    expect(await walletOf(shop)).toMatchObject({ balance: '25.00' });
    expect(await booked(shop)).toMatchObject({ bank: 25, wallet: -25 });
    const list = await call('GET', '/api/v1/wallet/top-ups', shop.apiKey);
    expect(list.body.data).toMatchObject([{ id: begun.body.id, status: 'paid', url: null }]);
  });

  it('takes back what Stripe paid back, once however often and in whatever order it is told', async () => {
    const shop = await shopWithWallet();
    const topUp = { amount: '25.00', return_url: 'https://shop.example/billing' };
    const { body: begun } = await call('POST', '/api/v1/wallet/top-ups', shop.apiKey, topUp);
    const paid = {
      id: begun.reference,
      client_reference_id: `${shop.tenantId}_${begun.id}`,
      amount_total: 2_500,
      currency: 'usd',
      payment_status: 'paid',
    };
    const refunded = (amount_refunded: number, more: object = {}) =>
      tellStripe(
        {
          id: 'ch_1',
          metadata: { paloma_topup: `${shop.tenantId}_${begun.id}` },
          amount_refunded,
          currency: 'usd',
          ...more,
        },
        'whsec_test',
        'charge.refunded',
      );
    // Not told yet that it was paid: Stripe is asked to tell it again.
    expect((await refunded(1_000)).status).toBe(503);
    await tellStripe(paid);
    // A refund of 10 and one of 5 more, told twice and the wrong way round.
    const answers = [await refunded(1_500), await refunded(1_000), await refunded(1_500)];
    expect(answers.map((a) => a.status)).toEqual([200, 200, 200]);
    expect(await walletOf(shop)).toMatchObject({ balance: '10.00' });
    expect(await booked(shop)).toMatchObject({ bank: 10, wallet: -10 });
    // What fits no payment of ours is not believed, and not asked for again.
    const strange = [
      await refunded(999_900),
      await refunded(2_500, { currency: 'eur' }),
      await refunded(2_500, { metadata: { paloma_topup: 'order_17' } }),
      await refunded(2_500, { metadata: {} }),
    ];
    expect(strange.map((a) => a.status)).toEqual([200, 200, 200, 200]);
    expect(await walletOf(shop)).toMatchObject({ balance: '10.00' });
    const list = await call('GET', '/api/v1/wallet/top-ups', shop.apiKey);
    expect(list.body.data).toMatchObject([{ status: 'paid', refunded: '15.00' }]);
  });

  it('takes off what a bank asks back, and puts it on again when that is won, in whatever order it is told', async () => {
    const shop = await shopWithWallet();
    const topUp = { amount: '25.00', return_url: 'https://shop.example/billing' };
    const { body: begun } = await call('POST', '/api/v1/wallet/top-ups', shop.apiKey, topUp);
    const paid = {
      id: begun.reference,
      client_reference_id: `${shop.tenantId}_${begun.id}`,
      amount_total: 2_500,
      currency: 'usd',
      payment_status: 'paid',
    };
    charges.set('ch_disputed', `${shop.tenantId}_${begun.id}`);
    const told = (status: string, created: number, more: object = {}) => {
      const dispute = {
        id: 'du_1',
        charge: 'ch_disputed',
        amount: 2_000,
        currency: 'usd',
        reason: 'fraudulent',
        status,
      };
      return tellStripe({ ...dispute, ...more }, 'whsec_test', 'charge.dispute.updated', created);
    };
    const statuses = async (...answers: ReturnType<typeof told>[]) => (await Promise.all(answers)).map((a) => a.status);
    // Not told yet that it was paid, or by nobody whom Stripe knows: Stripe tells it again, or it is none of ours.
    expect(await statuses(told('needs_response', 100), told('lost', 1, { charge: 'ch_of_another' }))).toEqual([
      503, 200,
    ]);
    await tellStripe(paid);
    expect(await statuses(told('warning_needs_response', 90))).toEqual([200]);
    expect(await walletOf(shop)).toMatchObject({ balance: '25.00' });

    const open = await statuses(
      ...[1, 2, 3, 4].map(() => told('needs_response', 100)),
      told('lost', 99, { currency: 'eur' }),
    );
    expect(open).toEqual([200, 200, 200, 200, 200]);
    expect(await walletOf(shop)).toMatchObject({ balance: '5.00' });
    expect(await booked(shop)).toMatchObject({ bank: 5, wallet: -5 });
    const seen = await asStaff('GET', `/tenants/${shop.tenantId}/wallet/top-ups`);
    const mine = await call('GET', '/api/v1/wallet/top-ups', shop.apiKey);
    expect(seen.body).toEqual(mine.body);
    expect(mine.body.data).toMatchObject([
      {
        amount: '25.00',
        disputes: [{ reference: 'du_1', amount: '20.00', stage: 'open', reason: 'fraudulent' }],
      },
    ]);

    // What cannot be of this top-up is not believed, and not asked for again.
    expect(await statuses(told('lost', 300, { amount: 0 }), told('lost', 300, { amount: 2_501 }))).toEqual([200, 200]);

    // Won, and then what was told before it once more.
    expect(await statuses(told('won', 200))).toEqual([200]);
    expect(await statuses(told('needs_response', 100), told('won', 200), told('under_review', 150))).toEqual([
      200, 200, 200,
    ]);
    expect(await walletOf(shop)).toMatchObject({ balance: '25.00' });
    const { body: ledger } = await call('GET', '/api/v1/ledger', shop.apiKey);
    expect(ledger.balanced).toBe(true);
    const of = (kind: string) => ledger.entries.filter((entry: { kind: string }) => entry.kind === kind);
    expect([ledger.entries.length, of('top_up').length]).toEqual([3, 1]);
    expect(of('reversal')).toMatchObject([{ reverses: of('dispute')[0].id }]);
    const { rows } = await database.owner.query(
      `SELECT body::json->>'stage' AS stage FROM tenant_events WHERE tenant_id = $1 AND kind = 'payment_dispute'`,
      [shop.tenantId],
    );
    expect(rows.map((row) => row.stage).sort()).toEqual(['inquiry', 'open', 'won']);
  });

  it('answers Stripe for payments of others that use the same account', async () => {
    for (const client_reference_id of ['order_17', 'x', null, 17, `${'a'.repeat(36)}_${'b'.repeat(36)}`]) {
      const paid = { id: 'cs_x', client_reference_id, amount_total: 100, currency: 'usd', payment_status: 'paid' };
      expect((await tellStripe(paid)).status).toBe(200);
    }
  });

  it('is kept although that of another tenant cannot be', async () => {
    const [broken, shop] = [await shopWithWallet(), await shopWithWallet()];
    await database.owner.query(`UPDATE wabas SET timezone = 'Nowhere/Nothing' WHERE tenant_id = $1`, [broken.tenantId]);
    await database.owner.query('DELETE FROM wallet_estimates WHERE tenant_id = $1', [shop.tenantId]);
    await apps.worker.app.get(KeepWallets).estimateAll();
    const { rows } = await database.owner.query('SELECT waba_id FROM wallet_estimates WHERE tenant_id = $1', [
      shop.tenantId,
    ]);
    expect(rows).toEqual([{ waba_id: shop.wabaId }]);
  });

  it('knows what to hold for each category and market as soon as it is open, and follows the plan', async () => {
    const shop = await shopWithWallet();
    const held = async () => {
      const { rows } = await database.owner.query('SELECT prices FROM wallet_estimates WHERE tenant_id = $1', [
        shop.tenantId,
      ]);
      return rows.map((row) => row.prices);
    };
    expect(await held()).toMatchObject([
      {
        prices: { utility: { Mexico: '0.0085' }, marketing: { Mexico: '0.0397' } },
        freeService: '0',
        numbersWithAllowance: [shop.phoneNumberId],
      },
    ]);
    await asStaff('POST', '/plans/twice/versions', { terms: { markup_pct: '100' }, ...REASON });
    const today = new Date().toLocaleDateString('sv', { timeZone: 'America/Mexico_City' });
    const plan = { plan: 'twice', version: 1, from_day: today };
    expect((await asStaff('POST', `/tenants/${shop.tenantId}/plan`, { ...plan, ...REASON })).status).toBe(201);
    await apps.worker.app.get(KeepWallets).estimateAll();
    expect(await held()).toMatchObject([{ prices: { utility: { Mexico: '0.0170' } } }]);
    expect(await inTenant(shop, (tx) => apps.worker.app.get(Wallets).find(tx, shop.tenantId))).toMatchObject({
      held: '0',
    });
  });
});
