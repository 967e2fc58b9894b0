import fc from 'fast-check';
import { ManualClock } from '#libs/clock';
import { Contacts, type Identifier } from '#libs/contacts';
import type { Tx } from '#libs/persistence';
import { CustomerMarks } from '#libs/privacy';
import { Vault } from '#libs/vault';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { foundNumber } from '../../../test/support/numbers.js';
import { ConsentSettings, Consents, HeedWishes, type NewConsent, Suppression, type Wish } from './index.js';

const NOW = new Date('2026-11-22T12:00:00Z');
const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

describe('what a customer agreed to', () => {
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let tenantId: string;
  const clock = new ManualClock(NOW);
  const contacts = new Contacts(clock);
  const consents = new Consents(contacts, clock);
  const settings = new ConsentSettings(clock);
  const wishes = new HeedWishes(consents);
  let suppression: Suppression;

  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl);
    suppression = new Suppression(
      new CustomerMarks(connection.db, new Vault([{ id: 'k', key: Buffer.alloc(32, 1) }]), clock),
    );
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });
  beforeEach(async () => {
    ({ tenantId } = await foundNumber(database, 'shop'));
  });

  const within = <T>(work: (tx: Tx) => Promise<T>, tenant = tenantId) => connection.db.inTenant(tenant, work);
  const say = (...said: (Partial<NewConsent> & Pick<NewConsent, 'customers' | 'state'>)[]) =>
    within((tx) =>
      consents.record(
        tx,
        tenantId,
        said.map((one) => ({ purpose: 'marketing', at: NOW, source: 'api', ...one })),
      ),
    );
  const stopped = async (customer: string, tenant = tenantId) => {
    const question = await suppression.whyStopped([{ tenantId: tenant, customer, purpose: 'marketing' }]);
    const [[stop]] = await connection.db.askTogether(question, question);
    return stop?.why;
  };
  const standing = async (customer: string) =>
    (await within((tx) => consents.standingOf(tx, tenantId, [customer]))).get('marketing')?.state;
  const history = (customer: string) =>
    within((tx) => consents.historyOf(tx, tenantId, [customer], { limit: 50 })).then((all) => all.map((r) => r.state));
  const meet = (...identifiers: Identifier[]) =>
    within((tx) => contacts.seen(tx, tenantId, { identifiers, profileName: null, at: NOW }));
  const hear = (wish: Wish, customer: string, minute: number) =>
    within((tx) =>
      wishes.heed(tx, tenantId, [
        { wish, customers: [customer], at: at(minute), metaMessageId: `wamid.${minute}`, text: wish },
      ]),
    );

  it('stops marketing from the moment it is withdrawn, for this merchant alone', async () => {
    const other = await foundNumber(database, 'other');
    expect(await stopped('15551234567')).toBeUndefined();
    await say({ customers: ['15551234567'], state: 'withdrawn' });
    expect(await stopped('15551234567')).toBe('withdrawn');
    expect(await stopped('15551234567', other.tenantId)).toBeUndefined();
    expect(await stopped('15551234568')).toBeUndefined();
    await say({ customers: ['15551234567'], state: 'granted', at: at(1) });
    expect(await stopped('15551234567')).toBeUndefined();
    expect(await history('15551234567')).toEqual(['granted', 'withdrawn']);
  });

  it('holds for the number in both ways of writing it', async () => {
    await say({ customers: ['553187654321'], state: 'withdrawn' });
    expect(await stopped('5531987654321')).toBe('withdrawn');
    await say({ customers: ['5215512345678'], state: 'withdrawn' });
    expect(await stopped('525512345678')).toBe('withdrawn');
  });

  it('holds for everything that the customer is known by, now or later', async () => {
    const wa = { kind: 'wa_id', value: '15551234567' } as const;
    const user = { kind: 'user_id', value: 'US.1' } as const;
    await meet(wa, user);
    await say({ customers: ['US.1'], state: 'withdrawn' });
    expect(await stopped('15551234567')).toBe('withdrawn');

    await say({ customers: ['15557654321'], state: 'withdrawn' });
    await meet({ kind: 'user_id', value: 'US.2' });
    expect(await stopped('US.2')).toBeUndefined();
    await within((tx) => consents.join(tx, tenantId, ['US.2', '15557654321']));
    expect(await stopped('US.2')).toBe('withdrawn');
    expect(await history('US.2')).toEqual(['withdrawn']);
  });

  it('is not lost when two processes learn who the customer is and that they opted out at the same moment', async () => {
    await meet({ kind: 'user_id', value: 'US.3' });
    let withdrawing: Promise<unknown> = Promise.resolve();
    await within(async (tx) => {
      const identifiers: Identifier[] = [
        { kind: 'user_id', value: 'US.3' },
        { kind: 'wa_id', value: '15550000003' },
      ];
      await consents.join(tx, tenantId, ['US.3', '15550000003']);
      // Says so under the number while nobody else can know yet whose number it is.
      withdrawing = say({ customers: ['15550000003'], state: 'withdrawn' });
      await contacts.seen(tx, tenantId, { identifiers, profileName: null, at: NOW });
    });
    await withdrawing;
    expect(await stopped('US.3')).toBe('withdrawn');
  });

  it('is the same in whatever order it is told, and told twice', async () => {
    const said = fc.record({
      state: fc.constantFrom('asked', 'granted', 'withdrawn'),
      minute: fc.integer({ min: 0, max: 3 }),
    });
    let customer = 15_560_000_000;
    await fc.assert(
      fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 5 }), fc.boolean(), async (all, atOnce) => {
        const tell = async (name: string, given: typeof all) => {
          const facts = given.map(({ state, minute }) => ({ customers: [name], state, at: at(minute), fact: name }));
          if (atOnce) await say(...facts);
          else for (const fact of facts) await say(fact);
          return standing(name);
        };
        const once = await tell(String(++customer), all);
        expect(await tell(String(++customer), [...all].reverse())).toBe(once);
        expect(await tell(String(customer), all)).toBe(once);
      }),
      { numRuns: 25 },
    );
  });

  it('is silence as long as nothing is said, which a merchant may decide is no consent', async () => {
    await within((tx) => settings.set(tx, tenantId, { optInFor: ['marketing'], stopWords: [], startWords: [] }));
    expect(await stopped('15551234567')).toBe('not_granted');
    await say({ customers: ['15551234567'], state: 'asked' });
    expect(await stopped('15551234567')).toBe('not_granted');
    await say({ customers: ['15551234567'], state: 'granted' });
    expect(await stopped('15551234567')).toBeUndefined();
  });

  it('is granted by a yes only to what was asked, within the week', async () => {
    await say({ customers: ['15551234567'], state: 'asked', wording: 'May we tell you about sales?', at: at(0) });
    expect(await hear('yes', '15557777777', 1)).toEqual([]);
    const [granted] = await hear('yes', '15551234567', 2);
    expect(granted).toMatchObject({ state: 'granted', source: 'keyword', wording: 'May we tell you about sales?' });
    expect(await hear('yes', '15551234567', 3)).toEqual([]);

    await say({ customers: ['15558888888'], state: 'asked', at: at(0) });
    expect(await hear('yes', '15558888888', 8 * 24 * 60)).toEqual([]);
    expect(await standing('15558888888')).toBe('asked');
  });

  it('is not brought back by a question after it was withdrawn, only by the answer', async () => {
    await say({ customers: ['15551234567'], state: 'withdrawn', at: at(0) });
    await say({ customers: ['15551234567'], state: 'asked', at: at(1) });
    expect(await stopped('15551234567')).toBe('withdrawn');
    await hear('yes', '15551234567', 2);
    expect(await stopped('15551234567')).toBeUndefined();
  });

  it('is granted by who sends what a chat link begins with, asked or not, and after a refusal', async () => {
    const [granted] = await hear('offers', '15551234567', 1);
    expect(granted).toMatchObject({ purpose: 'marketing', state: 'granted', source: 'chat_link', wording: 'offers' });
    expect(await hear('offers', '15551234567', 1)).toEqual([]);
    await hear('stop', '15551234567', 2);
    expect(await stopped('15551234567')).toBe('withdrawn');
    await hear('offers', '15551234567', 3);
    expect(await stopped('15551234567')).toBeUndefined();

    await say({ customers: ['15558888888'], state: 'asked', wording: 'Sales?', at: at(0) });
    const answered = await hear('offers', '15558888888', 1);
    expect(answered).toMatchObject([{ source: 'keyword', wording: 'Sales?' }]);
  });

  it('is taken back by a word and given back by a word, which is no opt-in of its own', async () => {
    expect(await hear('start', '15551234567', 0)).toEqual([]);
    await hear('stop', '15551234567', 1);
    expect(await stopped('15551234567')).toBe('withdrawn');
    expect(await hear('stop', '15551234567', 1)).toEqual([]);
    await hear('start', '15551234567', 2);
    expect(await standing('15551234567')).toBe('granted');
  });
});
