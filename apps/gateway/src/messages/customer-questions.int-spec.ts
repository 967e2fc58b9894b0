import { ManualClock } from '#libs/clock';
import { ConsentSettings, Consents, Suppression } from '#libs/consent';
import { Contacts } from '#libs/contacts';
import { Inbound } from '#libs/inbound';
import { CustomerMarks } from '#libs/privacy';
import { Vault } from '#libs/vault';
import { cloneDatabase, connect, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { CustomerQuestions } from './customer-questions.js';

const HEARD_AT = new Date('2026-11-20T10:00:00.123Z');
const SAID_AT = new Date('2026-11-19T09:30:00.456Z');

describe('what is asked of customers of the moment', () => {
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let numbers: FoundedNumber[];
  let questions: CustomerQuestions;
  const clock = new ManualClock(new Date('2026-11-20T12:00:00Z'));
  const inbound = new Inbound();
  const consents = new Consents(new Contacts(clock), clock);

  beforeAll(async () => {
    database = await cloneDatabase();
    connection = await connect(database.appUrl);
    numbers = [await foundNumber(database, 'shop'), await foundNumber(database, 'bakery')];
    const marks = new CustomerMarks(connection.db, new Vault([{ id: 'k', key: Buffer.alloc(32, 1) }]), clock);
    questions = new CustomerQuestions(connection.db, inbound, new Suppression(marks));
  });
  afterAll(async () => {
    await connection.close();
    await database.drop();
  });

  it('is answered to each who asked, whoever else asked what at that moment', async () => {
    const customers = Array.from({ length: 60 }, (_, i) => ({
      ...(numbers[i % 2] as FoundedNumber),
      customer: `52155500000${String(i).padStart(2, '0')}`,
      wrote: i % 3 === 0,
      refused: i % 4 < 2,
    }));
    for (const { tenantId, phoneNumberId, customer, wrote, refused } of customers) {
      await connection.db.inTenant(tenantId, async (tx) => {
        if (wrote) await inbound.heardFrom(tx, tenantId, [{ phoneNumberId, customer, at: HEARD_AT }]);
        const no = {
          customers: [customer],
          purpose: 'marketing',
          state: 'withdrawn',
          at: SAID_AT,
          source: 'api',
        } as const;
        if (refused) await consents.record(tx, tenantId, [no]);
      });
    }
    const answers = await Promise.all(
      customers.map(({ tenantId, phoneNumberId, customer }, i) =>
        Promise.all([
          // Replies are not asked about, and who wrote is remembered: not everybody asks both.
          i % 5 === 0 ? 'not asked' : questions.lastHeard({ tenantId, phoneNumberId, customer }),
          i % 7 === 0 ? 'not asked' : questions.stop({ tenantId, customer, purpose: 'marketing' }),
        ]),
      ),
    );
    expect(answers).toEqual(
      customers.map(({ wrote, refused }, i) => [
        i % 5 === 0 ? 'not asked' : wrote ? HEARD_AT : undefined,
        i % 7 === 0 ? 'not asked' : refused ? { why: 'withdrawn', at: SAID_AT, source: 'api' } : undefined,
      ]),
    );
  });

  it('is answered also where nobody asks the other question', async () => {
    const { tenantId, phoneNumberId } = numbers[0] as FoundedNumber;
    expect(await questions.lastHeard({ tenantId, phoneNumberId, customer: '1999' })).toBeUndefined();
    expect(await questions.stop({ tenantId, customer: '1999', purpose: 'utility' })).toBeUndefined();
    const optIn = { optInFor: ['utility' as const], stopWords: [], startWords: [] };
    await connection.db.inTenant(tenantId, (tx) => new ConsentSettings(clock).set(tx, tenantId, optIn));
    expect(await questions.stop({ tenantId, customer: '1999', purpose: 'utility' })).toEqual({ why: 'not_granted' });
  });
});
