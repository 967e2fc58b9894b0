import type { Tx } from '#libs/persistence';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { OutboxLanes } from './index.js';

const OLD = 40_000;
const WAITING = 10_000;

/** What a sweeper asks every few seconds must cost as much as there are numbers, not as there are messages. */
describe('looking for work', () => {
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let shop: FoundedNumber;
  let other: FoundedNumber;
  const now = new Date('2026-11-22T12:00:00Z');
  const later = new Date(now.getTime() + 3_600_000);

  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl, []);
    [shop, other] = [await foundNumber(database, 'shop'), await foundNumber(database, 'other')];
    const put = (number: FoundedNumber, count: number, status: string, due: Date) =>
      database.owner.query(
        `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                               status_at, not_before, expires_at)
         SELECT $1, gen_random_uuid(), $2, '1555' || i, 'text', '{}', 1, true, $4, $5, $5, $6
           FROM generate_series(1, $3::integer) AS i`,
        [number.tenantId, number.phoneNumberId, count, status, due, new Date(later.getTime() + 3_600_000)],
      );
    await put(shop, OLD, 'delivered', now);
    await put(shop, WAITING, 'accepted', later);
    await put(other, WAITING, 'accepted', now);
    await database.owner.query('ANALYZE messages');
  }, 300_000);
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  /** Rows that a piece of work reads, by PostgreSQL's own count within its transaction. */
  const rowsRead = (number: FoundedNumber, work: (lanes: OutboxLanes, tx: Tx) => Promise<unknown>): Promise<number> =>
    connection.db.inTenant(number.tenantId, async (tx) => {
      const lanes = new OutboxLanes({ query: (sql: string, p: unknown[]) => tx.query(sql, p) } as never);
      await work(lanes, tx);
      const [row] = await tx.query(
        `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS n FROM pg_stat_xact_user_tables
          WHERE relname LIKE 'messages%'`,
      );
      return row.n;
    });

  it('finds the numbers with messages that are due, and reads hardly more than a row of each', async () => {
    let found: unknown;
    const read = await rowsRead(shop, async (lanes) => {
      found = await lanes.numbersWithWork(now);
    });
    expect(found).toEqual([{ tenantId: other.tenantId, phoneNumberId: other.phoneNumberId }]);
    expect(read).toBeLessThan(200);
  });

  it('tells when a number has work again, from two rows', async () => {
    const outlooks: unknown[] = [];
    for (const number of [shop, other]) {
      const read = await rowsRead(number, async (lanes, tx) => {
        outlooks.push(await lanes.outlook(tx, number.tenantId, number.phoneNumberId, now));
      });
      expect(read).toBeLessThan(200);
    }
    expect(outlooks).toEqual([
      { dueNow: false, nextAt: later },
      { dueNow: true, nextAt: undefined },
    ]);
  });
});
