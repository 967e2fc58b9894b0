import { randomUUID } from 'node:crypto';
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

  const alertsOf = async ({ tenantId }: Merchant): Promise<string[]> => {
    const { rows } = await database.owner.query(
      `SELECT body::json->>'level' AS level FROM tenant_events WHERE tenant_id = $1 AND kind = 'wallet_low_balance'`,
      [tenantId],
    );
    return rows.map((row) => row.level);
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
    const reversed = ledger.body.entries.find((e: { kind: string }) => e.kind === 'reversal').booked_on;
    const usage = await call('GET', '/api/v1/usage?from=2026-11-22&to=2026-11-22&by=day,category', shop.apiKey);
    expect(usage.body.data).toEqual([
      { day: '2026-11-22', category: 'marketing', currency: 'USD', quantity: '0', amount: '0.0000' },
      { day: '2026-11-22', category: 'utility', currency: 'USD', quantity: '1', amount: '0.0085' },
    ]);
    const statement = await call('GET', `/api/v1/statement?from=${reversed}&to=${reversed}`, shop.apiKey);
    expect(statement.body.movements.map((m: { kind: string; amount: string }) => [m.kind, m.amount])).toContainEqual([
      'reversal',
      '-0.0397',
    ]);
    // The message is booked on the day of its delivery, the correction on that of the asking.
    const rows: string[] = [];
    for (const month of new Set(['2026-11', reversed.slice(0, 'YYYY-MM'.length)])) {
      const journal = await call('GET', `/admin/v1/tenants/${shop.tenantId}/journal/${month}`, first?.token);
      rows.push(...journal.body.trim().split('\r\n').slice(1));
    }
    expect(rows).toHaveLength(12);
    expect(rows.filter((row) => row.includes(`${reversed},`) && row.includes('asked by the merchant'))).not.toEqual([]);
  });

  it('tell a tenant whose balance a correction takes to a level it set', async () => {
    const shop = await merchant(apps);
    await asStaff('PUT', `/tenants/${shop.tenantId}/wallet`, { currency: 'USD', credit_limit: '1', ...REASON });
    await call('PATCH', '/api/v1/wallet', shop.apiKey, { alert_levels: ['-0.01'] });
    const message = await shop.delivered();
    await rate(shop);
    const path = `/tenants/${shop.tenantId}/charges/${newMessageRef(message)}/correction`;
    expect((await asStaff('POST', path, { unit_price: '0.0200', ...REASON })).status).toBe(200);
    expect(await alertsOf(shop)).toEqual(['-0.01']);
  });

  it('close a month only when it is over', async () => {
    const shop = await merchant(apps);
    const close = (month: string) => asStaff('POST', `/tenants/${shop.tenantId}/periods/${month}/close`, REASON);
    expect((await close('2999-01')).status).toBe(400);
    expect((await close('2026-10')).body).toEqual({ closed_through: '2026-10' });
    const list = await asStaff('GET', `/tenants/${shop.tenantId}/periods`);
    expect(list.body.data).toMatchObject([{ month: '2026-10', closed_by: first?.email }]);
  });

  it.each([
    ['POST', 'periods/2026-10/close', {}],
    ['POST', 'plan', { plan: 'basic', version: 1, from_day: '2999-01-01' }],
    ['PUT', 'wallet', { currency: 'USD', credit_limit: '1' }],
    ['POST', 'unpriced-messages/rate-again', {}],
    [
      'PUT',
      'billing-profile',
      { legal_name: 'Nobody', country: 'MX', timezone: 'America/Mexico_City', legal_entity: 'main' },
    ],
  ])('change nothing for a tenant that is not there: %s %s', async (method, path, body) => {
    const nobody = randomUUID();
    const answer = await asStaff(method, `/tenants/${nobody}/${path}`, { ...body, ...REASON });
    expect([answer.status, answer.body.error.message]).toEqual([404, expect.stringContaining('no such tenant')]);
    const { rows } = await database.owner.query(
      `SELECT month FROM ledger_periods WHERE tenant_id = $1 UNION ALL SELECT action FROM audit_log WHERE tenant_id = $1`,
      [nobody],
    );
    expect(rows).toEqual([]);
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

  it('put a price of a card right, see what it makes, and charge the difference beside what was charged, once', async () => {
    const shop = await merchant(apps);
    await asStaff('PUT', `/tenants/${shop.tenantId}/wallet`, { currency: 'USD', credit_limit: '9', ...REASON });
    const OCTOBER = new Date('2026-10-20T12:00:00Z');
    const spanish = { recipient: '34612345678', deliveredAt: OCTOBER };
    const messages = [await shop.delivered(spanish), await shop.delivered(spanish), await shop.delivered(spanish)];
    const elsewhere = await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    await asStaff('POST', `/tenants/${shop.tenantId}/charges/${newMessageRef(messages[2] ?? '')}/correction`, {
      unit_price: '0.0100',
      ...REASON,
    });
    const price = async () =>
      (await call('GET', '/api/v1/rate-cards/USD?date=2026-10-20&market=Spain', shop.apiKey)).body.prices.find(
        (p: { category: string }) => p.category === 'utility',
      );
    const printed = (await price()).price;
    const card = {
      card_date: '2026-10-01',
      currency: 'USD',
      announced_on: '2026-09-01',
      source: 'the card, read again',
      csv: 'market,category,price\nSpain,utility,0.0190\n',
    };
    expect((await asStaff('POST', '/rate-cards', { ...card, ...REASON })).status).toBe(409);
    const proposed = await asStaff('POST', '/rate-cards', { ...card, corrects: true, ...REASON });
    expect(proposed.body).toMatchObject({
      corrects: true,
      review: { changes: [{ market: 'Spain', category: 'utility', from: printed, to: '0.0190' }] },
    });
    expect((await asStaff('POST', `/rate-cards/${proposed.body.id}/approve`, REASON, second)).status).toBe(200);
    expect(await price()).toMatchObject({ price: '0.0190', revision: 1 });

    const again = async (dry_run: boolean | null | undefined) =>
      (
        await asStaff('POST', `/tenants/${shop.tenantId}/charges/re-rating`, {
          from: '2026-10-01',
          to: '2026-10-31',
          dry_run,
          ...REASON,
        })
      ).body;
    const moved = { currency: 'USD', from: printed, to: '0.0190', difference: expect.any(String) };
    const expected = {
      looked: 4,
      differences: [{ market: 'Spain', category: 'utility', messages: 2, cost: moved, price: moved }],
      left: { corrected_by_hand: 1 },
      next: null,
    };
    const charged = async () => (await call('GET', `/api/v1/charges/${messages[0]}`, shop.apiKey)).body;
    // Only who says false means it.
    for (const dry of [true, null, undefined]) {
      expect(await again(dry)).toMatchObject({ dry_run: true, ...expected });
    }
    expect(await charged()).toMatchObject({ unit_price: printed, revision: 0 });
    const both = await Promise.all([again(false), again(false)]);
    expect(both.map((r) => r.differences.length).sort()).toEqual([0, 1]);
    expect(await charged()).toMatchObject({ unit_price: '0.0190', revision: 2, local_day: '2026-10-20' });
    expect((await call('GET', `/api/v1/charges/${elsewhere}`, shop.apiKey)).body).toMatchObject({ revision: 0 });
    expect(await again(true)).toMatchObject({ differences: [] });

    // However many messages it was: what was taken back on a day for one reason is one movement.
    const reversals: { booked_on: string }[] = (
      await call('GET', '/api/v1/ledger?limit=100', shop.apiKey)
    ).body.entries.filter((e: { kind: string }) => e.kind === 'reversal');
    const days = reversals.map((e) => e.booked_on).sort();
    const { movements } = (await call('GET', `/api/v1/statement?from=${days[0]}&to=${days.at(-1)}`, shop.apiKey)).body;
    expect(movements.filter((m: { kind: string }) => m.kind === 'reversal')).toMatchObject(
      [...new Set(days)].map((day) => ({
        day,
        account: 'wallet',
        entries: days.filter((d) => d === day).length,
        memo: REASON.reason,
      })),
    );
    expect(days).toHaveLength(3);
    const long = await call('GET', '/api/v1/statement?from=2025-01-01&to=2026-12-31', shop.apiKey);
    expect(long.status).toBe(400);

    const [wallet, ledger] = [
      (await call('GET', '/api/v1/wallet', shop.apiKey)).body.wallet,
      (await call('GET', '/api/v1/ledger', shop.apiKey)).body,
    ];
    expect(ledger.balanced).toBe(true);
    const inBooks = ledger.balances.find((b: { account: string }) => b.account === 'wallet').balance;
    // 2 x 0.0190 of Spain, 0.0100 by hand, 0.0085 of Mexico.
    expect([Number(wallet.balance), Number(inBooks)]).toEqual([-0.0565, 0.0565]);
  });

  it('tell tenants of cards to come, also while they are still being checked', async () => {
    const shop = await merchant(apps);
    const proposed = await asStaff('POST', '/rate-cards', {
      card_date: '2099-04-01',
      currency: 'SGD',
      announced_on: '2099-03-01',
      source: 'a card of the test',
      csv: 'market,category,price\nMexico,utility,0.0110\n',
      ...REASON,
    });
    const told = async () =>
      (await call('GET', '/api/v1/rate-cards/announced', shop.apiKey)).body.data.find(
        (c: { card_date: string }) => c.card_date === '2099-04-01',
      );
    expect(await told()).toEqual({
      card_date: '2099-04-01',
      currency: 'SGD',
      announced_on: '2099-03-01',
      status: 'proposed',
      changes: [{ market: 'Mexico', category: 'utility', from: null, to: '0.0110' }],
    });
    await asStaff('POST', `/rate-cards/${proposed.body.id}/reject`, REASON, second);
    expect(await told()).toBeUndefined();
  });

  it.each(['usage', 'statement', 'issued-invoices', 'plan', 'wallet', 'wallet/top-ups'])(
    '%s asks who is there',
    async (path) => {
      expect((await http('GET', `${apps.api.url}/api/v1/${path}`)).status).toBe(401);
    },
  );
});
