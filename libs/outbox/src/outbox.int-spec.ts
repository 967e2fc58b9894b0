import { ManualClock } from '#libs/clock';
import { newId } from '#libs/ids';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { uniqueCustomers24h } from './customers-in-24h.js';
import type { NewMessage } from './message-row.js';
import { Outbox } from './outbox.js';
import { OutboxDoubts } from './outbox-doubts.js';
import { OutboxLanes } from './outbox-lanes.js';

const noon = new Date('2026-11-22T12:00:00.000Z');
const HOUR = 3_600_000;

let database: TestDatabase;
let connected: Awaited<ReturnType<typeof connect>>;
let clock: ManualClock;
let outbox: Outbox;
let lanes: OutboxLanes;

beforeAll(async () => {
  database = await cloneDatabase();
  connected = await connect(database.appUrl);
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});
beforeEach(() => {
  clock = new ManualClock(noon);
  outbox = new Outbox(connected.db, clock);
  lanes = new OutboxLanes(connected.db);
});

let made = 0;
async function aNumber(): Promise<{ tenantId: string; phoneNumberId: string }> {
  const [tenantId, portfolioId, wabaId, phoneNumberId] = [newId(noon), newId(noon), newId(noon), newId(noon)];
  const n = String(++made);
  const { owner } = database;
  await owner.query(`INSERT INTO tenants (tenant_id, name, created_at) VALUES ($1, 'Shop', $2)`, [tenantId, noon]);
  await owner.query(
    `INSERT INTO portfolios (tenant_id, portfolio_id, meta_business_id, limit_seen_at, created_at) VALUES ($1, $2, $3, $4, $4)`,
    [tenantId, portfolioId, `b${n}`, noon],
  );
  await owner.query(
    `INSERT INTO wabas (tenant_id, waba_id, portfolio_id, meta_waba_id, name, currency, timezone, created_at)
     VALUES ($1, $2, $3, $4, 'Shop', 'USD', 'UTC', $5)`,
    [tenantId, wabaId, portfolioId, `w${n}`, noon],
  );
  await owner.query(
    `INSERT INTO phone_numbers (tenant_id, phone_number_id, waba_id, meta_phone_number_id, display_phone_number, created_at, updated_at)
     VALUES ($1, $2, $3, $4, '+1', $5, $5)`,
    [tenantId, phoneNumberId, wabaId, `p${n}`, noon],
  );
  return { tenantId, phoneNumberId };
}

const aMessage = (number: { tenantId: string; phoneNumberId: string }, more: Partial<NewMessage> = {}): NewMessage => ({
  ...number,
  recipient: '16505551234',
  type: 'text',
  payload: '{"type":"text"}',
  lane: 1,
  inWindow: true,
  expiresAt: new Date(noon.getTime() + HOUR),
  ...more,
});

const accept = async (message: NewMessage) => (await outbox.accept(message)).messageId;
const claim = (n: { tenantId: string; phoneNumberId: string }, limit = 50) =>
  connected.db.inTenant(n.tenantId, (tx) => lanes.claim(tx, n.tenantId, n.phoneNumberId, clock.now(), limit));
const claimedIds = async (n: { tenantId: string; phoneNumberId: string }, limit?: number) =>
  (await claim(n, limit)).map((m) => m.messageId);
const settle = (n: { tenantId: string }, ...results: Parameters<OutboxLanes['settle']>[2]) =>
  connected.db.inTenant(n.tenantId, (tx) => lanes.settle(tx, n.tenantId, results, clock.now()));
const report = (
  n: { tenantId: string },
  messageId: string,
  status: 'sent' | 'delivered' | 'read' | 'failed',
  at = noon,
) =>
  connected.db.inTenant(n.tenantId, (tx) =>
    outbox.applyStatus(tx, n.tenantId, { messageId, status, at, metaMessageId: `wamid.${messageId}` }),
  );
const find = (n: { tenantId: string }, messageId: string) =>
  connected.db.inTenant(n.tenantId, (tx) => outbox.find(tx, n.tenantId, messageId));
const history = async (n: { tenantId: string }, messageId: string) =>
  (await connected.db.inTenant(n.tenantId, (tx) => outbox.eventsOf(tx, n.tenantId, messageId))).map((e) => e.kind);

