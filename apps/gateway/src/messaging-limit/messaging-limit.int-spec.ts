import { newId } from '#libs/ids';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, customerWrote, type Merchant } from '../../../../test/support/gateway.js';
import { GATEWAY } from '../gateway.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let database: TestDatabase;
let gateway: RunningApp;
beforeAll(async () => {
  database = await cloneDatabase();
  gateway = await startApp(GATEWAY.module as never, testEnvironment(database), { ...GATEWAY });
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
});

const path = (shop: Merchant) => `${gateway.url}/api/v1/phone-numbers/${shop.metaPhoneNumberId}/messaging-limit`;
const show = async (shop: Merchant) => (await http('GET', path(shop), { token: shop.apiKey })).body;
const plan = (shop: Merchant, customers: string[], as = shop) =>
  http('POST', `${path(shop)}/plan`, { token: as.apiKey, body: { customers } });

/** Templates that were sent and delivered so long ago, to customers numbered from `first`. */
async function reached(shop: Merchant, customers: number, agoMs: number, first = 0): Promise<void> {
  const at = new Date(Date.now() - agoMs);
  const ids = Array.from({ length: customers }, () => newId(at));
  const people = ids.map((_, i) => `1650555${String(first + i).padStart(4, '0')}`);
  await database.owner.query(
    `INSERT INTO messages (tenant_id, phone_number_id, recipient, message_id, type, category, payload, lane, in_window,
                           status, status_at, not_before, expires_at)
     SELECT $1, $2, m.recipient, m.id, 'template', 'marketing', '{}', 2, false, 'delivered', $5, $5, $5
       FROM unnest($3::text[], $4::uuid[]) AS m (recipient, id)`,
    [shop.tenantId, shop.phoneNumberId, people, ids, at],
  );
  for (const [kind, source] of [
    ['sending', 'paloma'],
    ['delivered', 'meta'],
  ]) {
    await database.owner.query(
      `INSERT INTO message_events (tenant_id, message_id, kind, at, source)
       SELECT $1, m.id, $3, $4, $5 FROM unnest($2::uuid[]) AS m (id)`,
      [shop.tenantId, ids, kind, at, source],
    );
  }
}

describe('the messaging limit of a number', () => {
  it('says after how many more customers it reaches the next step, and until when that is enough', async () => {
    const shop = await aMerchant(gateway.app, { limit: 'TIER_2K' });
    await reached(shop, 600, 5 * DAY);
    await reached(shop, 88, 2 * DAY, 600);
    const { tier, limit, used, progress } = await show(shop);
    expect([tier, limit, used]).toEqual(['TIER_2K', 2_000, 0]);
    expect(progress).toMatchObject({ next: 'TIER_10K', needed: 1_000, days: 7, reached: 688, missing: 312 });
    expect(Math.abs(Date.parse(progress.by) - (Date.now() + 2 * DAY))).toBeLessThan(60_000);
    expect(progress.summary).toBe(`Reaches TIER_10K after 312 more customers by ${progress.by}.`);
  });

  it('keeps every change with its cause, newest first, and a repeat only once', async () => {
    const shop = await aMerchant(gateway.app, { limit: 'TIER_250' });
    const [db, wabas] = [gateway.app.get(Database), gateway.app.get(Wabas)];
    const at = new Date(Date.now() + 60_000);
    const told = { at, cause: 'business_capability_update', detail: '{}' };
    await db.inTenant(shop.tenantId, async (tx) => {
      const [portfolio] = await wabas.portfolios(tx, shop.tenantId);
      const id = portfolio?.portfolioId as string;
      await wabas.setMessagingLimit(tx, shop.tenantId, id, 'TIER_2K', told);
      await wabas.setMessagingLimit(tx, shop.tenantId, id, 'TIER_2K', told);
    });
    expect((await show(shop)).history).toEqual([
      { at: at.toISOString(), was: 'TIER_250', became: 'TIER_2K', cause: 'business_capability_update' },
      { at: expect.any(String), was: null, became: 'TIER_250', cause: 'read' },
    ]);
  });

  it('plans an audience: who goes now and why, who is held, and when there is room for them', async () => {
    const shop = await aMerchant(gateway.app, { limit: 'TIER_50' });
    await reached(shop, 48, 23 * HOUR);
    await customerWrote(database, shop, '16505557777');
    const strangers = Array.from({ length: 4 }, (_, i) => `+1650556000${i}`);
    const { status, body } = await plan(shop, [
      '+16505550000',
      ...strangers,
      '+1 650 555 7777',
      strangers[0] as string,
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      audience: 6,
      now: { total: 4, inside_window: 1, counted_already: 1, place_free: 2 },
      held: 2,
    });
    const [{ customers, from }] = body.later;
    expect(customers).toBe(2);
    expect(Math.abs(Date.parse(from) - (Date.now() + HOUR))).toBeLessThan(60_000);
    expect(body.customers.map((c: { rule: string }) => c.rule)).toEqual([
      'counted_already',
      'place_free',
      'place_free',
      'tier_exhausted',
      'tier_exhausted',
      'inside_window',
    ]);
    // Nothing was reserved.
    expect((await show(shop)).room).toBe(2);
  });

  it('is nobody else’s to see or to plan with', async () => {
    const [shop, other] = [await aMerchant(gateway.app), await aMerchant(gateway.app)];
    expect((await http('GET', path(shop), { token: other.apiKey })).status).toBe(404);
    expect((await plan(shop, ['+16505550000'], other)).status).toBe(404);
    expect((await plan(shop, [])).status).toBe(400);
  });
});
