import { newId } from '#libs/ids';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { type UsageFact, UsageFacts } from './index.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 12, 0, second));
const PRICING = { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' };

describe('the fact that a message was delivered', () => {
  const facts = new UsageFacts();
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let shop: FoundedNumber;
  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl);
    shop = await foundNumber(database, 'shop');
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const fact = (messageId: string, more: Partial<UsageFact> = {}): UsageFact => ({
    tenantId: shop.tenantId,
    messageId,
    phoneNumberId: shop.phoneNumberId,
    wabaId: shop.wabaId,
    recipient: '15550002222',
    type: 'template',
    category: 'utility',
    templateId: null,
    inWindow: false,
    pricing: null,
    sentAt: at(0),
    deliveredAt: at(5),
    ...more,
  });
  const inShop = <T>(work: Parameters<typeof connection.db.inTenant<T>>[1]) =>
    connection.db.inTenant(shop.tenantId, work);

  it('is the same whichever of its statuses comes first: earliest delivery, first pricing', async () => {
    const [one, other, third] = [newId(at(0)), newId(at(0)), newId(at(0))].sort() as [string, string, string];
    await inShop(async (tx) => {
      await facts.record(tx, fact(one, { deliveredAt: at(5), pricing: PRICING }));
      await facts.record(tx, fact(one, { deliveredAt: at(9) }));
      await facts.record(tx, fact(other, { deliveredAt: at(9) }));
      await facts.record(tx, fact(other, { deliveredAt: at(5), pricing: PRICING }));
      await facts.record(tx, fact(third, { deliveredAt: at(5) }));
      await facts.record(tx, fact(third, { deliveredAt: at(9), pricing: PRICING }));
    });
    const [a, b, c] = await inShop((tx) => facts.takeNew(tx, shop.tenantId, 10));
    expect(a).toMatchObject({ messageId: one, deliveredAt: at(5), pricing: PRICING });
    expect([b, c]).toEqual([
      { ...a, messageId: other },
      { ...a, messageId: third },
    ]);
  });

  it('is rated once, and does not change afterwards', async () => {
    const id = newId(at(2));
    await inShop((tx) => facts.record(tx, fact(id)));
    await inShop((tx) => facts.markRated(tx, shop.tenantId, id));
    await inShop((tx) => facts.record(tx, fact(id, { deliveredAt: at(1), pricing: PRICING })));
    await inShop((tx) => facts.learn(tx, shop.tenantId, { messageId: id, sentAt: at(1), pricing: PRICING }));
    expect(await inShop((tx) => facts.find(tx, shop.tenantId, id))).toMatchObject({
      deliveredAt: at(5),
      pricing: null,
    });
    expect((await inShop((tx) => facts.takeNew(tx, shop.tenantId, 10))).map((f) => f.messageId)).not.toContain(id);
  });

  it('waits in sight of staff when it is parked, until its pricing comes or it is let go', async () => {
    const [learns, waits] = [newId(at(3)), newId(at(4))];
    await inShop(async (tx) => {
      for (const id of [learns, waits]) {
        await facts.record(tx, fact(id));
        await facts.park(tx, shop.tenantId, id, 'no_pricing');
      }
      await facts.learn(tx, shop.tenantId, { messageId: learns, sentAt: at(3), pricing: PRICING });
    });
    expect(await inShop((tx) => facts.listParked(tx, shop.tenantId))).toMatchObject([
      { messageId: waits, parkedReason: 'no_pricing' },
    ]);
    expect(await inShop((tx) => facts.unpark(tx, shop.tenantId))).toBe(1);
    expect(await inShop((tx) => facts.listParked(tx, shop.tenantId))).toEqual([]);
  });

  it('is taken by one of two raters', async () => {
    const all = await inShop(async (tx) => {
      const first = await facts.takeNew(tx, shop.tenantId, 2);
      const second = await inShop((other) => facts.takeNew(other, shop.tenantId, 100));
      return [...first, ...second].map((f) => f.messageId);
    });
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(2);
  });
});
