import type { Redis } from 'ioredis';
import { firstIdAt, newId } from '#libs/ids';
import { REDIS } from '#libs/queues';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { showPace } from '../channels/pace-board.js';
import { GATEWAY } from '../gateway.js';
import { Room } from '../messages/room.js';

const CUSTOMER = '16505551234';
const HOUR = 3_600_000;

let database: TestDatabase;
let gateway: RunningApp;
let redis: Redis;
let shop: Merchant;

beforeAll(async () => {
  database = await cloneDatabase();
  gateway = await startApp(GATEWAY.module as never, testEnvironment(database), { ...GATEWAY });
  gateway.app.get(Room, { strict: false }).patienceMs = 30_000;
  redis = gateway.app.get(REDIS);
});
beforeEach(async () => {
  shop = await aMerchant(gateway.app, { limit: 'TIER_250', throughput: 'STANDARD' });
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
});

const get = async (path: string, as = shop) => await http('GET', `${gateway.url}/api/v1${path}`, { token: as.apiKey });
const headroom = async (as = shop) => (await get(`/phone-numbers/${as.metaPhoneNumberId}/headroom`, as)).body;

/** Messages that went out so long ago to customers outside their windows. */
async function wentOut(customers: number, agoMs: number, as = shop): Promise<void> {
  for (let i = 0; i < customers; i++) {
    const at = new Date(Date.now() - agoMs - i);
    const [id, values] = [newId(at), [as.tenantId, as.phoneNumberId, `1650555${1000 + i}`]];
    await database.owner.query(
      `INSERT INTO messages (tenant_id, phone_number_id, recipient, message_id, type, category, payload, lane, in_window,
                             status, status_at, not_before, expires_at)
       VALUES ($1, $2, $3, $4, 'template', 'marketing', '{}', 2, false, 'sent', $5, $5, $5)`,
      [...values, id, at],
    );
    await database.owner.query(
      `INSERT INTO message_events (tenant_id, message_id, kind, at, source) VALUES ($1, $2, 'sending', $3, 'paloma')`,
      [as.tenantId, id, at],
    );
  }
}

describe('the headroom of a number', () => {
  it('says how many customers fit into its messaging limit, and when the next place becomes free', async () => {
    expect((await headroom()).messaging_limit).toEqual({
      tier: 'TIER_250',
      scope: 'portfolio',
      limit: 250,
      used: 0,
      room: 250,
      next_room_at: null,
      held_until: null,
    });
    const full = await aMerchant(gateway.app, { limit: 'TIER_50' });
    await wentOut(50, 23 * HOUR, full);
    const { used, room, next_room_at: next } = (await headroom(full)).messaging_limit;
    expect([used, room]).toEqual([50, 0]);
    expect(new Date(next).getTime() - Date.now()).toBeGreaterThan(0.9 * HOUR);
    expect(new Date(next).getTime() - Date.now()).toBeLessThan(1.1 * HOUR);
    const refused = await http('POST', `${gateway.url}/${full.metaPhoneNumberId}/messages`, {
      token: full.apiKey,
      body: templateTo('+16505559999'),
    });
    expect(refused.body.error.code).toBe(131048);
  });

  it('counts nothing where there is no limit', async () => {
    const free = await aMerchant(gateway.app, { limit: 'TIER_UNLIMITED', throughput: 'HIGH' });
    const seen = await headroom(free);
    expect(seen.messaging_limit).toMatchObject({ limit: null, room: null, used: null });
    expect(seen.throughput).toMatchObject({ level: 'HIGH', per_second: 1_000, used: 0, room: 1_000 });
  });

  it('says how fast it goes, what waits in each lane, and until when it rests', async () => {
    await customerWrote(database, shop, CUSTOMER);
    for (const body of [
      textTo(CUSTOMER),
      textTo(CUSTOMER),
      templateTo(CUSTOMER),
      templateTo(CUSTOMER, 'spring_sale'),
    ]) {
      await http('POST', `${gateway.url}/${shop.metaPhoneNumberId}/messages`, { token: shop.apiKey, body });
    }
    // What is shown of a second holds for a second.
    const throughput = await eventually(async () => {
      showPace(redis, shop.phoneNumberId, { used: 30, pausedForMs: 0 });
      const seen = (await headroom()).throughput;
      return seen.used === 30 && seen;
    });
    expect(throughput).toEqual({
      level: 'STANDARD',
      per_second: 80,
      used: 30,
      room: 50,
      paused_until: null,
      waiting: { replies: 2, ordinary: 1, broadcasts: 1 },
    });
    const { paused_until: until } = await eventually(async () => {
      showPace(redis, shop.phoneNumberId, { used: 80, pausedForMs: 60_000 });
      const seen = (await headroom()).throughput;
      return seen.room === 0 && seen;
    });
    expect(Math.abs(new Date(until).getTime() - Date.now() - 60_000)).toBeLessThan(5_000);
  });

  it('is there for all numbers at once, and for nobody else', async () => {
    expect((await get('/headroom')).body.data).toMatchObject([{ phone_number_id: shop.metaPhoneNumberId }]);
    const other = await aMerchant(gateway.app);
    expect((await get(`/phone-numbers/${shop.metaPhoneNumberId}/headroom`, other)).status).toBe(404);
    expect((await get(`/phone-numbers/${shop.metaPhoneNumberId}/service-windows/${CUSTOMER}`, other)).status).toBe(404);
  });
});

