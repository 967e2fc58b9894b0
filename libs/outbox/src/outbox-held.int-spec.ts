import { ManualClock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { Outbox, OutboxHeld, OutboxLanes } from './index.js';

const noon = new Date('2026-11-22T12:00:00.000Z');
const later = (hours: number) => new Date(noon.getTime() + hours * 3_600_000);

let database: TestDatabase;
let connection: Awaited<ReturnType<typeof connect>>;
let shop: FoundedNumber;
let outbox: Outbox;
const held = new OutboxHeld();

beforeAll(async () => {
  database = await cloneDatabase();
  connection = await connect(database.appUrl, []);
  outbox = new Outbox(connection.db, new ManualClock(noon));
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});
beforeEach(async () => {
  shop = await foundNumber(database, `shop ${newId(noon)}`);
});

const inShop = <T>(work: (tx: Tx) => Promise<T>) => connection.db.inTenant(shop.tenantId, work);
const accept = async (templateId: string, more: object = {}) => {
  const message = {
    tenantId: shop.tenantId,
    phoneNumberId: shop.phoneNumberId,
    recipient: '16505551234',
    type: 'template',
    templateId,
    payload: '{}',
    lane: 1 as const,
    inWindow: false,
    expiresAt: later(26),
    ...more,
  };
  return (await outbox.accept(message)).messageId;
};
const read = (messageId: string) => inShop((tx) => outbox.find(tx, shop.tenantId, messageId));
const of = (templateId: string) => ({ tenantId: shop.tenantId, templateId });
const hold = (templateId: string, atMost = 100) =>
  inShop((tx) => held.hold(tx, of(templateId), 'template_paused', noon, atMost));
const release = (templateId: string) => inShop((tx) => held.release(tx, of(templateId), noon, 100));
const kinds = async (messageId: string) =>
  (await inShop((tx) => outbox.eventsOf(tx, shop.tenantId, messageId))).map((e) => e.kind);

describe('a message whose template is paused', () => {
  it('keeps its time and its end, and another template’s messages keep their turn', async () => {
    const [template, other] = [newId(noon), newId(noon)];
    const [scheduled, free] = [await accept(template, { notBefore: later(3) }), await accept(other)];
    expect(await hold(template)).toBe(1);
    expect(await read(scheduled)).toMatchObject({ status: 'parked', notBefore: later(3), expiresAt: later(26) });
    expect(await read(free)).toMatchObject({ status: 'accepted' });
    expect(await release(template)).toEqual([shop.phoneNumberId]);
    expect(await read(scheduled)).toMatchObject({ status: 'accepted', notBefore: later(3) });
  });

  it('may be held again, and its history says so each time', async () => {
    const template = newId(noon);
    const message = await accept(template);
    for (let i = 0; i < 2; i++) {
      expect(await hold(template)).toBe(1);
      expect(await release(template)).toHaveLength(1);
    }
    expect((await kinds(message)).sort()).toEqual(['parked', 'parked', 'released', 'released']);
  });

  it('is held in small parts, so that no transaction is long', async () => {
    const template = newId(noon);
    for (let i = 0; i < 5; i++) await accept(template);
    expect([await hold(template, 2), await hold(template, 2), await hold(template, 2)]).toEqual([2, 2, 1]);
  });

  it('is not let go if nobody knows whether it was sent', async () => {
    const template = newId(noon);
    const doubtful = await accept(template);
    await database.owner.query(`UPDATE messages SET status = 'parked' WHERE message_id = $1`, [doubtful]);
    expect(await release(template)).toEqual([]);
    expect(await inShop((tx) => held.end(tx, of(template), later(30), 100, { code: 132016 }))).toEqual([]);
    expect(await read(doubtful)).toMatchObject({ status: 'parked' });
  });

  it('expires when its time to live is over, and fails with its template', async () => {
    const template = newId(noon);
    const [short, long] = [await accept(template, { expiresAt: later(1) }), await accept(template)];
    await hold(template);
    const ended = await inShop((tx) => held.end(tx, of(template), later(2), 100));
    expect(ended.map((m) => [m.messageId, m.status])).toEqual([[short, 'expired']]);
    const waiting = await accept(template);
    const failed = await inShop((tx) => held.end(tx, of(template), later(2), 100, { code: 132016 }));
    expect(failed.map((m) => [m.messageId, m.status, m.metaError])).toEqual([
      [long, 'failed', { code: 132016 }],
      [waiting, 'failed', { code: 132016 }],
    ]);
  });

  it('that a dispatcher has claimed is the dispatcher’s; parked by it, it is let go with the others', async () => {
    const template = newId(noon);
    const message = await accept(template);
    const lanes = new OutboxLanes(connection.db);
    const [claimed] = await inShop((tx) => lanes.claim(tx, shop.tenantId, shop.phoneNumberId, noon, 10));
    expect(claimed?.messageId).toBe(message);
    expect(await hold(template)).toBe(0);
    await inShop(async (tx) => {
      const result = { messageId: message, attempt: 1, became: 'parked', heldFor: 'template_paused' } as const;
      await lanes.settle(tx, shop.tenantId, [result], noon);
      await held.mark(tx, shop.tenantId, [result]);
    });
    expect(await release(template)).toHaveLength(1);
    const [again] = await inShop((tx) => lanes.claim(tx, shop.tenantId, shop.phoneNumberId, noon, 10));
    expect(again).toMatchObject({ messageId: message, attempts: 2 });
  });
});
