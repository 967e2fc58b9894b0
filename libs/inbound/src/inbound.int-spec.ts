import fc from 'fast-check';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { Inbound, type InboundMessage } from './index.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 12, 0, second));

describe('what customers write', () => {
  let inbound: Inbound;
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let shop: FoundedNumber;
  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl);
    inbound = new Inbound();
    shop = await foundNumber(database, 'shop');
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  const message = (id: string, more: Partial<InboundMessage> = {}): InboundMessage => ({
    phoneNumberId: shop.phoneNumberId,
    metaMessageId: id,
    customer: '15550002222',
    type: 'text',
    payload: { text: { body: 'hello' } },
    at: at(0),
    ...more,
  });
  const record = (...messages: InboundMessage[]) =>
    connection.db.inTenant(shop.tenantId, async (tx) => {
      const results = [];
      for (const m of messages) results.push(await inbound.record(tx, shop.tenantId, m));
      return results;
    });
  const windowOf = (customer: string) =>
    connection.db.inTenant(shop.tenantId, (tx) =>
      inbound.lastUserMessageAt(tx, shop.tenantId, shop.phoneNumberId, customer),
    );

  it('is stored once, however often it is told, and handed to engagement once', async () => {
    expect(await record(message('wamid.1'), message('wamid.1'))).toEqual(['new', 'repeat']);
    const take = () => connection.db.inTenant(shop.tenantId, (tx) => inbound.takeUnseen(tx, shop.tenantId, 10));
    expect((await take()).map((m) => m.metaMessageId)).toEqual(['wamid.1']);
    expect(await take()).toEqual([]);
    expect(await record(message('wamid.1'))).toEqual(['repeat']);
    expect(await take()).toEqual([]);
  });

  it('opens a window that only moves forward, in whatever order messages come', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 6 }), async (seconds) => {
        const customer = `1555${++run}`;
        await record(...seconds.map((s, i) => message(`wamid.${run}.${i}`, { customer, at: at(s) })));
        expect(await windowOf(customer)).toEqual(at(Math.max(...seconds)));
      }),
      { numRuns: 20 },
    );
  });

  it('opens no window with news about the customer, and one for each name the customer goes by', async () => {
    await record(message('wamid.sys', { customer: '1999', type: 'system' }));
    expect(await windowOf('1999')).toBeUndefined();
    await record(message('wamid.both', { customer: '1888', userId: 'US.1' }));
    expect(await windowOf('US.1')).toEqual(at(0));
    await record(message('wamid.group', { customer: '1777', groupId: 'R1', at: at(9) }));
    expect([await windowOf('R1'), await windowOf('1777')]).toEqual([at(9), undefined]);
  });

  it('may be named with anything a phone can type', async () => {
    expect(await record(message('wamid.odd', { customerName: 'A\0\ud800', payload: '{"text":"\\u0000"}' }))).toEqual([
      'new',
    ]);
  });

  it("is not seen by another tenant, nor stored under another tenant's number", async () => {
    const other = await foundNumber(database, 'other');
    await record(message('wamid.mine'));
    const seen = await connection.db.inTenant(other.tenantId, (tx) => inbound.list(tx, shop.tenantId, { limit: 10 }));
    expect(seen).toEqual([]);
    await expect(
      connection.db.inTenant(other.tenantId, (tx) => inbound.record(tx, other.tenantId, message('wamid.x'))),
    ).rejects.toThrow(/foreign key/);
  });

  it('says when customers of several tenants last wrote, each by its own number, in the order asked', async () => {
    const bakery = await foundNumber(database, 'bakery');
    const pair = ({ tenantId, phoneNumberId }: FoundedNumber, customer: string) => ({
      tenantId,
      phoneNumberId,
      customer,
    });
    const hear = ({ tenantId, phoneNumberId }: FoundedNumber, customer: string, when: Date) =>
      connection.db.inTenant(tenantId, (tx) =>
        inbound.heardFrom(tx, tenantId, [{ phoneNumberId, customer, at: when }]),
      );
    await hear(shop, '5215550001', at(1));
    await hear(bakery, '5215550001', at(2));
    const asked = [
      pair(bakery, '5215550001'),
      pair(bakery, '5215550002'),
      pair(shop, '5215550001'),
      pair({ ...shop, tenantId: bakery.tenantId }, '5215550001'),
    ];
    const [heard] = await connection.db.askTogether(inbound.whenHeard(asked), inbound.whenHeard(asked.slice(0, 1)));
    expect(heard).toEqual([at(2), undefined, at(1), undefined]);
  });
});
