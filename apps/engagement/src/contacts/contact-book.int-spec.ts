import { Tenants } from '#libs/tenants';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { buyInShop, tracesInShop } from '../../../../test/support/shop-life.js';
import { EngagementModule } from '../engagement.module.js';

describe('a merchant’s book of contacts', () => {
  let database: TestDatabase;
  let api: RunningApp;
  let shop: FoundedNumber;
  let key: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    api = await startApp(EngagementModule, testEnvironment(database), { name: 'engagement', describe: 'Engagement.' });
  });
  afterAll(async () => {
    await api.close();
    await database.drop();
  });
  beforeEach(async () => {
    shop = await foundNumber(database, 'shop');
    key = (await api.app.get(Tenants).issueApiKey(shop.tenantId, 'test')).apiKey;
  });

  const call = (method: string, path: string, body?: unknown) =>
    http(method, `${api.url}/api/v1${path}`, { token: key, body });
  const phone = (value: string) => ({ kind: 'phone', value });
  const add = async (value: string, more: object = {}) =>
    (await call('POST', '/contacts', { identifiers: [phone(value)], ...more })).body;

  it('takes a contact once, however the number is written, and adds what is said of them', async () => {
    await call('PUT', '/contacts/attributes/city', { type: 'text' });
    const first = await add('+52 1 55 1234 5678', { name: 'Ana', tags: ['vip'], attributes: { city: 'CDMX' } });
    expect(first).toMatchObject({ name: 'Ana', tags: ['vip'], attributes: { city: 'CDMX' } });
    const second = await add('+52 55 1234 5678', { tags: ['new'] });
    expect(second).toMatchObject({ id: first.id, name: 'Ana', tags: ['new', 'vip'], attributes: { city: 'CDMX' } });
    expect((await call('GET', '/contacts?tag=vip')).body.data).toHaveLength(1);
    expect((await call('GET', '/contacts?tag=other')).body.data).toEqual([]);
  });

  it('keeps attributes by the type that the merchant gave them, and no others', async () => {
    await call('PUT', '/contacts/attributes/born_on', { type: 'date', label: 'Birthday' });
    const { id } = await add('+5215512345678');
    const wrong = await call('PATCH', `/contacts/${id}`, { attributes: { born_on: '30/02/1990', shoe_size: 42 } });
    expect(wrong).toMatchObject({
      status: 400,
      body: {
        error: { fields: { 'attributes.born_on': [expect.any(String)], 'attributes.shoe_size': [expect.any(String)] } },
      },
    });
    expect((await call('PATCH', `/contacts/${id}`, { attributes: { born_on: '1990-02-28' } })).body.attributes).toEqual(
      {
        born_on: '1990-02-28',
      },
    );
    expect((await call('PUT', '/contacts/attributes/born_on', { type: 'text' })).status).toBe(409);
    expect((await call('DELETE', '/contacts/attributes/born_on')).status).toBe(204);
    expect((await call('GET', `/contacts/${id}`)).body.attributes).toEqual({});
    expect((await call('PUT', '/contacts/attributes/Bad-Key', { type: 'text' })).status).toBe(400);
  });

  it('merges two contacts into one, to which both ids lead, and splits them again', async () => {
    const ana = await add('+15551110001', { name: 'Ana', tags: ['a'] });
    const other = await add('+15551110002', { name: 'Anita', tags: ['b'] });
    await call('POST', `/contacts/${other.id}/notes`, { text: 'likes blue' });
    const merged = await call('POST', `/contacts/${ana.id}/merge`, { contact_id: other.id });
    expect(merged.body).toMatchObject({ id: ana.id, name: 'Ana', tags: ['a', 'b'] });
    expect(merged.body.identifiers.map((i: { value: string }) => i.value)).toEqual(['+15551110001', '+15551110002']);
    expect((await call('GET', `/contacts/${other.id}`)).body.id).toBe(ana.id);
    expect((await call('GET', '/contacts')).body.data).toHaveLength(1);
    expect((await call('GET', `/contacts/${ana.id}/notes`)).body.data).toMatchObject([{ text: 'likes blue' }]);
    expect((await call('POST', `/contacts/${ana.id}/merge`, { contact_id: other.id })).status).toBe(404);

    const split = await call('POST', `/contacts/${ana.id}/split`, { identifiers: [phone('+15551110002')] });
    expect(split.body).toMatchObject({ name: null, identifiers: [phone('+15551110002')] });
    expect((await call('POST', `/contacts/${ana.id}/split`, { identifiers: [phone('+15551110001')] })).status).toBe(
      409,
    );
  });

  it('is one where several make it at once, and has what each said', async () => {
    const made = await Promise.all(
      ['a', 'b', 'c', 'd'].map((tag) =>
        call('POST', '/contacts', { identifiers: [phone('+15551110010')], tags: [tag] }),
      ),
    );
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const { data } = (await call('GET', '/contacts')).body;
    expect(data).toMatchObject([{ id: made[0]?.body.id, tags: ['a', 'b', 'c', 'd'] }]);
  });

  it('is not made of lists where identifiers should be', async () => {
    for (const identifiers of [[[]], [[[]]], [[phone('+15551110009')]]]) {
      const { status, body } = await call('POST', '/contacts', { identifiers });
      expect([status, Object.keys(body.error.fields)[0]]).toEqual([400, expect.stringContaining('identifiers')]);
    }
  });

  it('does not move an identifier from one contact to another by adding it', async () => {
    const ana = await add('+15551110003');
    await add('+15551110004');
    const refused = await call('POST', `/contacts/${ana.id}/identifiers`, { identifiers: [phone('+15551110004')] });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
    expect((await call('GET', `/contacts/${ana.id}`)).body.identifiers).toEqual([phone('+15551110003')]);
  });

  it('erases a contact, whose opt-out holds all the same', async () => {
    const ana = await add('+15551110005', { name: 'Ana' });
    await call('POST', '/consents', { contact_id: ana.id, purpose: 'marketing', state: 'withdrawn' });
    expect((await call('DELETE', `/contacts/${ana.id}`)).status).toBe(204);
    expect((await call('GET', `/contacts/${ana.id}`)).status).toBe(404);
    const { rows } = await database.owner.query('SELECT name, attributes FROM contacts WHERE contact_id = $1', [
      ana.id,
    ]);
    expect(rows).toEqual([{ name: null, attributes: {} }]);
    expect((await call('GET', '/consents?customer=%2B15551110005')).body.standing).toMatchObject([
      { purpose: 'marketing', state: 'withdrawn' },
    ]);
  });

  it('erases with a contact what is kept by its id alone, so that nothing is left that a later erasure could not find', async () => {
    const [ana, ben] = [await add('+15551110015'), await add('+15551110016')];
    for (const { id } of [ana, ben]) await buyInShop(database, shop, id);
    const kept = (id: string) => tracesInShop(database, id);
    const all = { shop_events: 1, automation_runs: 1, automation_steps: 1, shop_orders: 1 };
    expect(await kept(ana.id)).toEqual(all);

    expect((await call('DELETE', `/contacts/${ana.id}`)).status).toBe(204);

    expect(await kept(ana.id)).toEqual({ shop_events: 0, automation_runs: 0, automation_steps: 0, shop_orders: 0 });
    expect(await kept(ben.id)).toEqual(all);
    const { rows } = await database.owner.query(
      'SELECT total, note, meta_message_id = order_id::text AS unnamed FROM shop_orders WHERE contact_id = $1',
      [ana.id],
    );
    expect(rows).toEqual([{ total: '10.00', note: null, unnamed: true }]);
  });

  it('says what a customer agreed to under any of their identifiers, with wording and proof', async () => {
    const ana = await add('+15551110006');
    const consent = {
      customer: '+15551110006',
      purpose: 'marketing',
      state: 'granted',
      at: '2026-01-01T10:00:00Z',
      wording: 'Tell me about offers on WhatsApp',
      proof: { page: 'https://shop.example/' },
    };
    expect((await call('POST', '/consents', consent)).body).toMatchObject({ holds: true });
    await call('POST', `/contacts/${ana.id}/identifiers`, { identifiers: [{ kind: 'user_id', value: 'US.77' }] });
    const read = (await call('GET', '/consents?customer=US.77')).body;
    expect(read.standing).toMatchObject([{ purpose: 'marketing', state: 'granted', source: 'api' }]);
    expect(read.data).toMatchObject([
      {
        wording: consent.wording,
        proof: consent.proof,
        made_by: expect.stringMatching(/^key:/),
        at: '2026-01-01T10:00:00.000Z',
      },
    ]);
    const older = { ...consent, state: 'withdrawn', at: '2025-12-31T10:00:00Z' };
    expect((await call('POST', '/consents', older)).body).toMatchObject({ holds: false });
    expect((await call('POST', '/consents', { ...consent, at: '2099-01-01' })).status).toBe(400);
    const told = await database.owner.query(
      `SELECT body::json -> 'data' ->> 'state' AS state FROM tenant_events WHERE tenant_id = $1 AND kind = 'consent_update'`,
      [shop.tenantId],
    );
    expect(told.rows).toEqual([{ state: 'granted' }]);
  });

  it('lets a merchant ask for opt-ins, and name words of its own', async () => {
    const rules = { opt_in_for: ['marketing'], stop_words: ['ya no'], start_words: [] };
    expect((await call('GET', '/consents/settings')).body).toEqual({ opt_in_for: [], stop_words: [], start_words: [] });
    expect((await call('PUT', '/consents/settings', rules)).body).toEqual(rules);
    expect((await call('GET', '/consents/settings')).body).toEqual(rules);
    expect((await call('PUT', '/consents/settings', { ...rules, opt_in_for: ['spam'] })).status).toBe(400);
  });
});
