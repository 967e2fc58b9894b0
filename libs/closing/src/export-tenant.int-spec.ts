import { SystemClock } from '#libs/clock';
import { newId } from '#libs/ids';
import { type Charge, Ledger } from '#libs/ledger';
import type { MediaStore } from '#libs/media-store';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { unzip } from '../../../test/support/unzip.js';
import { ExportTenant } from './export-tenant.js';

const [PRICE, COST, STAFF] = ['0.0771', '0.0633', 'reviewer@provider.example'];
const DAY = '2026-11-01';

describe('what a tenant takes along', () => {
  const clock = new SystemClock();
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let shop: FoundedNumber;
  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl);
    shop = await foundNumber(database, 'Shop');
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const insert = (table: string, row: Record<string, unknown>) => {
    const all = { tenant_id: shop.tenantId, ...row };
    return database.owner.query(
      `INSERT INTO ${table} (${Object.keys(all)}) VALUES (${Object.keys(all).map((_, i) => `$${i + 1}`)})`,
      Object.values(all),
    );
  };

  /** A delivered message as billing books it, and what it costs more by Meta's invoice. */
  async function charge(): Promise<void> {
    const ledger = new Ledger(clock);
    const price: Charge = {
      messageId: newId(clock.now()),
      side: 'price',
      wabaId: shop.wabaId,
      phoneNumberId: shop.phoneNumberId,
      market: 'Mexico',
      category: 'utility',
      quantity: 1,
      unitPrice: PRICE,
      amount: PRICE,
      currency: 'USD',
      rule: 'pmp/regular',
      freeReason: null,
      plan: 'plus/1',
      card: { date: '2026-10-01', currency: 'USD', tier: 0 },
      billedAt: clock.now(),
      localDay: DAY,
    };
    const cost: Charge = { ...price, side: 'cost', unitPrice: COST, amount: COST, plan: null };
    const move = (account: 'cost_of_sales_meta' | 'payable_meta', amount: string) =>
      ({ account, amount, currency: 'USD' }) as const;
    await connection.db.inTenant(shop.tenantId, async (tx) => {
      await ledger.charge(tx, shop.tenantId, [cost, price]);
      const postings = [move('cost_of_sales_meta', COST), move('payable_meta', `-${COST}`)];
      const entry = { entryId: newId(clock.now()), kind: 'true_up', messageId: null, bookedOn: DAY, memo: 'invoice' };
      await ledger.post(tx, shop.tenantId, [{ ...entry, kind: 'true_up', postings }]);
    });
  }

  /** An application that one of the staff works at. */
  async function apply(): Promise<void> {
    const [application_id, at] = [newId(clock.now()), clock.now()];
    await insert('applications', {
      application_id,
      state: 'claimed',
      company: 'Florería',
      country: 'MX',
      registration_number: 'R1',
      contact_name: 'Ana',
      contact_email: 'ana@shop.example',
      phone: '+5215512345678',
      display_name: 'Florería',
      monthly_messages: 100,
      trade: 'flowers',
      use_cases: 'orders',
      language: 'es',
      findings: JSON.stringify([{ what: 'duplicate', by: 'phone' }]),
      claimed_by: STAFF,
      follow_up: false,
      created_at: at,
      updated_at: at,
    });
    for (const what of ['submitted', 'confirm', 'claim', 'reassign', 'ask', 'put-back']) {
      const said = what === 'reassign' ? STAFF : null;
      await insert('application_entries', { entry_id: newId(at), application_id, at, who: 'staff', what, said });
    }
  }

  it('is what it was charged and asked, and nothing of what the provider pays, how it judges or who of its people did it', async () => {
    const [at, { wabaId, phoneNumberId }] = [clock.now(), shop];
    await charge();
    await apply();
    await insert('meta_usage', {
      waba_id: wabaId,
      source: 'analytics',
      day: DAY,
      number: '1',
      market: 'MX',
      category: 'utility',
      charged: true,
      volume: 1,
      cost: COST,
      told_at: at,
    });
    await insert('spend_days', {
      day: DAY,
      phone_number_id: phoneNumberId,
      market: 'Mexico',
      category: 'utility',
      currency: 'USD',
      cost: COST,
      price: PRICE,
    });
    await database.owner.query(
      `INSERT INTO plan_versions (plan, version, terms, note, made_by, created_at)
       VALUES ('plus', 1, '{}', '', 'a test', now())`,
    );
    await insert('tenant_plans', {
      assignment_id: newId(at),
      from_day: DAY,
      plan: 'plus',
      version: 1,
      assigned_by: STAFF,
      assigned_at: at,
    });
    await insert('wallet_topups', {
      topup_id: newId(at),
      provider: 'bank',
      reference: 'transfer 7',
      amount: 10,
      currency: 'USD',
      status: 'paid',
      made_by: STAFF,
      created_at: at,
    });
    await insert('ledger_periods', { month: '2026-10', closed_by: STAFF, closed_at: at });
    await insert('closings', {
      closing_id: newId(at),
      state: 'undone',
      stood: 'active',
      asked_by: `staff:${STAFF}`,
      asked_at: at,
      closes_at: at,
      due_at: at,
    });

    const zip = new ExportTenant(connection.db, {} as MediaStore, clock).open(shop.tenantId);
    const files = unzip(Buffer.concat(await zip.toArray()));
    const rowsOf = (table: string) =>
      (files.get(`${table}.jsonl`) ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));

    expect(rowsOf('charges').map((c) => [c.side, c.amount])).toEqual([['price', Number(PRICE)]]);
    expect(rowsOf('postings').map((p) => p.account)).toEqual(['receivable', 'revenue_messages']);
    expect(rowsOf('journal_entries').map((e) => e.kind)).toEqual(['message']);
    expect(rowsOf('spend_days')).toMatchObject([{ day: DAY, price: Number(PRICE) }]);
    expect(rowsOf('applications')).toMatchObject([{ company: 'Florería', state: 'claimed' }]);
    expect(rowsOf('application_entries').map((e) => e.what)).toEqual(['submitted', 'confirm', 'ask']);
    expect(rowsOf('tenant_plans')).toMatchObject([{ plan: 'plus', from_day: DAY }]);
    expect(rowsOf('wallet_topups')).toMatchObject([{ reference: 'transfer 7' }]);
    expect(rowsOf('ledger_periods')).toMatchObject([{ month: '2026-10' }]);
    expect(rowsOf('closings')).toMatchObject([{ state: 'undone' }]);
    const all = [...files].map(([name, text]) => `${name} ${text}`).join('\n');
    for (const kept of [COST, STAFF, 'meta_usage', 'cost_of_sales', 'payable_meta', 'duplicate', 'true_up']) {
      expect(all).not.toContain(kept);
    }
  });
});
