import { ManualClock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { Vault } from '#libs/vault';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { TenantEvents, WebhookDeliveries, WebhookEndpoint, WebhookEndpoints } from './index.js';

const MUCH = 20_000;
const BATCH = 20;
/** A post, its event and its entry are read by looking for it, and the post once more by noting it; plans of empty months too. */
const FEW = BATCH * 6;

/** A connection often plans these statements while little waits, and a burst comes before PostgreSQL has counted again. */
describe('a batch of posts whose plan was made when nothing waited', () => {
  const now = new Date();
  const clock = new ManualClock(now);
  const events = new TenantEvents(clock);
  const deliveries = new WebhookDeliveries();
  const endpoints = new WebhookEndpoints(new Vault([{ id: 'k1', key: Buffer.alloc(32, 1) }]), clock);
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let shop: FoundedNumber;
  let endpointId: string;
  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl, [WebhookEndpoint]);
    shop = await foundNumber(database, 'shop');
    const made = await connection.db.inTenant(shop.tenantId, (tx) =>
      endpoints.create(tx, shop.tenantId, { url: 'https://shop.example/hook' }),
    );
    endpointId = made.endpoint.endpointId;
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const tell = (count: number) =>
    connection.db.inTenant(
      shop.tenantId,
      (tx) =>
        events.publish(
          tx,
          shop.tenantId,
          Array.from({ length: count }, (_, i) => ({
            eventId: newId(now),
            kind: 'status',
            customer: `1555${i}`,
            body: '{}',
          })),
        ),
      'kept',
    );

  /** Looks for a batch and notes it, and counts the rows that were read for it. */
  const aBatch = () =>
    connection.db.inTenant(
      shop.tenantId,
      async (tx) => {
        const due = await deliveries.due(tx, shop.tenantId, endpointId, { now, holdAttempts: 3, limit: BATCH });
        await deliveries.note(
          tx,
          shop.tenantId,
          endpointId,
          due.map(({ eventId }) => ({ eventId, delivered: true, httpStatus: 200, at: now })),
        );
        return { posts: due.length, read: await rowsRead(tx) };
      },
      'kept',
    );

  const rowsRead = async (tx: Tx): Promise<number> => {
    const [row] = await tx.query(
      `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS n FROM pg_stat_xact_user_tables
        WHERE relname LIKE 'webhook_deliver%' OR relname LIKE 'tenant_events%'`,
    );
    return row.n;
  };

  it('reads no more than the batch', async () => {
    expect((await aBatch()).posts).toBe(0);
    await tell(3);
    expect((await aBatch()).posts).toBe(3);
    for (let told = 0; told < MUCH; told += 1_000) await tell(1_000);
    const { posts, read } = await aBatch();
    expect(posts).toBe(BATCH);
    expect(read).toBeLessThan(FEW);
  });
});