describe('a message that is accepted', () => {
  it('is committed beside those of other tenants and seen by its own tenant only', async () => {
    const [mine, theirs] = [await aNumber(), await aNumber()];
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, i) => accept(aMessage(i % 2 ? theirs : mine, { recipient: String(i) }))),
    );
    for (const [i, id] of ids.entries()) {
      const [owner, other] = i % 2 ? [theirs, mine] : [mine, theirs];
      expect(await find(owner, id)).toMatchObject({
        tenantId: owner.tenantId,
        recipient: String(i),
        status: 'accepted',
      });
      expect(await find({ tenantId: other.tenantId }, id)).toBeUndefined();
    }
  });

  it('is not refused because a neighbour in the same commit names a number of another tenant', async () => {
    const [mine, theirs] = [await aNumber(), await aNumber()];
    const good = Array.from({ length: 5 }, () => accept(aMessage(mine)));
    const bad = accept(aMessage({ tenantId: mine.tenantId, phoneNumberId: theirs.phoneNumberId }));
    await expect(bad).rejects.toThrow(/foreign key/);
    expect(await Promise.all(good)).toHaveLength(5);
    expect(await claim(theirs)).toHaveLength(0);
  });
});

describe('a dispatcher', () => {
  it('gets replies and codes first, broadcasts last, each lane in the order of acceptance', async () => {
    const number = await aNumber();
    const make = (lane: 0 | 1 | 2, recipient: string) => accept(aMessage(number, { lane, recipient }));
    const order = [await make(2, 'a'), await make(1, 'b'), await make(0, 'c'), await make(1, 'd'), await make(0, 'e')];
    expect(await claimedIds(number)).toEqual([order[2], order[4], order[1], order[3], order[0]]);
    expect(await claim(number)).toEqual([]);
  });

  it('leaves out broadcasts, or recipients who have to wait, when it must', async () => {
    const number = await aNumber();
    const make = (lane: 0 | 1 | 2, recipient: string) => accept(aMessage(number, { lane, recipient }));
    const [broadcast, ordinary, blocked] = [await make(2, 'a'), await make(1, 'b'), await make(0, 'c')];
    const peek = async (except: Parameters<OutboxLanes['peek']>[5]) =>
      (
        await connected.db.inTenant(number.tenantId, (tx) =>
          lanes.peek(tx, number.tenantId, number.phoneNumberId, clock.now(), 10, except),
        )
      ).map((m) => m.messageId);
    expect(await peek({})).toEqual([blocked, ordinary, broadcast]);
    expect(await peek({ lanesAfter: 1 })).toEqual([blocked, ordinary]);
    expect(await peek({ lanesAfter: 1, recipients: ['c'] })).toEqual([ordinary]);
    const claimed = await connected.db.inTenant(number.tenantId, (tx) =>
      lanes.claim(tx, number.tenantId, number.phoneNumberId, clock.now(), 10, { lanesAfter: 1 }),
    );
    expect(claimed.map((m) => m.messageId)).toEqual([blocked, ordinary]);
  });

  it('is believed when its answer comes after the message was given up for unknown: it is not sent again', async () => {
    const number = await aNumber();
    const id = await accept(aMessage(number));
    await claim(number);
    const doubts = new OutboxDoubts(connected.db);
    await connected.db.inTenant(number.tenantId, async (tx) => {
      await lanes.abandon(tx, number.tenantId, number.phoneNumberId, clock.now());
      const [message] = await doubts.overdue(tx, number.tenantId, { service: 0 }, clock.now(), 10);
      expect(message).toMatchObject({ messageId: id, sentAgain: false });
      await doubts.decide(tx, number.tenantId, [{ messageId: id, becomes: 'accepted', detail: {} }], clock.now());
    });
    expect(await find(number, id)).toMatchObject({ status: 'accepted', attempts: 1 });
    await settle(number, { messageId: id, attempt: 1, became: 'submitted', metaMessageId: 'wamid.late' });
    expect(await find(number, id)).toMatchObject({ status: 'submitted', metaMessageId: 'wamid.late' });
    expect(await claim(number)).toEqual([]);
  });

  it('gets each message once, however many ask at the same time', async () => {
    const number = await aNumber();
    const ids = await Promise.all(
      Array.from({ length: 60 }, (_, i) => accept(aMessage(number, { recipient: `${i}` }))),
    );
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimedIds(number, 10)));
    let taken = claims.flat();
    taken = [...taken, ...(await claimedIds(number, 60))];
    expect(taken).toHaveLength(60);
    expect(new Set(taken)).toEqual(new Set(ids));
  });

  it('does not get a younger message to a recipient while an older one is on its way or waits to be tried again', async () => {
    const number = await aNumber();
    const first = await accept(aMessage(number));
    const second = await accept(aMessage(number));
    const other = await accept(aMessage(number, { recipient: 'someone else' }));
    expect(await claimedIds(number, 1)).toEqual([first]);
    expect(await claimedIds(number)).toEqual([other]);
    await settle(number, {
      messageId: first,
      attempt: 1,
      became: 'accepted',
      notBefore: new Date(noon.getTime() + 4_000),
    });
    expect(await claimedIds(number)).toEqual([]);
    clock.advance(4_000);
    expect(await claimedIds(number)).toEqual([first]);
    await settle(number, { messageId: first, attempt: 2, became: 'submitted', metaMessageId: 'wamid.first' });
    expect(await claimedIds(number)).toEqual([second]);
  });

  it('is not held back by a message that was scheduled for later', async () => {
    const number = await aNumber();
    const later = await accept(aMessage(number, { notBefore: new Date(noon.getTime() + 1_000) }));
    const now = await accept(aMessage(number));
    expect(await claimedIds(number)).toEqual([now]);
    clock.advance(1_000);
    await settle(number, { messageId: now, attempt: 1, became: 'submitted', metaMessageId: 'wamid.x' });
    expect(await claimedIds(number)).toEqual([later]);
  });

  it('is told what has run out, instead of sending it', async () => {
    const number = await aNumber();
    const id = await accept(aMessage(number, { expiresAt: new Date(noon.getTime() + 1) }));
    clock.advance(1);
    expect(await claim(number)).toMatchObject([{ messageId: id, status: 'expired' }]);
    expect(await history(number, id)).toEqual(['expired']);
  });

  it('that is gone leaves its messages unknown, and they are not sent again by themselves', async () => {
    const number = await aNumber();
    const id = await accept(aMessage(number));
    await claim(number);
    const abandoned = await connected.db.inTenant(number.tenantId, (tx) =>
      lanes.abandon(tx, number.tenantId, number.phoneNumberId, clock.now()),
    );
    expect(abandoned).toBe(1);
    clock.advance(HOUR / 2);
    expect(await claim(number)).toEqual([]);
    expect(await find(number, id)).toMatchObject({ status: 'unknown' });
    expect(await report(number, id, 'delivered')).toMatchObject({ verdict: 'apply' });
    expect(await find(number, id)).toMatchObject({ status: 'delivered', metaMessageId: `wamid.${id}` });
  });
});

