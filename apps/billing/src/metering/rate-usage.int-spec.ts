import { type Charge, Ledger } from '#libs/ledger';
import { Database } from '#libs/persistence';
import { Wake } from '#libs/queues';
import { UsageFacts } from '#libs/usage';
import { Wallets } from '#libs/wallet';
import { type Merchant, merchant, SERVICE_FREE, UTILITY } from '../../../../test/fixtures/billing/merchant.js';
import { eventually, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { BillingModule } from '../billing.module.js';
import { BillingWorkerModule } from '../billing-worker.module.js';
import { RateCards } from '../rate-card/rate-cards.js';
import { RateUsage } from './rate-usage.js';

describe('rating what was delivered', () => {
  let database: TestDatabase;
  let apps: { api: RunningApp; worker: RunningApp; second: RunningApp };
  beforeAll(async () => {
    database = await cloneDatabase();
    const environment = testEnvironment(database);
    const api = await startApp(BillingModule, environment);
    const worker = await startApp(BillingWorkerModule, environment);
    apps = { api, worker, second: await startApp(BillingWorkerModule, environment) };
  });
  afterAll(async () => {
    for (const app of [apps.second, apps.worker, apps.api]) await app.close();
    await database.drop();
  });

  const rate = async ({ tenantId }: Merchant) => {
    while ((await apps.worker.app.get(RateUsage).rateNext(tenantId)) > 0);
  };
  /** Takes a tenant's lane, so that nobody rates for it but who is told to. */
  const onlyWhenAsked = ({ tenantId }: Merchant) =>
    database.owner.query(
      `INSERT INTO lane_leases (tenant_id, lane, holder, until)
       VALUES ($1, 'rate', gen_random_uuid(), now() + interval '1 hour')`,
      [tenantId],
    );
  const chargesOf = ({ tenantId }: Merchant, messageId: string): Promise<Charge[]> =>
    apps.worker.app
      .get(Database)
      .inTenant(tenantId, (tx) => apps.worker.app.get(Ledger).chargesOf(tx, tenantId, messageId));
  const parkedOf = ({ tenantId }: Merchant) =>
    apps.worker.app.get(Database).inTenant(tenantId, async (tx) => {
      const parked = await apps.worker.app.get(UsageFacts).listParked(tx, tenantId);
      return parked.map((fact) => [fact.messageId, fact.parkedReason]);
    });
  const rateOf = async (cardDate: string, currency: string, market: string, category: string): Promise<string> => {
    const { rows } = await database.owner.query(
      'SELECT price FROM rates WHERE card_date = $1 AND currency = $2 AND market = $3 AND category = $4',
      [cardDate, currency, market, category],
    );
    return rows[0].price;
  };

  it('charges a utility template to Mexico what the card in force says, as cost and as price', async () => {
    const shop = await merchant(apps);
    const messageId = await shop.delivered();
    await rate(shop);
    const price = await rateOf('2026-10-01', 'USD', 'Mexico', 'utility');
    expect(price).toBe('0.0085');
    const expected = {
      market: 'Mexico',
      category: 'utility',
      quantity: 1,
      unitPrice: price,
      amount: price,
      currency: 'USD',
      rule: 'pmp/regular',
      freeReason: null,
      card: { date: '2026-10-01', currency: 'USD', tier: 0 },
      localDay: '2026-11-22',
    };
    expect(await chargesOf(shop, messageId)).toEqual([
      expect.objectContaining({ ...expected, side: 'cost', plan: null }),
      expect.objectContaining({ ...expected, side: 'price', plan: 'pass_through/1' }),
    ]);
    const { rows } = await database.owner.query(
      'SELECT account, amount FROM postings WHERE tenant_id = $1 ORDER BY line',
      [shop.tenantId],
    );
    expect(rows.map((r) => `${r.account} ${r.amount}`)).toEqual([
      'cost_of_sales_meta 0.0085',
      'payable_meta -0.0085',
      'receivable 0.0085',
      'revenue_messages -0.0085',
    ]);
  });

  it('charges each message once with two workers at it, and changes nothing when facts are rated again', async () => {
    const shop = await merchant(apps);
    const messages = await Promise.all(Array.from({ length: 40 }, () => shop.delivered()));
    const books = async () => {
      const { rows } = await database.owner.query(
        `SELECT (SELECT count(*) FROM charges WHERE tenant_id = $1)::int AS charges,
                (SELECT used FROM rating_counters WHERE tenant_id = $1 AND kind = 'volume')::int AS volume,
                (SELECT count(*) FROM journal_entries WHERE tenant_id = $1)::int AS entries,
                (SELECT sum(amount) FROM postings WHERE tenant_id = $1 AND account = 'receivable') AS owed`,
        [shop.tenantId],
      );
      return rows[0];
    };
    const everyone = () =>
      Promise.all(
        [apps.worker, apps.second, apps.worker, apps.second].map((w) => w.app.get(RateUsage).rateNext(shop.tenantId)),
      );
    await everyone();
    const once = { charges: 2 * messages.length, volume: messages.length, entries: messages.length, owed: '0.3400' };
    expect(await books()).toEqual(once);

    await database.owner.query(`UPDATE usage_facts SET status = 'new' WHERE tenant_id = $1`, [shop.tenantId]);
    await everyone();
    expect(await books()).toEqual(once);
    const { rows } = await database.owner.query(`SELECT DISTINCT status FROM usage_facts WHERE tenant_id = $1`, [
      shop.tenantId,
    ]);
    expect(rows).toEqual([{ status: 'rated' }]);
  });

  it('leaves nothing half done when the worker dies between the books and the wallet', async () => {
    const shop = await merchant(apps);
    await onlyWhenAsked(shop);
    const [wallets, db] = [apps.worker.app.get(Wallets), apps.worker.app.get(Database)];
    await db.inTenant(shop.tenantId, (tx) => wallets.open(tx, shop.tenantId, { currency: 'USD', creditLimit: '1' }));
    for (let i = 0; i < 5; i++) await shop.delivered();
    const books = async () =>
      (
        await database.owner.query(
          `SELECT (SELECT count(*) FROM charges WHERE tenant_id = $1)::int AS charges,
                  (SELECT coalesce(sum(amount), 0) FROM postings WHERE tenant_id = $1 AND account = 'wallet') AS wallet,
                  (SELECT balance FROM wallets WHERE tenant_id = $1) AS balance,
                  (SELECT count(*) FROM usage_facts WHERE tenant_id = $1 AND status = 'rated')::int AS rated`,
          [shop.tenantId],
        )
      ).rows[0];
    // Somebody else has the wallet, so the worker stands still with its books written; then its connection is cut.
    await database.owner.query('BEGIN');
    await database.owner.query('SELECT FROM wallets WHERE tenant_id = $1 FOR UPDATE', [shop.tenantId]);
    const attempt = expect(apps.worker.app.get(RateUsage).rateNext(shop.tenantId)).rejects.toThrow();
    const stands = await eventually(async () => {
      // Within a transaction PostgreSQL shows what it showed before.
      await database.owner.query('SELECT pg_stat_clear_snapshot()');
      const { rows } = await database.owner.query(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            AND query LIKE '%UPDATE wallets%'`,
      );
      return rows[0] as { pid: number } | undefined;
    });
    await database.owner.query('SELECT pg_terminate_backend($1)', [stands.pid]);
    await database.owner.query('COMMIT');
    await attempt;
    expect(await books()).toEqual({ charges: 0, wallet: '0', balance: '0', rated: 0 });
    await apps.second.app.get(RateUsage).rateNext(shop.tenantId);
    expect(await books()).toEqual({ charges: 10, wallet: '0.0425', balance: '-0.0425', rated: 5 });
  });

  it('is woken by its lane, and by the sweeper when nobody woke it', async () => {
    const shop = await merchant(apps);
    const woken = await shop.delivered();
    await apps.worker.app.get(Wake).lane('billing.rate', { tenantId: shop.tenantId });
    await eventually(async () => (await chargesOf(shop, woken)).length === 2);
    const forgotten = await shop.delivered();
    await eventually(async () => (await chargesOf(shop, forgotten)).length === 2);
  });

  it('charges a service message inside the free allowance 0, and one beyond it the card price', async () => {
    const shop = await merchant(apps);
    const service = { type: 'text', category: null, inWindow: true };
    const free = await shop.delivered({ ...service, pricing: SERVICE_FREE });
    const beyond = await shop.delivered({ ...service, pricing: { ...SERVICE_FREE, type: 'regular' } });
    await rate(shop);
    const nothing = { category: 'service', market: 'Mexico', amount: '0', freeReason: 'service_allowance', card: null };
    expect(await chargesOf(shop, free)).toMatchObject([
      { side: 'cost', rule: 'pmp/free_customer_service', ...nothing },
      { side: 'price', rule: 'pmp/free_customer_service', ...nothing },
    ]);
    expect(await chargesOf(shop, beyond)).toMatchObject([{ amount: '0.0085' }, { amount: '0.0085' }]);
    const { rows } = await database.owner.query(
      `SELECT used::int FROM rating_counters WHERE tenant_id = $1 AND kind = 'allowance' AND subject = $2`,
      [shop.tenantId, shop.phoneNumberId],
    );
    expect(rows).toEqual([{ used: 2 }]);
  });

  it('prices what went over an On-Premises client by its own category, for no word of Meta will come', async () => {
    const shop = await merchant(apps);
    const over = { pricing: null, overClient: true };
    const sale = await shop.delivered({ ...over, category: 'MARKETING' });
    const reply = await shop.delivered({ ...over, type: 'text', category: null, inWindow: true });
    await rate(shop);
    const price = await rateOf('2026-10-01', 'USD', 'Mexico', 'marketing');
    expect(await chargesOf(shop, sale)).toMatchObject([
      { amount: price, rule: 'pmp/marketing' },
      { amount: price, rule: 'pmp/marketing' },
    ]);
    expect(await chargesOf(shop, reply)).toMatchObject([{ amount: '0', freeReason: 'service_allowance' }, {}]);
    expect(await parkedOf(shop)).toEqual([]);
  });

  it('charges a reaction 0 without a word of Meta about its price', async () => {
    const shop = await merchant(apps);
    const reaction = await shop.delivered({ type: 'reaction', category: null, pricing: null });
    await rate(shop);
    expect(await chargesOf(shop, reaction)).toMatchObject([{ amount: '0', freeReason: 'reaction' }, { amount: '0' }]);
  });

  it('gives each message the price of the volume tier it falls in', async () => {
    const shop = await merchant(apps);
    await database.owner.query(
      `INSERT INTO rating_counters VALUES ($1, '2026-11', 'volume', $2, 'Mexico', 'utility', 999999)`,
      [shop.tenantId, shop.portfolioId],
    );
    const [last, first] = [await shop.delivered(), await shop.delivered()];
    await rate(shop);
    expect(await chargesOf(shop, last)).toMatchObject([{ unitPrice: '0.0085', card: { tier: 0 } }, {}]);
    expect(await chargesOf(shop, first)).toMatchObject([{ unitPrice: '0.0081', card: { tier: 1 } }, {}]);
  });

  it('changes cards at midnight of the WABA, not of UTC', async () => {
    const shop = await merchant(apps);
    const marketing = { category: 'marketing', pricing: { ...UTILITY, category: 'marketing' } };
    const before = await shop.delivered({ ...marketing, deliveredAt: new Date('2026-10-01T05:59:59.999Z') });
    const after = await shop.delivered({ ...marketing, deliveredAt: new Date('2026-10-01T06:00:00.000Z') });
    await rate(shop);
    expect(await chargesOf(shop, before)).toMatchObject([
      { localDay: '2026-09-30', unitPrice: '0.0305', card: { date: '2026-07-01' } },
      {},
    ]);
    expect(await chargesOf(shop, after)).toMatchObject([
      { localDay: '2026-10-01', unitPrice: '0.0397', card: { date: '2026-10-01' } },
      {},
    ]);
  });

  it.each([
    ['in a currency that the card in force lacks', 'no_rate', { currency: 'BRL' }, {}],
    [
      'of a category that nobody has heard of',
      'unknown_category',
      {},
      { pricing: { ...UTILITY, category: 'ai_chat' } },
    ],
    [
      'of a pricing type that nobody has heard of',
      'unknown_pricing_type',
      {},
      { pricing: { ...UTILITY, type: 'gift' } },
    ],
    ['to a user whose number is hidden', 'unknown_market', {}, { recipient: 'MX.13491208655302741918' }],
    ['whose price Meta has not told yet', 'free_entry_undecided', {}, { pricing: null }],
    ['of a WABA in a zone that does not exist', 'unknown_zone', { timezone: 'America/Atlantis' }, {}],
  ])('does not charge a message %s, but shows it as %s', async (_, reason, waba, fact) => {
    const shop = await merchant(apps, waba);
    const waiting = await shop.delivered(fact);
    await rate(shop);
    expect(await parkedOf(shop)).toEqual([[waiting, reason]]);
    expect(await chargesOf(shop, waiting)).toEqual([]);
  });

  it('charges a parked message once its reason is gone, and parks it again while it stays', async () => {
    const shop = await merchant(apps, { currency: 'BRL' });
    const waiting = await shop.delivered();
    await rate(shop);
    const rating = apps.worker.app.get(RateUsage);
    expect(await rating.rateParkedAgain(shop.tenantId, 'unknown_market')).toBe(0);
    expect(await rating.rateParkedAgain(shop.tenantId)).toBe(1);
    expect(await parkedOf(shop)).toEqual([[waiting, 'no_rate']]);
    await database.owner.query(`UPDATE wabas SET currency = 'USD' WHERE tenant_id = $1`, [shop.tenantId]);
    expect(await rating.rateParkedAgain(shop.tenantId, 'no_rate')).toBe(1);
    expect(await parkedOf(shop)).toEqual([]);
    expect(await chargesOf(shop, waiting)).toMatchObject([{ currency: 'USD' }, { currency: 'USD' }]);
  });

  it('a charge that cannot be written leaves neither books nor a rated fact', async () => {
    const shop = await merchant(apps);
    await onlyWhenAsked(shop);
    const messageId = await shop.delivered();
    await database.owner.query(`ALTER TABLE charges ADD CONSTRAINT test_refuses CHECK (side <> 'price') NOT VALID`);
    await expect(apps.worker.app.get(RateUsage).rateNext(shop.tenantId)).rejects.toThrow('test_refuses');
    await database.owner.query('ALTER TABLE charges DROP CONSTRAINT test_refuses');
    expect(await chargesOf(shop, messageId)).toEqual([]);
    await rate(shop);
    expect(await chargesOf(shop, messageId)).toHaveLength(2);
  });

  it('imports the cards once, however many workers start', async () => {
    const cards = apps.second.app.get(RateCards);
    const held = await cards.rows();
    expect(held.length).toBeGreaterThan(1_000);
    expect(await cards.importRows()).toBe(0);
    expect(await cards.rows()).toEqual(held);
  });

  it('keeps an imported price when a file says otherwise', async () => {
    const cards = apps.worker.app.get(RateCards);
    const [row] = await cards.rows();
    if (!row) throw new Error('no card was imported');
    expect(await cards.importRows([{ ...row, price: '9.9999' }])).toBe(0);
    expect((await cards.rows())[0]).toEqual(row);
  });
});
