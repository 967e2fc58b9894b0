import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { SystemClock } from '#libs/clock';
import { Ledger, Periods } from '#libs/ledger';
import { Database } from '#libs/persistence';
import type { MetaApp } from '#libs/provider-settings';
import { UsageFacts } from '#libs/usage';
import type { Vault } from '#libs/vault';
import { PhoneNumber, Portfolio, PortfolioPrices, Standing, Waba, Wabas } from '#libs/wabas';
import { Wallets } from '#libs/wallet';
import { RateUsage } from '../../apps/billing/src/metering/rate-usage.js';
import { Plans } from '../../apps/billing/src/plans/plans.js';
import { CurrentRateBook } from '../../apps/billing/src/rate-card/current-rate-book.js';
import { RateCards } from '../../apps/billing/src/rate-card/rate-cards.js';
import type { WalletAlerts } from '../../apps/billing/src/wallet/wallet-alerts.js';
import type { Bench } from '../harness/bench-stack.js';
import type { Group } from '../harness/group.js';
import type { Measured } from '../harness/load.js';
import type { BenchMerchant } from '../harness/merchants.js';
import { measure } from '../harness/rounds.js';

/** Usage facts to committed charges and journal entries, beside a bare batched insert of the same rows. */
export const ledgerEntries: Group = {
  name: 'ledger-entries',
  beyondLimits: true,
  run: async (bench, { rounds, share, say }) => {
    const [merchant] = await bench.make(1, 1);
    if (!merchant) throw new Error('no merchant');
    await bench.only();
    const source = await new DataSource({
      type: 'postgres',
      url: bench.environment.DATABASE_URL as string,
      entities: [Portfolio, Waba, PhoneNumber],
      poolSize: 2,
      installExtensions: false,
    }).initialize();
    const [db, clock, logger] = [new Database(source), new SystemClock(), pino({ level: 'warn' })];
    // Neither seals nor opens anything here, nor calls Meta.
    const wabas = new Wabas(db, undefined as unknown as Vault, undefined as unknown as MetaApp, new Standing(), clock);
    const rating = new RateUsage(
      db,
      new UsageFacts(),
      wabas,
      new PortfolioPrices(),
      new Ledger(clock),
      new Periods(clock),
      new Plans(db, wabas, clock),
      new Wallets(db, clock),
      undefined as unknown as WalletAlerts,
      new CurrentRateBook(new RateCards(db, logger)),
      logger,
    );
    say('ledger-entries …');
    const run = async (size: number): Promise<Measured> => {
      await storeFacts(bench, merchant, size);
      const from = performance.now();
      while ((await rating.rateNext(merchant.tenantId)) > 0);
      return { perSecond: size / ((performance.now() - from) / 1_000), p50: 0, p99: 0 };
    };
    const lines = await measure(
      {
        name: 'facts to ledger entries',
        size: 20_000,
        run,
        baselines: [{ name: 'bare insert', goal: 0.25, run: (size) => bareInsert(bench, merchant, size) }],
      },
      rounds,
      share,
    );
    await source.destroy();
    return lines;
  },
};

async function storeFacts({ db }: Bench, { tenantId, numbers }: BenchMerchant, count: number): Promise<void> {
  await db.query(
    `INSERT INTO usage_facts (tenant_id, message_id, phone_number_id, waba_id, recipient, type, category, in_window, pricing,
                              sent_at, delivered_at)
     SELECT $1, gen_random_uuid(), $2, w.waba_id, '52155' || (10000000 + i), 'template', 'utility', false,
            '{"pricing_model": "PMP", "type": "regular", "category": "utility", "billable": true}', now(), now()
       FROM generate_series(1, $3::int) AS i, wabas w WHERE w.tenant_id = $1`,
    [tenantId, numbers[0].phoneNumberId, count],
  );
}

/** The rows that rating writes (two charges, an entry, four postings), with nothing decided, 500 messages at a time. */
async function bareInsert({ db }: Bench, { tenantId, numbers }: BenchMerchant, count: number): Promise<Measured> {
  await db.query('CREATE TABLE IF NOT EXISTS bare_charges (LIKE charges INCLUDING INDEXES)');
  await db.query('CREATE TABLE IF NOT EXISTS bare_entries (LIKE journal_entries INCLUDING INDEXES)');
  await db.query('CREATE TABLE IF NOT EXISTS bare_postings (LIKE postings INCLUDING INDEXES)');
  const { rows } = await db.query('SELECT waba_id FROM wabas WHERE tenant_id = $1', [tenantId]);
  const common = [tenantId, rows[0].waba_id, numbers[0].phoneNumberId];
  const from = performance.now();
  for (let done = 0; done < count; done += 500) {
    const ids = Array.from({ length: Math.min(500, count - done) }, () => crypto.randomUUID());
    await db.query('BEGIN');
    await db.query(
      `INSERT INTO bare_charges (tenant_id, message_id, side, waba_id, phone_number_id, market, category, quantity, unit_price,
                                 amount, currency, rule, plan, card_date, card_currency, tier, billed_at, local_day, revision)
       SELECT $1, id, side, $2, $3, 'Mexico', 'utility', 1, 0.0085, 0.0085, 'USD', 'pmp/regular',
              CASE side WHEN 'price' THEN 'pass_through/1' END, '2026-10-01', 'USD', 0, now(), current_date, 0
         FROM unnest($4::uuid[]) AS id, unnest('{cost,price}'::text[]) AS side`,
      [...common, ids],
    );
    await db.query(
      `INSERT INTO bare_entries (tenant_id, entry_id, message_id, kind, booked_on, posted_at, memo)
       SELECT $1, id, id, 'message', current_date, now(), '' FROM unnest($2::uuid[]) AS id`,
      [tenantId, ids],
    );
    await db.query(
      `INSERT INTO bare_postings (tenant_id, entry_id, line, account, amount, currency)
       SELECT $1, id, line, 'receivable', 0.0085, 'USD' FROM unnest($2::uuid[]) AS id, generate_series(1, 4) AS line`,
      [tenantId, ids],
    );
    await db.query('COMMIT');
  }
  return { perSecond: count / ((performance.now() - from) / 1_000), p50: 0, p99: 0 };
}