describe('a status of Meta', () => {
  it('that is quicker than the answer to our call is not undone by the answer', async () => {
    const number = await aNumber();
    const id = await accept(aMessage(number));
    await claim(number);
    expect(await report(number, id, 'delivered')).toMatchObject({ verdict: 'apply' });
    clock.advance(1);
    const moved = await settle(number, {
      messageId: id,
      attempt: 1,
      became: 'submitted',
      metaMessageId: `wamid.${id}`,
    });
    expect(moved.size).toBe(0);
    expect(await find(number, id)).toMatchObject({ status: 'delivered', metaMessageId: `wamid.${id}` });
    expect((await history(number, id)).sort()).toEqual(['delivered', 'sending', 'submitted']);
  });

  it('changes nothing when it is repeated, and is only recorded when it is late', async () => {
    const number = await aNumber();
    const id = await accept(aMessage(number));
    await claim(number);
    expect(await report(number, id, 'read')).toMatchObject({ verdict: 'apply' });
    expect(await report(number, id, 'read')).toMatchObject({ verdict: 'repeat' });
    expect(await report(number, id, 'delivered')).toMatchObject({ verdict: 'record' });
    expect(await report(number, id, 'delivered')).toMatchObject({ verdict: 'repeat' });
    expect(await find(number, id)).toMatchObject({ status: 'read' });
  });

  it('is unknown to us for a message of another tenant', async () => {
    const [mine, theirs] = [await aNumber(), await aNumber()];
    const id = await accept(aMessage(mine));
    expect(await report(theirs, id, 'delivered')).toBeUndefined();
    expect(await find(mine, id)).toMatchObject({ status: 'accepted' });
  });
});

describe('the customers that the messaging limit counts', () => {
  it('are those sent to outside a window in the last 24 h, each once, failures left out', async () => {
    const number = await aNumber();
    const send = (recipient: string, inWindow: boolean) => accept(aMessage(number, { recipient, inWindow }));
    const ids = [await send('a', false), await send('a', false), await send('b', true), await send('c', false)];
    await claim(number);
    await settle(number, { messageId: ids[3] as string, attempt: 1, became: 'failed', error: { code: 131026 } });
    await send('waiting', false);
    const count = () =>
      connected.db.inTenant(number.tenantId, (tx) =>
        uniqueCustomers24h(tx, number.tenantId, [number.phoneNumberId], clock.now()),
      );
    expect(await count()).toBe(1);
    clock.advance(24 * HOUR);
    expect(await count()).toBe(0);
  });
});
