import { ManualClock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Outbox, OutboxLanes } from '#libs/outbox';
import type { Database } from '#libs/persistence';
import { cloneDatabase, connect, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { Rollups } from './rollups.js';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const DAY_MS = 86_400_000;
const RECIPIENTS = ['5215512345678', '16505551234', '14165551234', '77011234567', 'MX.13491208655302741918'];
const STATUSES = ['sent', 'delivered', 'read', 'failed'] as const;

/** As good as random and the same each time. */
function dice(seed: number): (sides: number) => number {
  let x = seed;
  return (sides) => {
    x = (x * 1_103_515_245 + 12_345) & 0x7fffffff;
    return Math.floor((x / 0x7fffffff) * sides) % sides;
  };
}

describe('traffic that is added up', () => {
  let database: TestDatabase;
  let tenants: Awaited<ReturnType<typeof connect>>;
  let staff: Awaited<ReturnType<typeof connect>>;
  let rollups: Rollups;
  let shop: FoundedNumber;
  beforeAll(async () => {
    database = await cloneDatabase();
    tenants = await connect(database.appUrl);
    staff = await connect(database.staffUrl);
    rollups = new Rollups(staff.db);
  });
  beforeEach(async () => {
    shop = await foundNumber(database, 'Shop');
  });
  afterAll(async () => {
    await tenants.close();
    await staff.close();
    await database.drop();
  });

  const clock = new ManualClock(new Date(NOON));
  const goTo = (at: Date) => clock.advance(at.getTime() - clock.now().getTime());
  const accept = async (recipient: string, category?: 'utility' | 'marketing') => {
    const { messageId } = await new Outbox(tenants.db, clock).accept({
      tenantId: shop.tenantId,
      phoneNumberId: shop.phoneNumberId,
      recipient,
      type: category ? 'template' : 'text',
      ...(category ? { category } : {}),
      payload: '{}',
      lane: 1,
      inWindow: false,
      expiresAt: new Date(clock.now().getTime() + 30 * DAY_MS),
    });
    return messageId;
  };
  const claim = () =>
    tenants.db.inTenant(shop.tenantId, (tx) =>
      new OutboxLanes(tenants.db).claim(tx, shop.tenantId, shop.phoneNumberId, clock.now(), 5),
    );
  const told = (messageId: string, status: (typeof STATUSES)[number]) =>
    tenants.db.inTenant(shop.tenantId, (tx) =>
      new Outbox(tenants.db, clock).applyStatuses(tx, shop.tenantId, [
        { messageId, status, at: clock.now(), ...(status === 'failed' ? { errors: [{ code: 131026 }] } : {}) },
      ]),
    );
  const foldAll = async (by = rollups) => {
    while (await by.fold(shop.tenantId));
  };
  const sums = async (): Promise<unknown[]> =>
    (
      await database.owner.query(
        `SELECT day::text, category, status, cause, market, messages::int FROM traffic_days
          WHERE tenant_id = $1 AND messages <> 0 ORDER BY 1, 2, 3, 4, 5`,
        [shop.tenantId],
      )
    ).rows;
  const standing = async (): Promise<Record<string, number>> => {
    const { rows } = await database.owner.query(
      `SELECT paloma_day_of(message_id)::text || ' ' || coalesce(category, 'service') || ' ' || status || ' ' ||
              coalesce(CASE status WHEN 'failed' THEN meta_error ->> 'code' END, '') AS key, count(*)::int AS n
         FROM messages WHERE tenant_id = $1 GROUP BY 1`,
      [shop.tenantId],
    );
    return Object.fromEntries(rows.map((r) => [r.key, r.n]));
  };
  const summed = async (): Promise<Record<string, number>> => {
    const all: Record<string, number> = {};
    for (const r of (await sums()) as {
      day: string;
      category: string;
      status: string;
      cause: string;
      messages: number;
    }[]) {
      const key = `${r.day} ${r.category} ${r.status} ${r.cause}`;
      all[key] = (all[key] ?? 0) + r.messages;
    }
    return all;
  };

  it('equals what counting the messages would say, after lives of every kind with late and repeated statuses', async () => {
    const roll = dice(7);
    const ids: string[] = [];
    for (let step = 0; step < 300; step++) {
      goTo(new Date(NOON + step * 600_000));
      const move = roll(10);
      if (move < 3) {
        const category = (['utility', 'marketing', undefined] as const)[roll(3)];
        ids.push(await accept(RECIPIENTS[roll(RECIPIENTS.length)] as string, category));
      } else if (move < 5) await claim();
      else if (move < 9 && ids.length > 0) {
        await told(ids[roll(ids.length)] as string, STATUSES[roll(STATUSES.length)] ?? 'sent');
      } else await rollups.fold(shop.tenantId);
    }
    await foldAll();
    expect(ids.length).toBeGreaterThan(50);
    expect(await summed()).toEqual(await standing());
    expect(await rollups.rebuild(shop.tenantId)).toMatchObject({ differed: 0 });
    expect(await summed()).toEqual(await standing());
  });

  it('tells markets, categories and the cause of failures apart, on the day of acceptance', async () => {
    goTo(new Date('2026-11-19T23:59:00Z'));
    const failed = await accept('5215512345678', 'marketing');
    const read = await accept('14165551234');
    goTo(new Date('2026-11-20T00:01:00Z'));
    await claim();
    await told(failed, 'failed');
    await told(read, 'read');
    await foldAll();
    expect(await sums()).toEqual([
      { day: '2026-11-19', category: 'marketing', status: 'failed', cause: '131026', market: 'Mexico', messages: 1 },
      { day: '2026-11-19', category: 'service', status: 'read', cause: '', market: 'North America', messages: 1 },
    ]);
  });

  it('counts once when whoever adds up dies before its commit, and when two add up at once', async () => {
    goTo(new Date(NOON));
    for (let i = 0; i < 20; i++) await accept('5215512345678', 'utility');
    const dying = Object.assign(Object.create(staff.db), {
      inTenant: <T>(tenantId: string, work: Parameters<Database['inTenant']>[1]) =>
        staff.db.inTenant<T>(tenantId, async (tx) => {
          await work(tx);
          throw new Error('killed');
        }),
    }) as Database;
    await expect(new Rollups(dying).fold(shop.tenantId)).rejects.toThrow('killed');
    expect(await sums()).toEqual([]);
    await Promise.all([foldAll(), foldAll(), foldAll(), rollups.rebuild(shop.tenantId)]);
    expect(await sums()).toMatchObject([{ status: 'accepted', messages: 20 }]);
  });

  it('is counted anew where it was wrong, and left alone for days of which no message is kept', async () => {
    goTo(new Date(NOON));
    await accept('5215512345678', 'utility');
    await foldAll();
    await database.owner.query('UPDATE traffic_days SET messages = 99 WHERE tenant_id = $1', [shop.tenantId]);
    await database.owner.query(
      `INSERT INTO traffic_days SELECT tenant_id, '2026-01-01', phone_number_id, market, category, 'read', '', 7
         FROM traffic_days WHERE tenant_id = $1`,
      [shop.tenantId],
    );
    expect(await rollups.rebuild(shop.tenantId)).toEqual({ rows: 1, differed: 1 });
    expect(await sums()).toMatchObject([
      { status: 'read', messages: 7 },
      { status: 'accepted', messages: 1 },
    ]);
  });

  it('sums money as it was charged and corrected', async () => {
    const messageId = newId(new Date(NOON));
    const charge = (side: string, revision: number, quantity: number, amount: string) =>
      database.owner.query(
        `INSERT INTO charges (tenant_id, message_id, side, revision, waba_id, phone_number_id, market, category, quantity,
                              unit_price, amount, currency, rule, free_reason, plan, card_date, card_currency, tier,
                              billed_at, local_day)
         VALUES ($1, $2, $3, $4, $5, $6, 'Mexico', 'marketing', $7, $8, $9, 'USD', 'pmp/regular', NULL, $10,
                 '2026-10-01', 'USD', 0, now(), '2026-11-20')`,
        [
          shop.tenantId,
          messageId,
          side,
          revision,
          shop.wabaId,
          shop.phoneNumberId,
          quantity,
          amount.replace('-', ''),
          amount,
          side === 'price' ? 'p/1' : null,
        ],
      );
    await charge('cost', 0, 1, '0.0300');
    await charge('price', 0, 1, '0.0400');
    await foldAll();
    await charge('price', 1, -1, '-0.0400');
    await charge('price', 2, 1, '0.0350');
    await foldAll();
    const { rows } = await database.owner.query(
      'SELECT day::text, market, currency, cost::text, price::text FROM spend_days WHERE tenant_id = $1',
      [shop.tenantId],
    );
    expect(rows).toEqual([{ day: '2026-11-20', market: 'Mexico', currency: 'USD', cost: '0.0300', price: '0.0350' }]);
  });

  it('lets an app of tenants neither add news nor change sums', async () => {
    for (const table of ['message_news', 'charge_news', 'traffic_days', 'spend_days']) {
      await expect(tenants.db.inTenant(shop.tenantId, (tx) => tx.query(`DELETE FROM ${table}`))).rejects.toThrow(
        'permission denied',
      );
    }
  });
});
