import { forgetAlone } from '#libs/contacts';
import { Database, type Tx } from '#libs/persistence';
import { Tenants } from '#libs/tenants';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { foundNumber } from '../../../../test/support/numbers.js';
import { AdminWorkerModule } from '../../../admin/src/admin-worker.module.js';
import { EngagementModule } from '../engagement.module.js';
import { TakeShopFact } from '../shop-events/take-shop-fact.js';

const CUSTOMER = '+5215512345678';

describe('a merchant who has a customer forgotten', () => {
  let database: TestDatabase;
  let api: RunningApp;
  let worker: RunningApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    const environment = testEnvironment(database);
    api = await startApp(EngagementModule, environment, { name: 'engagement', describe: 'Engagement.' });
    worker = await startApp(AdminWorkerModule, environment, { name: 'admin-worker' });
  });
  afterAll(async () => {
    await worker.close();
    await api.close();
    await database.drop();
  });

  async function merchant(name: string, scopes?: ['contacts']) {
    const { tenantId } = await foundNumber(database, name);
    const { apiKey } = await api.app.get(Tenants).issueApiKey(tenantId, 'test', scopes ? { scopes } : {});
    const call = (method: string, path: string, body?: object) =>
      http(method, `${api.url}/api/v1${path}`, { token: apiKey, ...(body ? { body } : {}) });
    const known = async () => (await call('GET', '/contacts?search=Xochitl')).body.data.length as number;
    return { tenantId, call, known };
  }
  const xochitl = { name: 'Xochitl', identifiers: [{ kind: 'phone', value: CUSTOMER }] };

  it('gets a record that ends with the proof, by the number or by the contact, and nobody else sees it', async () => {
    const shop = await merchant('Shop');
    const other = await merchant('Other');
    const { id } = (await shop.call('POST', '/contacts', xochitl)).body;
    await other.call('POST', '/contacts', xochitl);

    const asked = await shop.call('POST', '/erasures', { contact_id: id });
    expect([asked.status, asked.body.state]).toEqual([202, 'waiting']);
    const erasure = await eventually(async () => {
      const { body } = await shop.call('GET', `/erasures/${asked.body.id}`);
      return body.state !== 'waiting' && body;
    }, 60_000);

    expect(erasure).toMatchObject({ state: 'done', remains: {}, found: { contact_identifiers: 1 } });
    expect(erasure.asked_by).toMatch(/^key:/);
    expect(JSON.stringify(erasure)).not.toContain('5512345678');
    expect([await shop.known(), await other.known()]).toEqual([0, 1]);
    expect((await other.call('GET', `/erasures/${asked.body.id}`)).status).toBe(404);
    expect((await other.call('GET', '/erasures')).body.data).toEqual([]);

    const again = await shop.call('POST', '/erasures', { customer: CUSTOMER });
    expect(again.body.customer_mark).toBe(erasure.customer_mark);
    expect((await shop.call('GET', '/erasures')).body.data.map((e: { id: string }) => e.id)).toEqual([
      again.body.id,
      asked.body.id,
    ]);
  });

  it('needs a key without limits: one for contacts may change them, and forgets nobody', async () => {
    const shop = await merchant('Limited', ['contacts']);
    expect((await shop.call('POST', '/contacts', xochitl)).status).toBeLessThan(300);
    expect((await shop.call('POST', '/erasures', { customer: CUSTOMER })).status).toBe(403);
  });

  describe('while an event of their shop is under way', () => {
    const fact = (givenId: string) => ({
      givenId,
      kind: 'order.placed' as const,
      at: new Date(),
      customer: { phone: CUSTOMER, name: 'Xochitl' },
      subject: 'order 1',
      data: { ship_to: 'Calle 5' },
    });
    /** Takes an event, and ends only when it is told to. */
    async function underWay(tenantId: string, work: (tx: Tx) => Promise<unknown>) {
      let end = () => {};
      const mayEnd = new Promise<void>((resolve) => {
        end = resolve;
      });
      let done: Promise<unknown> = Promise.resolve();
      await new Promise<void>((begun, failed) => {
        done = api.app
          .get(Database)
          .inTenant(tenantId, async (tx) => {
            await work(tx);
            begun();
            await mayEnd;
          })
          .catch(failed);
      });
      return { end, done };
    }
    const isWaitedFor = async () => {
      const { rows } = await database.owner.query(
        `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
          WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted`,
      );
      return rows.length > 0;
    };
    const kept = async (tenantId: string) => {
      const { rows } = await database.owner.query(
        `SELECT (SELECT count(*) FROM shop_events WHERE tenant_id = $1) + (SELECT count(*) FROM contact_activity WHERE tenant_id = $1)
              + (SELECT count(*) FROM contact_identifiers WHERE tenant_id = $1)
              + (SELECT count(*) FROM contacts WHERE tenant_id = $1 AND gone_at IS NULL) AS n`,
        [tenantId],
      );
      return Number(rows[0].n);
    };

    it.each(['a customer who is known', 'one whom the event makes known'])(
      'forgets its part, too, of %s',
      async (who) => {
        const { tenantId, call } = await merchant('Shop');
        if (who.includes('who is known')) await call('POST', '/contacts', xochitl);
        const event = await underWay(tenantId, (tx) => api.app.get(TakeShopFact).take(tx, tenantId, 'api', fact('1')));
        const { id } = (await call('POST', '/erasures', { customer: CUSTOMER })).body;
        const isOver = async () => (await call('GET', `/erasures/${id}`)).body.state !== 'waiting';
        await eventually(async () => (await isWaitedFor()) || (await isOver()), 60_000);
        event.end();
        await event.done;
        await eventually(isOver, 60_000);
        expect((await call('GET', `/erasures/${id}`)).body).toMatchObject({ state: 'done', remains: {} });
        expect(await kept(tenantId)).toBe(0);
      },
    );

    it('forgets its part, too, of a contact that is deleted', async () => {
      const { tenantId, call } = await merchant('Shop');
      const { id } = (await call('POST', '/contacts', xochitl)).body;
      const event = await underWay(tenantId, (tx) => api.app.get(TakeShopFact).take(tx, tenantId, 'api', fact('1')));
      let isOver = false;
      const deleting = call('DELETE', `/contacts/${id}`).then((answer) => {
        isOver = true;
        return answer;
      });
      await eventually(async () => isOver || (await isWaitedFor()), 60_000);
      event.end();
      await event.done;
      expect((await deleting).status).toBe(204);
      expect(await kept(tenantId)).toBe(0);
    });

    it('keeps nothing of an event that comes meanwhile, and takes the next one', async () => {
      const { tenantId, call } = await merchant('Shop');
      const tell = () => call('POST', '/events', { id: 'e1', ...fact('e1'), givenId: undefined, at: undefined });
      const forgetting = await underWay(tenantId, (tx) => forgetAlone(tx, tenantId, ['525512345678']));
      expect((await tell()).status).toBe(409);
      expect(await kept(tenantId)).toBe(0);
      forgetting.end();
      await forgetting.done;
      expect((await tell()).status).toBe(200);
    });
  });

  it('is told what is wrong with a number that is none', async () => {
    const shop = await merchant('Typing');
    expect((await shop.call('POST', '/erasures', { customer: 'my friend' })).status).toBe(400);
    expect((await shop.call('POST', '/erasures', {})).status).toBe(400);
  });
});