describe('the service window of a customer', () => {
  const window = async (customer = CUSTOMER) =>
    (await get(`/phone-numbers/${shop.metaPhoneNumberId}/service-windows/${encodeURIComponent(customer)}`)).body;

  it('is closed for one who never wrote, and open until 24 hours after the last word', async () => {
    expect(await window()).toEqual({
      phone_number_id: shop.metaPhoneNumberId,
      customer: CUSTOMER,
      open: false,
      ends_at: null,
      last_user_message_at: null,
      kind: 'none',
      free_entry_point: null,
    });
    await customerWrote(database, shop, CUSTOMER, 23 * HOUR);
    const seen = await window(`+${CUSTOMER}`);
    expect(seen).toMatchObject({ open: true, kind: 'customer_service' });
    expect(new Date(seen.ends_at).getTime() - new Date(seen.last_user_message_at).getTime()).toBe(24 * HOUR);
    await customerWrote(database, shop, CUSTOMER, 25 * HOUR);
    expect(await window()).toMatchObject({ open: false, kind: 'none', ends_at: expect.any(String) });
  });

  it('tells of a free entry point: when it was entered, answered, and when it ends at the latest', async () => {
    const [entered, answered] = [new Date(Date.now() - 30 * HOUR), new Date(Date.now() - 28 * HOUR)];
    await customerWrote(database, shop, CUSTOMER, 30 * HOUR);
    await database.owner.query(
      `INSERT INTO inbound_messages (tenant_id, inbound_id, phone_number_id, meta_message_id, customer, type, payload, at)
       VALUES ($1, $2, $3, 'wamid.ad', $4, 'text', '{"referral": {"source_type": "ad"}}', $5)`,
      [shop.tenantId, firstIdAt(entered), shop.phoneNumberId, CUSTOMER, entered],
    );
    expect(await window()).toMatchObject({
      kind: 'none',
      free_entry_point: { entered_at: entered.toISOString(), answered_at: null, open: false, ends_at: null },
    });
    const id = newId(new Date(answered.getTime() - 1_000));
    await database.owner.query(
      `INSERT INTO messages (tenant_id, phone_number_id, recipient, message_id, type, payload, lane, in_window, status,
                             status_at, not_before, expires_at)
       VALUES ($1, $2, $3, $4, 'text', '{}', 0, true, 'delivered', $5, $5, $5)`,
      [shop.tenantId, shop.phoneNumberId, CUSTOMER, id, answered],
    );
    await database.owner.query(
      `INSERT INTO message_events (tenant_id, message_id, kind, at, source) VALUES ($1, $2, 'delivered', $3, 'meta')`,
      [shop.tenantId, id, answered],
    );
    const seen = await window();
    expect(seen).toMatchObject({
      open: false,
      kind: 'free_entry_point',
      free_entry_point: { answered_at: answered.toISOString(), open: true, certain: expect.any(Boolean) },
    });
    expect(new Date(seen.free_entry_point.ends_at).getTime()).toBeGreaterThanOrEqual(answered.getTime() + 72 * HOUR);
  });
});
