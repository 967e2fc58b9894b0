import { ManualClock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { isUnderWay, Outbox, OutboxDoubts, OutboxHeld, OutboxLanes, withdraw } from './index.js';

const noon = new Date('2026-11-23T12:00:00.000Z');

let database: TestDatabase;
let connection: Awaited<ReturnType<typeof connect>>;
let shop: FoundedNumber;
let outbox: Outbox;
let lanes: OutboxLanes;

beforeAll(async () => {
  database = await cloneDatabase();
  connection = await connect(database.appUrl, []);
  outbox = new Outbox(connection.db, new ManualClock(noon));
  lanes = new OutboxLanes(connection.db);
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});
beforeEach(async () => {
  shop = await foundNumber(database, `shop ${newId(noon)}`);
});

const inShop = <T>(work: (tx: Tx) => Promise<T>) => connection.db.inTenant(shop.tenantId, work);
const accept = (messageId: string) => {
  const { tenantId, phoneNumberId } = shop;
  const body = { recipient: '16505551234', type: 'text', payload: '{}', lane: 0 as const, inWindow: true };
  return outbox.acceptNamed(tenantId, [
    { tenantId, phoneNumberId, messageId, ...body, expiresAt: new Date(noon.getTime() + 3_600_000) },
  ]);
};
const takeBack = (...ids: string[]) => inShop((tx) => withdraw(tx, shop.tenantId, ids, noon));
const claim = () => inShop((tx) => lanes.claim(tx, shop.tenantId, shop.phoneNumberId, noon, 50));
const statusOf = async (id: string) => (await inShop((tx) => outbox.find(tx, shop.tenantId, id)))?.status;
const underWay = (id: string) => inShop((tx) => isUnderWay(tx, shop.tenantId, [id]));

describe('a message that its sender takes back', () => {
  it('while it waits is cancelled, once, with its history', async () => {
    const id = newId(noon);
    await accept(id);
    expect(await takeBack(id)).toEqual([id]);
    expect(await takeBack(id)).toEqual([]);
    expect(await claim()).toEqual([]);
    const events = await inShop((tx) => outbox.eventsOf(tx, shop.tenantId, id));
    expect(events.map((e) => e.kind)).toEqual(['cancelled']);
  });

  it('before it is here is cancelled when its turn comes, and its neighbours go', async () => {
    const [late, other] = [newId(noon), newId(noon)];
    expect(await takeBack(late)).toEqual([]);
    await accept(late);
    await accept(other);
    for (let claims = 0; claims < 2; claims++) await claim();
    expect([await statusOf(late), await statusOf(other)]).toEqual(['cancelled', 'sending']);
  });

  it('while its call is under way is not, but is not tried again either', async () => {
    const id = newId(noon);
    await accept(id);
    await claim();
    expect(await takeBack(id)).toEqual([]);
    expect([await statusOf(id), await underWay(id)]).toEqual(['sending', true]);
    const again = { messageId: id, attempt: 1, became: 'accepted' as const, notBefore: noon };
    await inShop((tx) => lanes.settle(tx, shop.tenantId, [again], noon));
    expect((await claim()).map((m) => m.status)).toEqual(['cancelled']);
    expect(await underWay(id)).toBe(false);
  });

  it('while it waits for its template is cancelled, by either way', async () => {
    const [one, other] = [newId(noon), newId(noon)];
    for (const id of [one, other]) {
      await accept(id);
      await claim();
      const held = { messageId: id, attempt: 1, became: 'parked', heldFor: 'template_paused' } as const;
      await inShop(async (tx) => {
        await lanes.settle(tx, shop.tenantId, [held], noon);
        await new OutboxHeld().mark(tx, shop.tenantId, [held]);
      });
    }
    expect(await takeBack(one)).toEqual([one]);
    expect(await inShop((tx) => outbox.cancel(tx, shop.tenantId, other))).toMatchObject({ cancelled: true });
    expect([await statusOf(one), await statusOf(other)]).toEqual(['cancelled', 'cancelled']);
  });

  it('is parked still where Meta may have it', async () => {
    const id = newId(noon);
    await accept(id);
    await claim();
    await inShop((tx) => lanes.abandon(tx, shop.tenantId, shop.phoneNumberId, noon));
    const decision = { messageId: id, becomes: 'parked', detail: { reason: 'outcome_unknown' } } as const;
    await inShop((tx) => new OutboxDoubts(connection.db).decide(tx, shop.tenantId, [decision], noon));
    expect(await takeBack(id)).toEqual([]);
    expect(await inShop((tx) => outbox.cancel(tx, shop.tenantId, id))).toMatchObject({ cancelled: false });
    expect(await statusOf(id)).toBe('parked');
  });

  it('is not one of another merchant', async () => {
    const id = newId(noon);
    await accept(id);
    const other = await foundNumber(database, 'other');
    await connection.db.inTenant(other.tenantId, (tx) => withdraw(tx, other.tenantId, [id], noon));
    expect((await claim()).map((m) => m.status)).toEqual(['sending']);
  });

  it('is forgotten when no message can be so old', async () => {
    const old = newId(new Date(noon.getTime() - 40 * 86_400_000));
    await takeBack(old);
    await takeBack(newId(noon));
    const { rows } = await database.owner.query('SELECT FROM withdrawn_messages WHERE message_id = $1', [old]);
    expect(rows).toEqual([]);
  });
});
