import { EditContacts } from '#libs/contacts';
import { Database } from '#libs/persistence';
import { Tenants } from '#libs/tenants';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { foundNumber } from '../../../../test/support/numbers.js';
import { EngagementModule } from '../engagement.module.js';

describe('quick replies', () => {
  let database: TestDatabase;
  let api: RunningApp;

  beforeAll(async () => {
    database = await cloneDatabase();
    api = await startApp(EngagementModule, testEnvironment(database), { name: 'engagement', describe: 'Engagement.' });
  });
  afterAll(async () => {
    await api.close();
    await database.drop();
  });

  async function shop() {
    const { tenantId } = await foundNumber(database, 'shop');
    const token = (await api.app.get(Tenants).issueApiKey(tenantId, 'test')).apiKey;
    return {
      tenantId,
      call: (method: string, path = '', body?: unknown) =>
        http(method, `${api.url}/api/v1/quick-replies${path}`, { token, body }),
    };
  }

  it('are found by what an agent has typed, in one language or all, and by no sign of a pattern', async () => {
    const { call } = await shop();
    for (const [shortcut, language] of [
      ['hours', 'es'],
      ['hours', 'pt_BR'],
      ['hotel', 'es'],
      ['bye', 'es'],
    ] as const) {
      expect((await call('PUT', '', { shortcut, language, text: `${shortcut} ${language}` })).status).toBe(200);
    }
    const texts = async (query: string) => (await call('GET', query)).body.data.map((r: { text: string }) => r.text);
    expect(await texts('?prefix=Ho')).toEqual(['hotel es', 'hours es', 'hours pt_BR']);
    expect(await texts('?prefix=hour&language=es')).toEqual(['hours es']);
    expect(await texts('?prefix=%25')).toEqual([]);
    await call('PUT', '', { shortcut: 'hours', language: 'es', text: 'changed' });
    expect(await texts('?prefix=hour&language=es')).toEqual(['changed']);
    expect(await texts('')).toHaveLength(4);
  });

  it('are filled in for a customer, and are the merchant’s alone', async () => {
    const [{ tenantId, call }, stranger] = [await shop(), await shop()];
    const { body } = await call('PUT', '', { shortcut: 'hi', language: 'en', text: 'Hi {{name}}!' });
    const { contactId } = await api.app
      .get(Database)
      .inTenant(tenantId, (tx) =>
        api.app.get(EditContacts).put(tx, tenantId, [{ kind: 'phone', value: '+5215512345678' }], { name: 'Ana' }),
      );
    const filled = await call('POST', `/${body.id}/fill`, { contact_id: contactId });
    expect(filled.body.message).toEqual({ type: 'text', text: { body: 'Hi Ana!' } });
    expect((await stranger.call('POST', `/${body.id}/fill`, { contact_id: contactId })).status).toBe(404);
    expect((await stranger.call('DELETE', `/${body.id}`)).status).toBe(404);
    expect((await stranger.call('GET', '?prefix=hi')).body.data).toEqual([]);
    expect((await call('DELETE', `/${body.id}`)).status).toBe(204);
  });

  it('with a file name it once', async () => {
    const { call } = await shop();
    const reply = { shortcut: 'menu', language: 'es', text: 'Menu' };
    expect((await call('PUT', '', { ...reply, media: { type: 'image' } })).status).toBe(400);
    const media = { type: 'image', link: 'https://shop.example/menu.jpg' };
    expect((await call('PUT', '', { ...reply, media })).body.media).toEqual(media);
  });
});
