import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Module } from '@nestjs/common';
import { newId } from '#libs/ids';
import { MediaStore, MediaStoreModule } from '#libs/media-store';
import { Database, PROVIDER_TENANT } from '#libs/persistence';
import { type Erasure, Erasures, PrivacyModule } from '#libs/privacy';
import { ProcessModule } from '#libs/process';
import { type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { liveWith, NUMBER } from '../../../../test/support/customer-life.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { ForgetCustomer } from './forget-customer.js';

const HOUR_MS = 3_600_000;

/** What the merchants' apps have. */
@Module({ imports: [ProcessModule.forRoot({ queues: [] }), MediaStoreModule] })
class MerchantAppModule {}

/** What forgets, without what calls it every few seconds. */
@Module({
  imports: [ProcessModule.forRoot({ queues: [], database: 'STAFF_DATABASE_URL' }), PrivacyModule, MediaStoreModule],
  providers: [ForgetCustomer],
})
class ForgetterModule {}

describe('forgetting a customer', () => {
  let database: TestDatabase;
  let merchants: RunningApp;
  let worker: RunningApp;
  let folder: string;
  let shop: FoundedNumber;

  beforeAll(async () => {
    database = await cloneDatabase();
    folder = await mkdtemp(join(tmpdir(), 'paloma-forgetting-'));
    const environment = testEnvironment(database, { LOG_LEVEL: 'fatal', MEDIA_FOLDER: folder });
    merchants = await startApp(MerchantAppModule, environment);
    worker = await startApp(ForgetterModule, environment);
  });
  beforeEach(async () => {
    shop = await foundNumber(database, 'Shop');
  });
  afterAll(async () => {
    await worker.close();
    await merchants.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const ask = (): Promise<Erasure> => worker.app.get(Erasures).ask(shop.tenantId, [NUMBER], 'staff:a test');
  const pass = ({ id }: Erasure) => worker.app.get(ForgetCustomer).pass(shop.tenantId, id);
  const stateOf = async ({ id }: Erasure) =>
    (await database.owner.query('SELECT * FROM erasures WHERE erasure_id = $1', [id])).rows[0];
  async function message(status: string, heldFor: string | null = null): Promise<string> {
    const id = newId(new Date());
    await database.owner.query(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status,
                             status_at, not_before, expires_at, held_for)
       VALUES ($1, $2, $3, $4, 'text', '{"text":{"body":"hola"}}', 1, true, $5, now(), now(), now() + '2 days', $6)`,
      [shop.tenantId, id, shop.phoneNumberId, NUMBER, status, heldFor],
    );
    return id;
  }
  async function rawEvent(status: 'new' | 'parked'): Promise<string> {
    const id = newId(new Date());
    await database.owner.query(
      `INSERT INTO meta_events (tenant_id, event_id, route, field, body, status)
       VALUES ($1, $2, 'phone_number:7', 'messages', $3, $4)`,
      [PROVIDER_TENANT, id, JSON.stringify({ from: NUMBER }), status],
    );
    return id;
  }
  const rawEvents = async () =>
    (await database.owner.query('SELECT 1 FROM meta_events WHERE body::text LIKE $1', [`%${NUMBER}%`])).rows;

  it('is carried on where it was killed, also with what Meta told before the number was the merchant’s', async () => {
    await liveWith(database, merchants.app.get(MediaStore), shop);
    await rawEvent('parked');
    const erasure = await ask();
    const db = worker.app.get(Database);
    const inTenant = db.inTenant.bind(db);
    // It dies right after a transaction has been committed: that of the first look, of a file, and of the last pass.
    let transactions = 0;
    let deaths = 0;
    const spy = jest.spyOn(db, 'inTenant').mockImplementation(async (tenantId, work) => {
      const done = await inTenant(tenantId, work);
      if (++transactions === Math.min(deaths + 1, 2)) throw new Error('killed');
      return done;
    });
    while ((await stateOf(erasure)).state === 'waiting') {
      transactions = 0;
      await pass(erasure).catch((error) => expect(error.message).toBe('killed'));
      deaths++;
    }
    spy.mockRestore();
    expect(deaths).toBe(3);
    expect(await stateOf(erasure)).toMatchObject({ state: 'done', remains: {} });
    expect(await rawEvents()).toEqual([]);
  });

  it('waits for what Meta told of a number that is nobody’s yet, which would name the customer once more', async () => {
    const event = await rawEvent('new');
    const erasure = await ask();
    await pass(erasure);
    expect(await stateOf(erasure)).toMatchObject({
      state: 'waiting',
      waits_for: "webhooks of Meta's whose merchant is not known yet",
    });
    await database.owner.query(`UPDATE meta_events SET status = 'parked' WHERE event_id = $1`, [event]);
    await pass(erasure);
    expect(await stateOf(erasure)).toMatchObject({ state: 'done', remains: {} });
    expect(await rawEvents()).toEqual([]);
  });

  it('only looks at what is on its way until that has ended, and not every minute', async () => {
    const sent = await message('sent');
    const erasure = await ask();
    await pass(erasure);
    const first = await stateOf(erasure);
    expect(first).toMatchObject({ state: 'waiting', waits_for: 'messages on their way', found: { messages: 1 } });
    expect(first.due_at.getTime()).toBeGreaterThan(Date.now() + HOUR_MS / 2);
    expect(first.due_at.getTime()).toBeLessThan(Date.now() + 2 * HOUR_MS);

    await database.owner.query('INSERT INTO service_windows VALUES ($1, $2, $3, now())', [
      shop.tenantId,
      shop.phoneNumberId,
      NUMBER,
    ]);
    await pass(erasure);
    expect((await stateOf(erasure)).changed).toEqual(first.changed);

    await database.owner.query(`UPDATE messages SET status = 'read' WHERE message_id = $1`, [sent]);
    await pass(erasure);
    expect(await stateOf(erasure)).toMatchObject({
      state: 'done',
      remains: {},
      changed: { messages: 1, service_windows: 1 },
    });
  });

  it('says that parked messages wait for a person, and lets those run out that wait for their template', async () => {
    const held = await message('parked', 'template_paused');
    const parked = await message('parked');
    const erasure = await ask();
    await pass(erasure);
    expect((await stateOf(erasure)).waits_for).toBe('parked messages, which somebody tries again or gives up');
    const { rows } = await database.owner.query(
      'SELECT message_id AS id, expires_at <= now() AS over FROM messages WHERE tenant_id = $1 ORDER BY message_id',
      [shop.tenantId],
    );
    expect(rows).toEqual([
      { id: held, over: true },
      { id: parked, over: false },
    ]);
  });
});
