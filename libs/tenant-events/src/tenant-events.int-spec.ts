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
      deliveries.waiting(tx, shop.tenantId, everything.endpointId, { now: noon, holdAttempts: 3, limit: 100 }),
    );
    expect(waiting.map((w) => JSON.parse(w.body).name)).toEqual([...told.map((e) => e.body.name), 'm']);
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
