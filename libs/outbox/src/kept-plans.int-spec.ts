import { jest } from '@jest/globals';
import type { Tx } from '#libs/persistence';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { applyStatuses } from './apply-statuses.js';
import type { MessageRow } from './message-row.js';
import { OutboxLanes } from './outbox-lanes.js';

const MUCH = 20_000;
const BATCH = 20;
/** Each message of a batch is read by some of the statements, and by those of the partitions that hold none. */
const FEW = BATCH * 40;

/** A connection often plans these statements while tables are still empty, and PostgreSQL counts again minutes later. */
describe('a plan that was made when there was nothing', () => {
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let shop: FoundedNumber;
  const now = new Date();
  const later = new Date(now.getTime() + 3_600_000);

  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl, []);
    shop = await foundNumber(database, 'shop');
    await database.owner.query('ALTER TABLE messages_default SET (autovacuum_enabled = false)');
    await database.owner.query('VACUUM ANALYZE messages, message_events');
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const put = (count: number, status: string) =>
    database.owner.query(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                             status_at, not_before, expires_at)
       SELECT $1, gen_random_uuid(),
              $2, '1555' || i, 'text', '{}', 1, true, $4, $5, $5, $6
         FROM generate_series(1, $3::integer) AS i`,
      [shop.tenantId, shop.phoneNumberId, count, status, now, later],
    );

  /** Claims a batch, stores its answers and applies their statuses, and counts the rows that were read for it. */
  const aBatch = (): Promise<{ claimed: MessageRow[]; read: number }> =>
    connection.db.inTenant(
      shop.tenantId,
      async (tx) => {
        const lanes = new OutboxLanes(connection.db);
        const claimed = await lanes.claim(tx, shop.tenantId, shop.phoneNumberId, now, BATCH);
        const ids = claimed.map((m) => m.messageId);
        await lanes.settle(
          tx,
          shop.tenantId,
          ids.map((messageId) => ({ messageId, attempt: 1, became: 'submitted', metaMessageId: `wamid.${messageId}` })),
          now,
        );
        await applyStatuses(
          tx,
          shop.tenantId,
          ids.map((messageId) => ({ messageId, status: 'delivered', at: now })),
        );
        await lanes.outlook(tx, shop.tenantId, shop.phoneNumberId, now);
        return { claimed, read: await rowsRead(tx) };
      },
      'kept',
    );

  const rowsRead = async (tx: Tx): Promise<number> => {
    const [row] = await tx.query(
      `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS n FROM pg_stat_xact_user_tables
        WHERE relname LIKE 'message%'`,
    );
    return row.n;
  };

  it('is made anew some seconds later, and then reads no more than a batch of what has come', async () => {
    expect((await aBatch()).claimed).toEqual([]);
    await put(3, 'accepted');
    expect((await aBatch()).claimed).toHaveLength(3);

    await put(MUCH, 'delivered');
    await put(MUCH, 'accepted');
    const steadyClock = performance.now();
    const seconds = jest.spyOn(performance, 'now').mockReturnValue(steadyClock + 10_000);
    const { claimed, read } = await aBatch();
    seconds.mockRestore();
    expect(claimed).toHaveLength(BATCH);
    expect(read).toBeLessThan(FEW);
    const [plans] = await connection.db.query<{ generic: number; custom: number }>(
      `SELECT sum(generic_plans)::int AS generic, sum(custom_plans)::int AS custom FROM pg_prepared_statements`,
    );
    expect(plans).toEqual({ generic: expect.any(Number), custom: 0 });
  }, 300_000);
});
