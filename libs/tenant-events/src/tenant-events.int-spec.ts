import { ManualClock } from '#libs/clock';
import { derivedId } from '#libs/ids';
import { Vault } from '#libs/vault';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { TenantEvents, WebhookDeliveries, WebhookEndpoint, WebhookEndpoints } from './index.js';

const noon = new Date('2026-11-22T12:00:00Z');

describe('what a tenant is told', () => {
  const clock = new ManualClock(noon);
  const events = new TenantEvents(clock);
  const deliveries = new WebhookDeliveries();
  const endpoints = new WebhookEndpoints(new Vault([{ id: 'k1', key: Buffer.alloc(32, 1) }]), clock);
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let shop: FoundedNumber;
  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl, [WebhookEndpoint]);
    shop = await foundNumber(database, 'shop');
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });
  const inShop = <T>(work: Parameters<typeof connection.db.inTenant<T>>[1]) =>
    connection.db.inTenant(shop.tenantId, work);
  const event = (name: string, more: object = {}) => ({
    eventId: derivedId(noon, name),
    kind: 'status',
    phoneNumberId: shop.phoneNumberId,
    wabaId: shop.wabaId,
    customer: '1555',
    body: { name },
    ...more,
  });

  it('goes to each endpoint that asked for it, once, in the order in which it was told', async () => {
    const create = (wish: object) =>
      inShop((tx) => endpoints.create(tx, shop.tenantId, { url: 'https://shop.example/hook', ...wish }));
    const { endpoint: everything } = await create({});
    const { endpoint: messagesOnly } = await create({ kinds: ['message'] });
    const { endpoint: thisNumber } = await create({ phoneNumberId: shop.phoneNumberId });
    await create({ wabaId: '00000000-0000-4000-8000-000000000001' });
    await create({ enabled: false });

    const told = Array.from({ length: 20 }, (_, i) => event(`e${i}`));
    const woken = await inShop((tx) => events.publish(tx, shop.tenantId, told));
    expect(woken.sort()).toEqual([everything.endpointId, thisNumber.endpointId].sort());
    expect(await inShop((tx) => events.publish(tx, shop.tenantId, told))).toEqual([]);
    expect(
      await inShop((tx) =>
        events.publish(tx, shop.tenantId, event('m', { kind: 'message', phoneNumberId: undefined })),
      ),
    ).toEqual(expect.arrayContaining([everything.endpointId, messagesOnly.endpointId]));

    const waiting = await inShop((tx) =>
      deliveries.due(tx, shop.tenantId, everything.endpointId, { now: noon, holdAttempts: 3, limit: 100 }),
    );
    expect(waiting.map((w) => JSON.parse(w.body).name)).toEqual([...told.map((e) => e.body.name), 'm']);
  });

  it('is not held back by posts about others that are to be tried again, however many', async () => {
    const { endpoint } = await inShop((tx) =>
      endpoints.create(tx, shop.tenantId, { url: 'https://shop.example/stumbling', kinds: ['stumble'] }),
    );
    const about = (customer: string, name: string) => event(name, { kind: 'stumble', customer });
    const stumbling = Array.from({ length: 60 }, (_, i) => about(`c${i}`, `stumbled${i}`));
    await inShop((tx) => events.publish(tx, shop.tenantId, stumbling));
    const later = new Date(noon.getTime() + 30_000);
    const failed = stumbling.map(({ eventId }) => ({
      eventId,
      delivered: false as const,
      error: '503',
      nextAt: later,
    }));
    await inShop((tx) => deliveries.note(tx, shop.tenantId, endpoint.endpointId, failed));
    await inShop((tx) => events.publish(tx, shop.tenantId, [about('c7', 'behind'), about('new', 'free')]));
    const due = async (now: Date, holdAttempts = 3) =>
      (
        await inShop((tx) => deliveries.due(tx, shop.tenantId, endpoint.endpointId, { now, holdAttempts, limit: 50 }))
      ).map((d) => JSON.parse(d.body).name);
    expect(await due(noon)).toEqual(['free']);
    // One that was tried often enough lets those behind it overtake.
    expect(await due(noon, 1)).toEqual(['behind', 'free']);
    expect(await due(later)).toHaveLength(50);
  });

  it("goes to 360dialog's webhook of the number, not to that of its WABA, also when it is replayed", async () => {
    const other = await foundNumber(database, 'd360');
    const inOther = <T>(work: Parameters<typeof connection.db.inTenant<T>>[1]) =>
      connection.db.inTenant(other.tenantId, work);
    const create = (wish: object) =>
      inOther((tx) => endpoints.create(tx, other.tenantId, { url: 'https://d360.example/', ...wish }, 'd360'));
    const { endpoint: ofWaba } = await create({ wabaId: other.wabaId });
    const { endpoint: ofNumber } = await create({ phoneNumberId: other.phoneNumberId });
    const { wabaId, phoneNumberId } = other;
    const told = [event('n', { wabaId, phoneNumberId }), event('w', { wabaId, phoneNumberId: undefined })];
    expect((await inOther((tx) => events.publish(tx, other.tenantId, told))).sort()).toEqual(
      [ofWaba.endpointId, ofNumber.endpointId].sort(),
    );
    const range = { from: new Date(noon.getTime() - 1), to: new Date(noon.getTime() + 1), now: noon, limit: 10 };
    const names = async (endpointId: string) => {
      await database.owner.query('DELETE FROM webhook_deliveries WHERE endpoint_id = $1', [endpointId]);
      await inOther((tx) => deliveries.replay(tx, other.tenantId, endpointId, range));
      await inOther((tx) => deliveries.catchUp(tx, other.tenantId, endpointId, range.from, noon));
      const due = await inOther((tx) =>
        deliveries.due(tx, other.tenantId, endpointId, { now: noon, holdAttempts: 3, limit: 10 }),
      );
      return due.map((d) => JSON.parse(d.body).name);
    };
    expect([await names(ofWaba.endpointId), await names(ofNumber.endpointId)]).toEqual([['w'], ['n']]);
  });

  it('is signed with the new secret and for a day with the old one, when the secret is rotated', async () => {
    const { endpoint, secret } = await inShop((tx) =>
      endpoints.create(tx, shop.tenantId, { url: 'https://shop.example/hook' }),
    );
    const rotated = await inShop((tx) => endpoints.rotateSecret(tx, shop.tenantId, endpoint.endpointId));
    const now = (await inShop((tx) => endpoints.find(tx, shop.tenantId, endpoint.endpointId))) as WebhookEndpoint;
    expect(secret).toMatch(/^whsec_/);
    expect(endpoints.secretsOf(now, noon)).toEqual([rotated, secret]);
    expect(endpoints.secretsOf(now, new Date(noon.getTime() + 25 * 3_600_000))).toEqual([rotated]);
    expect(JSON.stringify(now)).not.toContain(secret.slice(6));
  });

  it('ends as dead, in sight, when its endpoint is deleted', async () => {
    const { endpoint } = await inShop((tx) =>
      endpoints.create(tx, shop.tenantId, { url: 'https://shop.example/hook' }),
    );
    await inShop((tx) => events.publish(tx, shop.tenantId, event('last')));
    expect(await inShop((tx) => endpoints.remove(tx, shop.tenantId, endpoint.endpointId))).toBe(true);
    expect(await inShop((tx) => deliveries.log(tx, shop.tenantId, endpoint.endpointId, { limit: 10 }))).toMatchObject([
      { status: 'dead', lastError: 'the endpoint was deleted' },
    ]);
  });
});
