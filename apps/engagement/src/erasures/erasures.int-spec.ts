import { Tenants } from '#libs/tenants';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { foundNumber } from '../../../../test/support/numbers.js';
import { AdminWorkerModule } from '../../../admin/src/admin-worker.module.js';
import { EngagementModule } from '../engagement.module.js';

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
    }, 30_000);

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

  it('is told what is wrong with a number that is none', async () => {
    const shop = await merchant('Typing');
    expect((await shop.call('POST', '/erasures', { customer: 'my friend' })).status).toBe(400);
    expect((await shop.call('POST', '/erasures', {})).status).toBe(400);
  });
});
