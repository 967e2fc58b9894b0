import { Consents } from '#libs/consent';
import { ContactActivity, Contacts } from '#libs/contacts';
import { Database } from '#libs/persistence';
import { Tenants } from '#libs/tenants';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { EngagementModule } from '../engagement.module.js';

const DAY_MS = 86_400_000;

describe('a segment', () => {
  let database: TestDatabase;
  let api: RunningApp;
  let shop: FoundedNumber;
  let key: string;
  const ids: Record<string, string> = {};
  const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

  beforeAll(async () => {
    database = await cloneDatabase();
    api = await startApp(EngagementModule, testEnvironment(database), { name: 'engagement', describe: 'Engagement.' });
    shop = await foundNumber(database, 'shop');
    key = (await api.app.get(Tenants).issueApiKey(shop.tenantId, 'test')).apiKey;
    for (const [name, type] of [
      ['city', 'text'],
      ['orders', 'number'],
      ['born_on', 'date'],
      ['club', 'boolean'],
      ['next_visit', 'instant'],
    ]) {
      await call('PUT', `/contacts/attributes/${name}`, { type });
    }
    const people: [string, string, object, string[]][] = [
      ['ana', '+5215512345678', { city: 'CDMX', orders: 12, born_on: '1990-02-28', club: true }, ['vip']],
      ['bob', '+15551110002', { city: "O'Fallon", orders: 3, club: false }, ['new']],
      ['carla', '+5511987654321', { orders: 100, next_visit: '2026-12-01T10:00:00Z' }, []],
    ];
    for (const [name, phone, attributes, tags] of people) {
      const identifiers = [{ kind: 'phone', value: phone }];
      ids[name] = (await call('POST', '/contacts', { identifiers, name, attributes, tags })).body.id;
    }
    const named = await call('POST', '/contacts', {
      identifiers: [{ kind: 'username', value: 'dora_d' }],
      name: 'dora',
    });
    ids.dora = named.body.id;
    await api.app.get(Database).inTenant(shop.tenantId, async (tx) => {
      const { tenantId } = shop;
      const wa = { kind: 'wa_id', value: '5215512345678' } as const;
      await api.app.get(Contacts).seen(tx, tenantId, { identifiers: [wa], profileName: 'A', at: ago(10) });
      await api.app.get(ContactActivity).note(tx, tenantId, [
        { contactId: ids.bob as string, did: 'bought', at: ago(5) },
        { contactId: ids.bob as string, did: 'bought', at: ago(40) },
        { contactId: ids.carla as string, did: 'bought', at: ago(200) },
      ]);
      await api.app.get(Consents).record(tx, tenantId, [
        { customers: ['553111987654321'], purpose: 'marketing', state: 'granted', at: ago(1), source: 'api' },
        { customers: ['15551110002'], purpose: 'marketing', state: 'withdrawn', at: ago(1), source: 'api' },
        { customers: ['5511987654321'], purpose: 'marketing', state: 'granted', at: ago(1), source: 'api' },
      ]);
    });
    await database.owner.query(
      `INSERT INTO messages (tenant_id, message_id, phone_number_id, recipient, type, payload, lane, in_window, status, status_at,
                             not_before, expires_at, attempts)
       VALUES ($1, paloma_first_id(now() - interval '3 days'), $2, '5215512345678', 'text', '{}', 0, true, 'read', now(), now(), now(), 1)`,
      [shop.tenantId, shop.phoneNumberId],
    );
  });
  afterAll(async () => {
    await api.close();
    await database.drop();
  });

  const call = (method: string, path: string, body?: unknown) =>
    http(method, `${api.url}/api/v1${path}`, { token: key, body });
  const count = async (filter: object) => (await call('POST', '/segments/count', { filter })).body.contacts;

  it.each([
    [{ attribute: 'city', is: 'equal', value: 'CDMX' }, 1],
    [{ attribute: 'city', is: 'equal', value: "O'Fallon" }, 1],
    [{ attribute: 'city', is: 'contains', value: "o'f" }, 1],
    [{ attribute: 'city', is: 'begins', value: 'cd' }, 1],
    [{ attribute: 'city', is: 'set' }, 2],
    [{ not: { attribute: 'city', is: 'equal', value: 'CDMX' } }, 3],
    [{ attribute: 'orders', is: 'at_least', value: 12 }, 2],
    [{ attribute: 'orders', is: 'less', value: 12 }, 1],
    [{ attribute: 'orders', is: 'one_of', value: [3, 100] }, 2],
    [{ attribute: 'born_on', is: 'less', value: '1991-01-01' }, 1],
    [{ attribute: 'next_visit', is: 'more', value: '2026-12-01T09:00:00Z' }, 1],
    [{ attribute: 'club', is: 'equal', value: false }, 1],
    [{ tag: 'vip' }, 1],
    [{ did: 'wrote', in_last_days: 30 }, 1],
    [{ did: 'wrote', in_last_days: 5 }, 0],
    [{ did: 'bought', in_last_days: 90 }, 1],
    [{ did: 'bought', at_least: 2 }, 1],
    [{ did: 'read', in_last_days: 7 }, 1],
    [{ did: 'read', in_last_days: 1 }, 0],
    [{ consent: 'marketing', state: 'granted' }, 1],
    [{ consent: 'marketing', state: 'none' }, 2],
    [{ number_begins: '52' }, 1],
    [{ name_contains: 'AR' }, 1],
    [{ added_in_last_days: 1 }, 4],
    [{ all: [{ tag: 'vip' }, { any: [{ number_begins: '1' }, { did: 'wrote' }] }] }, 1],
  ])('%j means as many contacts as it should: %d', async (filter, contacts) => {
    expect(await count(filter)).toBe(contacts);
  });

  it('is counted before it is used: who can be reached, who opted out, who opted in', async () => {
    const size = await call('POST', '/segments/count', { filter: { added_in_last_days: 1 } });
    expect(size.body).toEqual({ contacts: 4, reachable: 3, opted_out: 1, opted_in: 1 });
  });

  it('keeps the attributes that it asks for, however deep, from being removed', async () => {
    await call('PUT', '/contacts/attributes/plan', { type: 'text' });
    const filter = { any: [{ tag: 'vip' }, { not: { all: [{ attribute: 'plan', is: 'set' }] } }] };
    const { id } = (await call('POST', '/segments', { name: 'Without plan', filter })).body;
    const refused = await call('DELETE', '/contacts/attributes/plan');
    expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringContaining('Without plan')]);
    await call('PUT', `/segments/${id}`, { filter: { tag: 'vip' } });
    expect((await call('DELETE', '/contacts/attributes/plan')).status).toBe(204);
    await call('DELETE', `/segments/${id}`);
  });

  it('is saved under a name of its own, changed and removed', async () => {
    const saved = await call('POST', '/segments', { name: 'Regulars', filter: { tag: 'vip' } });
    expect(saved).toMatchObject({ status: 201, body: { name: 'Regulars', filter: { tag: 'vip' } } });
    const { id } = saved.body;
    expect((await call('POST', '/segments', { name: 'Regulars', filter: { tag: 'x' } })).status).toBe(409);
    expect((await call('GET', `/segments/${id}/count`)).body.contacts).toBe(1);
    expect((await call('PUT', `/segments/${id}`, { filter: { not: { tag: 'vip' } } })).status).toBe(200);
    expect((await call('GET', `/segments/${id}/count`)).body.contacts).toBe(3);
    expect((await call('GET', '/segments')).body.data).toHaveLength(1);
    expect((await call('PUT', `/segments/${id}`, { filter: { tag: '' } })).status).toBe(400);
    expect((await call('DELETE', `/segments/${id}`)).status).toBe(204);
    expect((await call('GET', `/segments/${id}`)).status).toBe(404);
  });
});
