import { ManualClock } from '#libs/clock';
import { newId } from '#libs/ids';
import { type NewMessage, NotCoveredError, Outbox } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { Wallets } from './index.js';

const NOW = new Date('2026-11-22T12:00:00Z');

describe('a wallet', () => {
  const clock = new ManualClock(NOW);
  let database: TestDatabase;
  let connections: Awaited<ReturnType<typeof connect>>[];
  let outboxes: Outbox[];
  let wallets: Wallets;
  beforeAll(async () => {
    database = await cloneDatabase();
    // Three pools stand for three processes.
    connections = await Promise.all([1, 2, 3].map(() => connect(database.appUrl)));
    outboxes = connections.map(({ db }) => new Outbox(db, clock));
    wallets = new Wallets(connections[0]?.db as never, clock);
  });
  afterAll(async () => {
    for (const connection of connections) await connection.close();
    await database.drop();
  });

  const inShop = <T>(shop: FoundedNumber, work: (tx: Tx) => Promise<T>): Promise<T> =>
    (connections[0] as (typeof connections)[0]).db.inTenant(shop.tenantId, work);
  const shopWith = async (balance: string, creditLimit = '0'): Promise<FoundedNumber> => {
    const shop = await foundNumber(database, newId(NOW));
    await inShop(shop, async (tx) => {
      await wallets.open(tx, shop.tenantId, { currency: 'USD', creditLimit });
      await wallets.move(tx, shop.tenantId, balance);
    });
    return shop;
  };
  const message = (shop: FoundedNumber, hold: string, more: Partial<NewMessage> = {}): NewMessage => ({
    tenantId: shop.tenantId,
    phoneNumberId: shop.phoneNumberId,
    recipient: '5215512345678',
    type: 'text',
    payload: '{}',
    lane: 0,
    inWindow: true,
    expiresAt: new Date(NOW.getTime() + 3_600_000),
    hold,
    ...more,
  });
  const accept = async (m: NewMessage, process = 0): Promise<string> => {
    try {
      return (await (outboxes[process] as Outbox).accept(m)).messageId;
    } catch (error) {
      if (error instanceof NotCoveredError) return 'not covered';
      throw error;
    }
  };
  const find = (shop: FoundedNumber) => inShop(shop, (tx) => wallets.find(tx, shop.tenantId));
  const count = async (shop: FoundedNumber) => {
    const { rows } = await database.owner.query(
      `SELECT (SELECT count(*) FROM messages WHERE tenant_id = $1)::int AS messages,
              (SELECT count(*) FROM wallet_holds WHERE tenant_id = $1)::int AS holds,
              (SELECT coalesce(sum(amount), 0) FROM wallet_holds WHERE tenant_id = $1) =
              (SELECT held FROM wallets WHERE tenant_id = $1) AS exact`,
      [shop.tenantId],
    );
    return rows[0];
  };

  it('with room for 617 messages takes exactly 617 of 1,000 that three processes accept at the same time', async () => {
    const shop = await shopWith('5.2445');
    const became = await Promise.all(Array.from({ length: 1_000 }, (_, i) => accept(message(shop, '0.0085'), i % 3)));
    expect(became.filter((b) => b !== 'not covered')).toHaveLength(617);
    expect(await count(shop)).toEqual({ messages: 617, holds: 617, exact: true });
    expect(await find(shop)).toMatchObject({ balance: '5.2445', held: '5.2445', available: '0.0000' });
  });

  it('goes as far below zero as its credit limit allows, and not further', async () => {
    const shop = await shopWith('0', '1');
    const became = await Promise.all(Array.from({ length: 30 }, (_, i) => accept(message(shop, '0.05'), i % 3)));
    expect(became.filter((b) => b !== 'not covered')).toHaveLength(20);
  });

  it('whose limit is lowered under what it holds takes nothing new, keeps what is under way, and goes on when that is over', async () => {
    const shop = await shopWith('0', '1');
    const under = await Promise.all(Array.from({ length: 10 }, () => accept(message(shop, '0.05'))));
    await inShop(shop, (tx) => wallets.open(tx, shop.tenantId, { currency: 'USD', creditLimit: '0.2' }));
    expect(await find(shop)).toMatchObject({ held: '0.50', available: '-0.30' });
    expect(await accept(message(shop, '0.01'))).toBe('not covered');
    expect(await count(shop)).toEqual({ messages: 10, holds: 10, exact: true });
    await inShop(shop, (tx) => wallets.capture(tx, shop.tenantId, under, '0.10'));
    expect(await find(shop)).toMatchObject({ balance: '-0.10', held: '0.00', available: '0.10' });
    expect(await accept(message(shop, '0.10'))).not.toBe('not covered');
  });

  it('stops marketing first, then utility, and keeps codes and replies to the end', async () => {
    const shop = await shopWith('1');
    await inShop(shop, (tx) => wallets.change(tx, shop.tenantId, { marketingReserve: '0.6', utilityReserve: '0.3' }));
    const send = async (category?: string) =>
      (await accept(message(shop, '0.1', category ? { category } : {}))) !== 'not covered';
    const marketing = [];
    for (let i = 0; i < 6; i++) marketing.push(await send('marketing'));
    expect(marketing).toEqual([true, true, true, true, false, false]);
    // One batch: what is refused refuses none behind it that may go deeper.
    const mixed = await Promise.all(
      ['marketing', 'utility', 'utility', 'utility', 'utility', 'authentication'].map(send),
    );
    expect(mixed).toEqual([false, true, true, true, false, true]);
    expect([await send(), await send(), await send()]).toEqual([true, true, false]);
  });

  it('is charged what messages cost, whatever was held, and gives back what was held for those that ended', async () => {
    const shop = await shopWith('10');
    const [delivered, failed, cancelled] = await Promise.all([1, 2, 3].map(() => accept(message(shop, '0.5'))));
    const { tenantId } = shop;
    await inShop(shop, (tx) =>
      (outboxes[0] as Outbox).applyStatuses(tx, tenantId, [{ messageId: failed as string, status: 'failed', at: NOW }]),
    );
    await inShop(shop, (tx) => (outboxes[0] as Outbox).cancel(tx, tenantId, cancelled as string));
    expect(await wallets.tenants('with ended holds')).toContain(tenantId);
    await inShop(shop, (tx) => wallets.capture(tx, tenantId, [delivered as string], '0.0397'));
    expect(await inShop(shop, (tx) => wallets.giveBack(tx, tenantId))).toBe(2);
    expect(await inShop(shop, (tx) => wallets.giveBack(tx, tenantId))).toBe(0);
    expect(await find(shop)).toMatchObject({ balance: '9.9603', held: '0.0', available: '9.9603' });
    expect(await count(shop)).toEqual({ messages: 3, holds: 0, exact: true });
    // A delivery after all: it is charged, and nothing is given back a second time.
    await inShop(shop, (tx) => wallets.capture(tx, tenantId, [failed as string], '0.0397'));
    expect(await find(shop)).toMatchObject({ balance: '9.9206', held: '0.0' });
  });

  it('gives back what Meta never delivered when nobody can deliver it any more', async () => {
    const shop = await shopWith('1');
    await accept(message(shop, '0.5'));
    const endOld = () => inShop(shop, (tx) => wallets.endOldHolds(tx, shop.tenantId));
    await endOld();
    expect(await inShop(shop, (tx) => wallets.giveBack(tx, shop.tenantId))).toBe(0);
    clock.advance(32 * 86_400_000);
    await endOld();
    clock.advance(-32 * 86_400_000);
    expect(await inShop(shop, (tx) => wallets.giveBack(tx, shop.tenantId))).toBe(1);
  });

  it('keeps neither message nor key of what it does not cover, so the same call works after a top-up', async () => {
    const shop = await shopWith('0.1');
    const once = {
      key: 'order-1042',
      fingerprint: Buffer.from('x'),
      keptUntil: new Date(NOW.getTime() + 86_400_000),
      answer: () => '{}',
    };
    const send = () => (outboxes[0] as Outbox).accept(message(shop, '0.5'), once);
    await expect(send()).rejects.toThrow(NotCoveredError);
    const { rows } = await database.owner.query('SELECT 1 FROM idempotency_keys WHERE tenant_id = $1', [shop.tenantId]);
    expect(rows).toEqual([]);
    await inShop(shop, (tx) => wallets.move(tx, shop.tenantId, '1'));
    await send();
    await expect(send()).rejects.toThrow('in use');
    expect(await count(shop)).toEqual({ messages: 1, holds: 1, exact: true });
  });

  it('says which of its levels the balance fell to, each time it falls', async () => {
    const shop = await shopWith('10');
    await inShop(shop, (tx) => wallets.change(tx, shop.tenantId, { alertLevels: ['5', '2', '0'] }));
    const take = async (amount: string) =>
      (await inShop(shop, (tx) => wallets.capture(tx, shop.tenantId, [], amount)))?.fellTo;
    expect([await take('4'), await take('1'), await take('5'), await take('1')]).toEqual([[], ['5'], ['2', '0'], []]);
    await inShop(shop, (tx) => wallets.move(tx, shop.tenantId, '4'));
    expect(await take('1')).toEqual(['2']);
  });

  it('of one tenant is not seen by another', async () => {
    const [shop, other] = [await shopWith('10'), await shopWith('20')];
    expect(await inShop(other, (tx) => wallets.find(tx, shop.tenantId))).toBeUndefined();
    expect(await inShop(other, (tx) => wallets.move(tx, shop.tenantId, '5'))).toBeUndefined();
    expect(await find(shop)).toMatchObject({ balance: '10' });
  });
});
