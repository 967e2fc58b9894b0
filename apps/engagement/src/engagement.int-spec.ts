import { ManualClock } from '#libs/clock';
import { Consents } from '#libs/consent';
import { ContactActivity, Contacts, type Identifier } from '#libs/contacts';
import { Inbound, type InboundMessage } from '#libs/inbound';
import { Outbox } from '#libs/outbox';
import type { Tx } from '#libs/persistence';
import { Wake } from '#libs/queues';
import { Tenants } from '#libs/tenants';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../test/support/app.js';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../test/support/numbers.js';
import { CampaignCounts } from './campaigns/campaign-counts.js';
import { HeedReplies } from './campaigns/heed-replies.js';
import { EngagementModule } from './engagement.module.js';
import { EngagementWorkerModule } from './engagement-worker.module.js';
import { TakeInbound } from './inbound/take-inbound.js';
import type { HearCustomer } from './inbox/hear-customer.js';
import type { InboxWork } from './inbox/inbox-work.js';

const HOUR_MS = 3_600_000;

describe('a merchant’s customers', () => {
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let environment: Record<string, string>;
  let api: RunningApp;
  const keys = new Map<string, string>();
  const now = new Date();
  const ago = (hours: number) => new Date(now.getTime() - hours * HOUR_MS);
  let inbound: Inbound;
  const contacts = new Contacts(new ManualClock(now));
  let take: TakeInbound;

  beforeAll(async () => {
    database = await cloneDatabase();
    environment = testEnvironment(database);
    api = await startApp(EngagementModule, environment, { name: 'engagement', describe: 'Engagement.' });
    connection = await connect(database.appUrl);
    inbound = new Inbound();
    take = takeWith(contacts);
  });
  afterAll(async () => {
    await api.close();
    await connection.close();
    await database.drop();
  });

  // What is answered, and by whom, is a matter of the inbox's own tests.
  const inbox = { hear: async () => 'conversation' } as unknown as HearCustomer;
  const inboxWork = { committed: () => {} } as unknown as InboxWork;
  const replies = new HeedReplies(new CampaignCounts());
  // What is ordered is a matter of the catalogue's own tests.
  const noOrders = { take: async () => {} };
  const takeWith = (given: Contacts) =>
    new TakeInbound(
      connection.db,
      inbound,
      given,
      new Consents(given, new ManualClock(now)),
      new ContactActivity(),
      noOrders as never,
      replies,
      inbox,
      inboxWork,
    );

  /** A merchant of its own for each test, with a live number and a key. */
  async function merchant(name: string): Promise<FoundedNumber> {
    const shop = await foundNumber(database, name);
    keys.set(shop.tenantId, (await api.app.get(Tenants).issueApiKey(shop.tenantId, 'test')).apiKey);
    return shop;
  }
  const call = (shop: FoundedNumber, method: string, path: string, body?: unknown) =>
    http(method, `${api.url}/api/v1${path}`, { token: keys.get(shop.tenantId) as string, body });
  const contactsOf = async (shop: FoundedNumber, search = '') =>
    (await call(shop, 'GET', `/contacts?search=${encodeURIComponent(search)}`)).body.data;
  const within = <T>(shop: FoundedNumber, work: (tx: Tx) => Promise<T>) => connection.db.inTenant(shop.tenantId, work);

  let written = 0;
  /** A customer writes to the merchant, as the gateway records it. */
  async function writes(shop: FoundedNumber, from: Partial<InboundMessage>, text = 'hola'): Promise<void> {
    const customer = from.customer ?? '5215512345678';
    await within(shop, (tx) =>
      inbound.record(tx, shop.tenantId, {
        phoneNumberId: shop.phoneNumberId,
        metaMessageId: `wamid.${++written}`,
        customer,
        customerName: 'Ana',
        type: 'text',
        payload: { from: customer, type: 'text', text: { body: text } },
        at: ago(1),
        ...from,
      }),
    );
  }
  const everything = (shop: FoundedNumber) =>
    database.owner
      .query(
        `SELECT c.*, i.kind, i.value FROM contacts c JOIN contact_identifiers i USING (tenant_id, contact_id)
          WHERE c.tenant_id = $1 ORDER BY i.kind, i.value`,
        [shop.tenantId],
      )
      .then(({ rows }) => rows);

  it('become one contact each, however often they write, with the newest name and time', async () => {
    const shop = await merchant('one contact');
    await writes(shop, { at: ago(2), customerName: 'Ana' });
    await writes(shop, { at: ago(1), customerName: 'Ana María' });
    await writes(shop, { customer: '5215599999999', customerName: undefined, at: ago(3) });
    expect(await take.takeNext(shop.tenantId)).toBe(3);
    expect(await contactsOf(shop)).toMatchObject([
      { name: 'Ana María', profile_name: 'Ana María', last_seen_at: ago(1).toISOString() },
      {
        name: null,
        identifiers: [
          { kind: 'phone', value: '+5215599999999' },
          { kind: 'wa_id', value: '5215599999999' },
        ],
      },
    ]);
  });

  it('are never seen earlier than they were: a message that arrives late takes nothing back', async () => {
    const shop = await merchant('late');
    await writes(shop, { at: ago(1), customerName: 'Ana María' });
    await take.takeNext(shop.tenantId);
    await writes(shop, { at: ago(5), customerName: 'Ana' });
    await take.takeNext(shop.tenantId);
    expect(await contactsOf(shop)).toMatchObject([{ name: 'Ana María', last_seen_at: ago(1).toISOString() }]);
  });

  it('may have no phone: a customer known by user id only is a contact', async () => {
    const shop = await merchant('user id only');
    const userId = 'US.13491208655302741918';
    await writes(shop, {
      customer: userId,
      userId,
      payload: { from_user_id: userId, type: 'text', text: { body: 'hi' } },
    });
    await take.takeNext(shop.tenantId);
    const [contact] = await contactsOf(shop);
    expect(contact.identifiers).toEqual([{ kind: 'user_id', value: userId }]);
    const { body } = await call(shop, 'GET', `/contacts/${contact.id}`);
    expect(body.service_windows).toMatchObject([{ phone_number_id: shop.metaPhoneNumberId, open: true }]);
  });

  it('stay one contact when they show their number after hiding it, or hide it after showing it', async () => {
    const shop = await merchant('shows and hides');
    const userId = 'MX.1';
    await writes(shop, { customer: userId, userId, at: ago(3), payload: {} });
    await writes(shop, { userId, at: ago(2) });
    await writes(shop, { at: ago(1) });
    await take.takeNext(shop.tenantId);
    const all = await contactsOf(shop);
    expect(all).toHaveLength(1);
    expect(all[0].identifiers.map((i: Identifier) => i.kind)).toEqual(['phone', 'user_id', 'wa_id']);
    expect(all[0].last_seen_at).toBe(ago(1).toISOString());
  });

  it('are not merged by a guess: an identifier that belongs to another contact stays there', async () => {
    const shop = await merchant('no guess');
    await writes(shop, { customer: 'MX.2', userId: 'MX.2', at: ago(4), payload: {} });
    await writes(shop, { at: ago(3) });
    await writes(shop, { userId: 'MX.2', at: ago(2) });
    await take.takeNext(shop.tenantId);
    const all = await contactsOf(shop);
    expect(all.map((c: { identifiers: Identifier[] }) => c.identifiers.map((i) => i.kind))).toEqual([
      ['phone', 'wa_id'],
      ['user_id'],
    ]);
    expect(all[1].last_seen_at).toBe(ago(2).toISOString());
  });

  it('change in nothing when the same message is taken twice', async () => {
    const shop = await merchant('twice');
    await writes(shop, {});
    await take.takeNext(shop.tenantId);
    const before = await everything(shop);
    await database.owner.query(
      `INSERT INTO inbound_unseen SELECT tenant_id, inbound_id FROM inbound_messages WHERE tenant_id = $1`,
      [shop.tenantId],
    );
    const later = new Contacts(new ManualClock(new Date(now.getTime() + HOUR_MS)));
    expect(await takeWith(later).takeNext(shop.tenantId)).toBe(1);
    expect(before).toHaveLength(2);
    expect(await everything(shop)).toEqual(before);
  });

  it('are all there after the worker died in the middle, and none twice', async () => {
    const shop = await merchant('crash');
    for (const n of [1, 2, 3]) await writes(shop, { customer: `521550000000${n}` });
    let left = 2;
    const dying = new Contacts(new ManualClock(now));
    const seen = dying.seen.bind(dying);
    dying.seen = async (...args) => {
      if (left-- === 0) throw new Error('killed');
      return seen(...args);
    };
    await expect(takeWith(dying).takeNext(shop.tenantId)).rejects.toThrow('killed');
    expect(await contactsOf(shop)).toEqual([]);
    expect(await take.takeNext(shop.tenantId)).toBe(3);
    expect(await contactsOf(shop)).toHaveLength(3);
    expect(await take.takeNext(shop.tenantId)).toBe(0);
  });

  it('become one contact when two processes meet them at the same moment', async () => {
    const shop = await merchant('race');
    const identifiers: Identifier[] = [
      { kind: 'user_id', value: 'MX.3' },
      { kind: 'wa_id', value: '5215500000000' },
    ];
    const sighting = { identifiers, profileName: 'Ana', at: now };
    const meet = (tx: Tx) => contacts.seen(tx, shop.tenantId, sighting);
    let second: Promise<string> = Promise.resolve('');
    const first = within(shop, async (tx) => {
      const { contactId: id } = await meet(tx);
      // The second has looked, found nobody, and waits for us at the key of the identifiers.
      second = within(shop, meet).then((seen) => seen.contactId);
      await eventually(async () => {
        const { rows } = await database.owner.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length === 1;
      });
      return id;
    });
    const ids = [await first, await second];
    expect(new Set(ids).size).toBe(1);
    expect(await contactsOf(shop)).toHaveLength(1);
  });

  it('are not stopped by a message that names nobody', async () => {
    const shop = await merchant('nobody');
    await writes(shop, { customer: 'x'.repeat(4_000), payload: {} });
    await writes(shop, {});
    expect(await take.takeNext(shop.tenantId)).toBe(2);
    expect(await contactsOf(shop)).toHaveLength(1);
  });

  it('are taken in by the worker, when it is woken and when nobody wakes it', async () => {
    const [woken, forgotten] = [await merchant('woken'), await merchant('forgotten')];
    await writes(forgotten, {});
    const worker = await startApp(EngagementWorkerModule, environment);
    try {
      await eventually(async () => (await contactsOf(forgotten)).length === 1);
      await writes(woken, {});
      await worker.app.get(Wake).lane('engagement.inbound', { tenantId: woken.tenantId });
      await eventually(async () => (await contactsOf(woken)).length === 1);
    } finally {
      await worker.close();
    }
  });

  it('keep the name that the merchant gives them, whatever they call themselves', async () => {
    const shop = await merchant('names');
    await writes(shop, { at: ago(2) });
    await take.takeNext(shop.tenantId);
    const [{ id }] = await contactsOf(shop);
    expect((await call(shop, 'PUT', `/contacts/${id}`, { name: 'Ana (wholesale)' })).body.name).toBe('Ana (wholesale)');
    await writes(shop, { at: ago(1), customerName: 'Anita' });
    await take.takeNext(shop.tenantId);
    expect(await contactsOf(shop)).toMatchObject([{ name: 'Ana (wholesale)', profile_name: 'Anita' }]);
    expect((await call(shop, 'PUT', `/contacts/${id}`, { name: null })).body.name).toBe('Anita');
    expect((await call(shop, 'PUT', `/contacts/${id}`, { name: '' })).status).toBe(400);
    expect((await call(shop, 'PUT', `/contacts/${id}`, {})).status).toBe(400);
  });

  it('are found by part of a name, of a number however it is written, or of a user id', async () => {
    const shop = await merchant('search');
    await writes(shop, { customer: '5215512345678', customerName: 'Ana 100%' });
    await writes(shop, { customer: 'US.777', userId: 'US.777', customerName: 'Bob', payload: {} });
    await take.takeNext(shop.tenantId);
    const names = async (search: string) => (await contactsOf(shop, search)).map((c: { name: string }) => c.name);
    expect(await names('ana')).toEqual(['Ana 100%']);
    expect(await names('%')).toEqual(['Ana 100%']);
    expect(await names('+52 1 (55) 1234')).toEqual(['Ana 100%']);
    expect(await names('us.777')).toEqual(['Bob']);
    expect(await names('carla')).toEqual([]);
    expect((await names('')).sort()).toEqual(['Ana 100%', 'Bob']);
  });

  it('have a conversation in the order in which it was written, on pages that leave nothing out', async () => {
    const shop = await merchant('conversation');
    await writes(shop, { at: ago(9) }, 'hola');
    await take.takeNext(shop.tenantId);
    const [{ id }] = await contactsOf(shop);
    const clock = new ManualClock(ago(8));
    const outbox = new Outbox(connection.db, clock);
    const refs: string[] = [];
    for (let i = 0; i < 60; i++) {
      clock.advance(1_000);
      const { ref } = await outbox.accept({
        tenantId: shop.tenantId,
        phoneNumberId: shop.phoneNumberId,
        recipient: '5215512345678',
        type: 'text',
        payload: JSON.stringify({ to: '5215512345678', type: 'text', text: { body: `answer ${i}` } }),
        lane: 0,
        inWindow: true,
        expiresAt: now,
      });
      refs.push(ref);
    }
    await writes(shop, { at: ago(7) }, 'gracias');
    await writes(shop, { customer: '5215500000001', at: ago(7) }, 'another customer');

    const first = (await call(shop, 'GET', `/conversations/${id}`)).body;
    const second = (await call(shop, 'GET', `/conversations/${id}?cursor=${first.next}`)).body;
    expect(second.next).toBeNull();
    const lines = [...first.data, ...second.data];
    expect(lines.map((l) => l.content.body)).toEqual([
      'gracias',
      ...refs.map((_, i) => `answer ${i}`).reverse(),
      'hola',
    ]);
    expect(lines[0]).toMatchObject({ direction: 'in', phone_number_id: shop.metaPhoneNumberId });
    expect(lines[1]).toMatchObject({ direction: 'out', id: refs.at(-1), status: 'accepted' });
  });

  it('show until when they may be answered, and that the window has closed', async () => {
    const shop = await merchant('windows');
    await writes(shop, { customer: '5215500000001', at: ago(1) });
    await writes(shop, { customer: '5215500000002', at: ago(25) });
    await take.takeNext(shop.tenantId);
    const windowOf = async (digits: string) => {
      const [{ id }] = await contactsOf(shop, digits);
      return (await call(shop, 'GET', `/contacts/${id}`)).body.service_windows;
    };
    const number = { phone_number_id: shop.metaPhoneNumberId, display_phone_number: shop.displayPhoneNumber };
    expect(await windowOf('5215500000001')).toEqual([
      { ...number, open: true, ends_at: new Date(ago(1).getTime() + 24 * HOUR_MS).toISOString() },
    ]);
    expect(await windowOf('5215500000002')).toEqual([
      { ...number, open: false, ends_at: new Date(ago(25).getTime() + 24 * HOUR_MS).toISOString() },
    ]);
  });

  it('are another merchant’s secret: nobody else sees, names or reads them', async () => {
    const [shop, stranger] = [await merchant('owner'), await merchant('stranger')];
    await writes(shop, {});
    await take.takeNext(stranger.tenantId);
    await take.takeNext(shop.tenantId);
    const [{ id }] = await contactsOf(shop);
    expect(await contactsOf(stranger)).toEqual([]);
    const missing = '00000000-0000-7000-8000-000000000000';
    for (const [method, path, body] of [
      ['GET', '/contacts/', undefined],
      ['PUT', '/contacts/', { name: 'mine' }],
      ['GET', '/conversations/', undefined],
    ] as const) {
      const theirs = await call(stranger, method, path + id, body);
      const nobodys = await call(stranger, method, path + missing, body);
      expect([theirs.status, theirs.body.error.message]).toEqual([404, nobodys.body.error.message]);
      expect((await http(method, `${api.url}/api/v1${path}${id}`, { body })).status).toBe(401);
    }
    expect((await contactsOf(shop))[0].name).toBe('Ana');
  });

  it('are in the API document', async () => {
    expect(Object.keys((await http('GET', `${api.url}/openapi.json`)).body.paths)).toEqual(
      expect.arrayContaining(['/api/v1/contacts', '/api/v1/contacts/{id}', '/api/v1/conversations/{contactId}']),
    );
  });
});
