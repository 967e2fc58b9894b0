import { createHash } from 'node:crypto';
import { pino } from 'pino';
import { ManualClock } from '#libs/clock';
import { useEnvironment } from '#libs/config';
import { PROVIDER_TENANT } from '#libs/persistence';
import type { Periodic } from '#libs/queues';
import { testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, connect, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { PartitionUpkeep } from './partition-upkeep.js';

let database: TestDatabase;
let connection: Awaited<ReturnType<typeof connect>>;
let shop: FoundedNumber;
let upkeep: PartitionUpkeep;

beforeAll(async () => {
  database = await cloneDatabase();
  useEnvironment(testEnvironment(database));
  connection = await connect(database.appUrl);
  shop = await foundNumber(database, 'shop');
  const clock = new ManualClock(new Date('2019-04-10T12:00:00Z'));
  upkeep = new PartitionUpkeep(connection.db, {} as Periodic, clock, pino({ level: 'silent' }));
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

const on = (day: number) => `paloma_first_id('2019-02-${day}')`;

describe('what Meta told in a month that is forgotten', () => {
  // More than a row holds, and no two parts alike.
  const text = Array.from({ length: 2_000 }, (_, i) => createHash('sha256').update(String(i)).digest('base64')).join(
    '',
  );
  const left = async () =>
    (
      await database.owner.query(
        `SELECT tableoid::regclass::text AS place, status, body ->> 'text' = $1 AS text, raw = convert_to($1, 'UTF8') AS bytes
           FROM meta_events ORDER BY event_id`,
        [text],
      )
    ).rows;

  it('stays, as it came, where it is parked and a tenant’s, until staff have settled it', async () => {
    await database.owner.query(`CALL paloma_partition_month('meta_events', '2019-02-01')`);
    await database.owner.query(
      `INSERT INTO meta_events (tenant_id, event_id, route, field, body, raw, status, note) VALUES
         ($1, ${on(10)}, 'waba:1', 'x', jsonb_build_object('text', $3::text), NULL, 'parked', 'attempt 4: no'),
         ($1, ${on(11)}, 'waba:1', 'x', 'null', convert_to($3, 'UTF8'), 'parked', 'kept as bytes'),
         ($1, ${on(12)}, 'waba:1', 'x', '{}', NULL, 'done', NULL),
         ($2, ${on(13)}, 'waba:2', 'x', '{}', NULL, 'parked', 'no tenant has what this is about')`,
      [shop.tenantId, PROVIDER_TENANT, text],
    );
    await upkeep.forget();
    const place = 'meta_events_default';
    const kept = [
      { place, status: 'parked', text: true, bytes: null },
      { place, status: 'parked', text: null, bytes: true },
    ];
    expect(await left()).toEqual(kept);
    await upkeep.forget();
    expect(await left()).toEqual(kept);

    const staff = (door: string) => database.owner.query(`SELECT ${door}`, [shop.tenantId]);
    await staff(`door_discard_meta_events($1, ARRAY[${on(11)}], now(), 'given up')`);
    await staff(`door_retry_meta_events($1, ARRAY[${on(10)}], 'once more')`);
    await upkeep.forget();
    expect(await left()).toEqual([{ ...kept[0], status: 'new' }]);
    await database.owner.query(`UPDATE meta_events SET status = 'done' WHERE event_id = ${on(10)}`);
    await upkeep.forget();
    expect(await left()).toEqual([]);
  });

  it('can be read and kept across tenants by no app', async () => {
    const { rows } = await database.owner.query(
      `SELECT p.proname FROM pg_proc p, unnest(ARRAY['paloma_tenant', 'paloma_staff']) AS app
        WHERE p.proname IN ('door_parked_events_between', 'door_keep_events', 'door_forget_settled_events')
          AND has_function_privilege(app, p.oid, 'EXECUTE')`,
    );
    expect(rows).toEqual([]);
  });
});
