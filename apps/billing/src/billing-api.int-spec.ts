import { newMessageRef } from '#libs/outbox';
import { type Merchant, merchant, SERVICE_FREE, UTILITY } from '../../../test/fixtures/billing/merchant.js';
import { http, type RunningApp, startApp, testEnvironment } from '../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../test/support/database.js';
import { BillingModule } from './billing.module.js';
import { BillingWorkerModule } from './billing-worker.module.js';
import { RateUsage } from './metering/rate-usage.js';

describe('what a tenant reads of billing', () => {
  let database: TestDatabase;
  let apps: { api: RunningApp; worker: RunningApp };
  let shop: Merchant;
  let other: Merchant;
  let messages: Record<'first' | 'second' | 'free' | 'marketing' | 'december' | 'waiting', string>;
  beforeAll(async () => {
    database = await cloneDatabase();
    const environment = testEnvironment(database);
    apps = {
      api: await startApp(BillingModule, environment, { name: 'billing', describe: 'Billing.' }),
      worker: await startApp(BillingWorkerModule, environment),
    };
    [shop, other] = [await merchant(apps), await merchant(apps)];
    messages = {
      first: await shop.delivered({ deliveredAt: new Date('2026-11-20T12:00:00Z') }),
      second: await shop.delivered(),
      free: await shop.delivered({ type: 'text', category: null, inWindow: true, pricing: SERVICE_FREE }),
      // The last millisecond of November in Mexico City, and the first of December.
      marketing: await shop.delivered({
        pricing: { ...UTILITY, category: 'marketing' },
        deliveredAt: new Date('2026-12-01T05:59:59.999Z'),
      }),
      december: await shop.delivered({ deliveredAt: new Date('2026-12-01T06:00:00.000Z') }),
      waiting: await shop.delivered({ pricing: { ...UTILITY, category: 'ai_chat' } }),
    };
    while ((await apps.worker.app.get(RateUsage).rateNext(shop.tenantId)) > 0);
  });
  afterAll(async () => {
    await apps.worker.close();
    await apps.api.close();
    await database.drop();
  });

  const get = (path: string, who: Merchant | undefined = shop) =>
    http('GET', `${apps.api.url}${path}`, { token: who.apiKey });

  const refs = (...names: (keyof typeof messages)[]) => names.map((name) => newMessageRef(messages[name]));

  it('charges, oldest day first, page by page and between days', async () => {
    const all = await get('/api/v1/charges');
    expect(all.body.data.map((c: { message: string }) => c.message)).toEqual(
      refs('first', 'second', 'free', 'marketing', 'december'),
    );
    expect(all.body.next).toBeNull();
    const pages: string[] = [];
    for (let next = ''; next !== null; ) {
      const page = await get(`/api/v1/charges?limit=2${next && `&cursor=${next}`}`);
      pages.push(...page.body.data.map((c: { message: string }) => c.message));
      next = page.body.next;
    }
    expect(pages).toEqual(refs('first', 'second', 'free', 'marketing', 'december'));
    const some = await get('/api/v1/charges?from=2026-11-22&to=2026-11-30');
    expect(some.body.data.map((c: { message: string }) => c.message)).toEqual(refs('second', 'free', 'marketing'));
  });

  it('one charge names its message, rate row, rule and journal entry', async () => {
    const [ref] = refs('second');
    const answer = await get(`/api/v1/charges/${ref}`);
    expect(answer.body).toMatchObject({
      message: ref,
      phone_number_id: shop.metaPhoneNumberId,
      market: 'Mexico',
      category: 'utility',
      quantity: 1,
      unit_price: '0.0085',
      amount: '0.0085',
      currency: 'USD',
      rule: 'pmp/regular',
      card_date: '2026-10-01',
      rate: { card_date: '2026-10-01', currency: 'USD', market: 'Mexico', category: 'utility', tier: 0 },
      local_day: '2026-11-22',
    });
    const rate = await get(answer.body.rate.url);
    const price = rate.body.prices.find((p: { category: string }) => p.category === 'utility');
    expect([rate.body.card_date, price.price]).toEqual(['2026-10-01', '0.0085']);
    const ledger = await get('/api/v1/ledger');
    const entry = ledger.body.entries.find((e: { id: string }) => e.id === answer.body.journal_entry);
    expect(entry).toMatchObject({ message: ref, booked_on: '2026-11-22', kind: 'message' });
    expect(entry.postings).toEqual([
      { account: 'receivable', amount: '0.0085', currency: 'USD' },
      { account: 'revenue_messages', amount: '-0.0085', currency: 'USD' },
    ]);
  });

  it('the invoice of a month ends at midnight of the WABA, and each line opens into its charges', async () => {
    const invoice = await get('/api/v1/invoices/2026-11');
    expect(invoice.body.lines).toMatchObject([
      { number: 1, market: 'Mexico', category: 'marketing', quantity: 1, unit_price: '0.0397', amount: '0.0397' },
      { number: 2, market: 'Mexico', category: 'service', quantity: 1, amount: '0', rate: null },
      { number: 3, market: 'Mexico', category: 'utility', quantity: 2, unit_price: '0.0085', amount: '0.0170' },
    ]);
    expect(invoice.body.totals).toEqual([{ currency: 'USD', amount: '0.0567', quantity: 4 }]);
    expect(invoice.body.lines[2].rate).toMatchObject({ card_date: '2026-10-01', currency: 'USD', category: 'utility' });

    const opened = await Promise.all(invoice.body.lines.map((l: { charges_url: string }) => get(l.charges_url)));
    expect(opened.map((o) => o.body.data.map((c: { message: string }) => c.message))).toEqual([
      refs('marketing'),
      refs('free'),
      refs('first', 'second'),
    ]);
    expect(opened[2]?.body.line).toEqual(invoice.body.lines[2]);
    expect(opened[1]?.body.data[0]).toMatchObject({
      rule: 'pmp/free_customer_service',
      free_reason: 'service_allowance',
    });
    const page = await get(`${invoice.body.lines[2].charges_url}?limit=1`);
    const rest = await get(`${invoice.body.lines[2].charges_url}?limit=1&cursor=${page.body.next}`);
    expect([page, rest].map((p) => p.body.data[0].message)).toEqual(refs('first', 'second'));
    expect(rest.body.next).toBeNull();

    expect((await get('/api/v1/invoices/2026-12')).body.totals).toEqual([
      { currency: 'USD', amount: '0.0085', quantity: 1 },
    ]);
  });

  it('the ledger is balanced and shows what the tenant owes, not what the provider pays', async () => {
    const { body } = await get('/api/v1/ledger?limit=1');
    expect(body.balanced).toBe(true);
    expect(body.balances).toEqual([
      { account: 'receivable', title: 'Receivable from the tenant', currency: 'USD', balance: '0.0652' },
      { account: 'revenue_messages', title: 'Revenue: messages', currency: 'USD', balance: '-0.0652' },
    ]);
    const next = await get(`/api/v1/ledger?limit=1&cursor=${body.next}`);
    // They are of the whole journal, so they come with its first page.
    expect(next.body).toMatchObject({ balanced: null, balances: null });
    expect([body.entries[0].message, next.body.entries[0].message]).toEqual(refs('first', 'second'));
  });

  it('a message without a price is in sight, with its reason', async () => {
    const [message] = refs('waiting');
    expect((await get('/api/v1/unpriced-messages')).body.data).toEqual([
      { message, reason: 'unknown_category', delivered_at: '2026-11-22T12:00:00.000Z' },
    ]);
  });

  it('messages without a price are all in sight, page by page, the oldest first', async () => {
    const crowded = await merchant(apps);
    const waiting = [];
    for (let i = 0; i < 51; i++)
      waiting.push(await crowded.delivered({ pricing: { ...UTILITY, category: 'ai_chat' } }));
    while ((await apps.worker.app.get(RateUsage).rateNext(crowded.tenantId)) > 0);
    const first = (await get('/api/v1/unpriced-messages', crowded)).body;
    const second = (await get(`/api/v1/unpriced-messages?cursor=${first.next}`, crowded)).body;
    const seen = [...first.data, ...second.data].map((one: { message: string }) => one.message);
    expect(seen).toEqual(waiting.map(newMessageRef));
    expect([first.data.length, second.next]).toEqual([50, null]);
  });

  it('another tenant sees none of it, as if it did not exist', async () => {
    const [ref] = refs('second');
    expect((await get('/api/v1/charges', other)).body).toEqual({ data: [], next: null });
    expect((await get('/api/v1/invoices/2026-11', other)).body).toMatchObject({ lines: [], totals: [] });
    expect((await get('/api/v1/ledger', other)).body).toMatchObject({ balances: [], entries: [] });
    expect((await get('/api/v1/unpriced-messages', other)).body.data).toEqual([]);
    const [theirs, missing] = [
      await get(`/api/v1/charges/${ref}`, other),
      await get(`/api/v1/charges/${newMessageRef(other.tenantId)}`, other),
    ];
    expect(theirs.status).toBe(404);
    expect({ ...theirs.body.error, request_id: '' }).toEqual({ ...missing.body.error, request_id: '' });
    expect((await get('/api/v1/invoices/2026-11/lines/1/charges', other)).status).toBe(404);
  });

  it('rate cards are listed by date and currency, and a currency without a card in force has no prices', async () => {
    const { body } = await get('/api/v1/rate-cards');
    expect(body.data).toContainEqual({ card_date: '2026-07-01', currency: 'BRL', prices: 3 });
    const mexico = await get('/api/v1/rate-cards/usd?date=2026-09-30&market=Mexico');
    expect(mexico.body).toMatchObject({ date: '2026-09-30', currency: 'USD', card_date: '2026-07-01' });
    expect(mexico.body.prices).toContainEqual(
      expect.objectContaining({ market: 'Mexico', category: 'marketing', price: '0.0305', unit: 'message' }),
    );
    expect((await get('/api/v1/rate-cards/BRL?date=2026-11-22')).body).toMatchObject({
      card_date: '2026-10-01',
      prices: [],
    });
    expect((await get('/api/v1/rate-cards/USD?date=2020-01-01')).body).toMatchObject({ card_date: null, prices: [] });
  });

  it.each([
    ['a day that is none', '/api/v1/charges?from=2026-02-30', 400],
    ['a cursor that is not ours', '/api/v1/charges?cursor=abc', 400],
    ['a page that is too large', '/api/v1/charges?limit=100000', 400],
    ['a month that is none', '/api/v1/invoices/2026-13', 400],
    ['a line that is not on the invoice', '/api/v1/invoices/2026-11/lines/99/charges', 404],
    ['a message that is not ours', '/api/v1/charges/wamid.HBgLMTU1NTU1NTU1NTUVAgARGBI', 404],
    ['a currency without any card', '/api/v1/rate-cards/XYZ', 404],
    ['a date that is none', '/api/v1/rate-cards/USD?date=2026-02-30', 400],
  ])('%s is refused in the one envelope', async (_, path, status) => {
    const answer = await get(path);
    expect([answer.status, typeof answer.body.error.message]).toEqual([status, 'string']);
  });

  it.each(['rate-cards', 'charges', 'invoices/2026-11', 'ledger', 'unpriced-messages'])(
    '%s asks who is there',
    async (path) => {
      expect((await http('GET', `${apps.api.url}/api/v1/${path}`)).status).toBe(401);
    },
  );

  it('says of every route what it answers', async () => {
    const { body } = await http('GET', `${apps.api.url}/openapi.json`);
    const silent = Object.entries(body.paths as Record<string, Record<string, { responses: object }>>).flatMap(
      ([path, operations]) =>
        Object.entries(operations)
          .filter(([, { responses }]) => !Object.entries(responses).some(([code, r]) => /^2/.test(code) && r.content))
          .map(([method]) => `${method} ${path}`),
    );
    expect(silent.filter((route) => /\/(api|admin)\/v1\//.test(route))).toEqual([]);
  });
});
