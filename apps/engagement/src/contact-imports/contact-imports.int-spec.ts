import { Database } from '#libs/persistence';
import { Tenants } from '#libs/tenants';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { EngagementModule } from '../engagement.module.js';
import { EngagementWorkerModule } from '../engagement-worker.module.js';
import { ContactImports } from './contact-imports.js';
import { RunImports } from './run-imports.js';

describe('an import of contacts', () => {
  let database: TestDatabase;
  let environment: Record<string, string>;
  let api: RunningApp;
  let worker: RunningApp;
  let shop: FoundedNumber;
  let key: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    environment = testEnvironment(database);
    api = await startApp(EngagementModule, environment, { name: 'engagement', describe: 'Engagement.' });
    worker = await startApp(EngagementWorkerModule, environment);
  });
  afterAll(async () => {
    await worker.close();
    await api.close();
    await database.drop();
  });
  beforeEach(async () => {
    shop = await foundNumber(database, 'shop');
    key = (await api.app.get(Tenants).issueApiKey(shop.tenantId, 'test')).apiKey;
  });

  const call = (method: string, path: string, body?: unknown) =>
    http(method, `${api.url}/api/v1${path}`, { token: key, body });
  const send = (csv: string | Buffer, query: Record<string, string> = {}, headers: Record<string, string> = {}) =>
    fetch(`${api.url}/api/v1/contacts/imports?${new URLSearchParams(query)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv', ...headers },
      body: csv,
    });
  const ended = (id: string) =>
    eventually(async () => {
      const { body } = await call('GET', `/contacts/imports/${id}`);
      return body.state !== 'waiting' && body;
    }, 60_000);
  const taken = async (csv: string | Buffer, query?: Record<string, string>) => {
    const answer = await send(csv, query);
    expect(answer.status).toBe(202);
    return ended(((await answer.json()) as { id: string }).id);
  };

  it('takes rows in once each, adds to who is there, and says of each refused row why', async () => {
    await call('PUT', '/contacts/attributes/ciudad', { type: 'text' });
    await call('PUT', '/contacts/attributes/orders', { type: 'number' });
    await call('POST', '/contacts', {
      identifiers: [{ kind: 'phone', value: '+5215500000001' }],
      name: 'Old',
      tags: ['a'],
    });
    const csv = [
      'Teléfono;Nombre;Ciudad;Pedidos;Etiquetas',
      '55 0000 0001;"Ana; María";CDMX;3;vip',
      '+52 1 55 0000 0002;Bob;;x;',
      '',
      '123;Carla;Puebla;;',
      '5215500000004;"Dora ""D""\nMuñoz";;7;vip,new',
      '5215500000004;;Oaxaca;;',
    ].join('\r\n');
    const done = await taken(Buffer.from(csv, 'latin1'), {
      country: 'MX',
      tags: 'fair',
      columns: '{"Pedidos":"attribute:orders"}',
    });
    expect(done).toMatchObject({
      state: 'done',
      columns: ['phone', 'name', 'attribute:ciudad', 'attribute:orders', 'tags'],
      rows: 6,
      rows_done: 6,
      created: 1,
      updated: 2,
      refused: 2,
    });
    const report = await call('GET', `/contacts/imports/${done.id}/refusals`);
    expect(report.body.split('\r\n').slice(1, 3)).toEqual([
      expect.stringMatching(/^2,"?orders ""?x""? must be a number/),
      expect.stringMatching(/^4,"?phone ""?123""? must be a phone number/),
    ]);
    const found = (await call('GET', '/contacts')).body.data;
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'Ana; María',
          attributes: { ciudad: 'CDMX', orders: 3 },
          tags: ['a', 'fair', 'vip'],
        }),
        expect.objectContaining({
          name: 'Dora "D"\nMuñoz',
          attributes: { ciudad: 'Oaxaca', orders: 7 },
          tags: ['fair', 'new', 'vip'],
        }),
      ]),
    );
    expect(
      (await taken(Buffer.from(csv, 'latin1'), { country: 'MX', columns: '{"Pedidos":"attribute:orders"}' })).created,
    ).toBe(0);
    expect((await call('GET', '/contacts')).body.data).toHaveLength(2);
  });

  it('records what its people agreed to, and brings nobody back who opted out since', async () => {
    await call('POST', '/consents', { customer: '+15551110001', purpose: 'marketing', state: 'withdrawn' });
    const consent = { consent_purpose: 'marketing', consent_wording: 'Offers by WhatsApp', consent_at: '2026-01-01' };
    await taken('phone,consent\n+15551110001,yes\n+15551110002,yes\n+15551110003,no\n+15551110004,\n', consent);
    const states = await Promise.all(
      [1, 2, 3, 4].map(async (n) => {
        const { standing, data } = (await call('GET', `/consents?customer=%2B1555111000${n}`)).body;
        return [standing[0]?.state, data.length];
      }),
    );
    expect(states).toEqual([
      ['withdrawn', 2],
      ['granted', 1],
      ['withdrawn', 1],
      [undefined, 0],
    ]);
    const refused = async (csv: string, query: Record<string, string>) => {
      const answer = await send(csv, query);
      return [answer.status, ((await answer.json()) as { error: { message: string } }).error.message];
    };
    const bare = await refused('phone\n+15551110001\n', { consent_purpose: 'marketing' });
    expect(bare).toEqual([400, expect.stringContaining('consent_wording')]);
    // It would outdo every opt-out of the time until then.
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const ahead = await refused('phone\n+15551110001\n', { ...consent, consent_at: tomorrow });
    expect(ahead).toEqual([400, expect.stringContaining('consent_at')]);
    // Whoever said no in it would be written to all the same.
    expect(await refused('phone,consent\n+15551110005,no\n', {})).toEqual([
      400,
      expect.stringContaining('consent_purpose'),
    ]);
    const left = await taken('phone,consent\n+15551110005,no\n', { columns: '{"consent":"ignore"}' });
    expect(left).toMatchObject({ created: 1, refused: 0 });
  });

  it('refuses a row that no text here can hold, and goes on, as do those of other merchants', async () => {
    // The last one's tag is cut in the middle of a character.
    const cut = `${'x'.repeat(49)}😀`;
    const poisoned = `phone,name,tags\n+15551113331,A\0\n+1555\0,B\n+15551113333,C,${cut}\n`;
    const first = { id: ((await (await send(poisoned)).json()) as { id: string }).id, key };
    const other = await foundNumber(database, 'other');
    key = (await api.app.get(Tenants).issueApiKey(other.tenantId, 'test')).apiKey;
    expect(await taken('phone,name\n+15551113334,Good\n')).toMatchObject({ state: 'done', created: 1, refused: 0 });
    key = first.key;
    expect(await ended(first.id)).toMatchObject({ state: 'done', rows_done: 3, created: 1, refused: 2 });
    const { body } = await call('GET', `/contacts/imports/${first.id}/refusals`);
    expect(body.split('\r\n').slice(1, 3)).toEqual([
      `1,field 2 contains the character U+0000,"'+15551113331,A"`,
      `2,field 1 contains the character U+0000,"'+1555,B"`,
    ]);
  });

  it.each([
    ['is empty', ''],
    ['no column holds a phone', 'name,city\nAna,CDMX\n'],
    ['does not end', `phone\n"${'x'.repeat(300_000)}`],
  ])('refuses a file that cannot be one: it %s', async (why, csv) => {
    const answer = await send(csv.slice(0, 400_000));
    expect(answer.status).toBe(400);
    expect(JSON.stringify(await answer.json())).toContain(why);
  });

  it('goes on where a killed worker left it, and takes nothing twice', async () => {
    const imports = worker.app.get(ContactImports);
    const run = worker.app.get(RunImports);
    const { tenantId } = shop;
    const plan = { delimiter: ',', targets: ['phone' as const], tags: [] };
    const id = await imports.begin(tenantId, { name: 'cut', plan, madeBy: 'key:x' });
    const piece = (nth: number, numbers: string[]) =>
      imports.keep(tenantId, id, nth, {
        bytes: Buffer.from(numbers.map((n) => `+155522200${n}\n`).join('')),
        firstRow: 1 + nth * 2,
        rows: 2,
      });
    await piece(0, ['01', '02']);
    await piece(1, ['03', '02']);
    // Still receiving: nothing is taken in before the whole file is there.
    expect(await run.takePiece(tenantId, id)).toBe(false);
    const failing = worker.app.get(Database).inTenant.bind(worker.app.get(Database));
    await failing(tenantId, (tx) => imports.move(tx, tenantId, id, 'waiting'));
    await eventually(async () => (await call('GET', `/contacts/imports/${id}`)).body.state === 'done', 60_000);
    expect((await call('GET', `/contacts/imports/${id}`)).body).toMatchObject({ created: 3, updated: 1, rows_done: 4 });
    const { rows } = await database.owner.query('SELECT FROM contact_import_pieces WHERE tenant_id = $1', [tenantId]);
    expect(rows).toEqual([]);
  });

  it('is one import when the same call is made twice with its Idempotency-Key', async () => {
    const again = () => send('phone\n+15551118888\n', {}, { 'idempotency-key': 'file-1' }).then((a) => a.json());
    const [first, second] = [(await again()) as { id: string }, (await again()) as { id: string }];
    expect(second.id).toBe(first.id);
    expect((await call('GET', '/contacts/imports')).body.data).toHaveLength(1);
  });

  it('is the only call with a body of CSV: any other is refused, with a key or without, and the app lives on', async () => {
    const paths = [
      'opt-in/01a20868-4e43-70c5-9eb6-83988b97952f',
      'webhooks/shops/x',
      'api/v1/contacts',
      'api/v1/events',
    ];
    for (const path of paths) {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/csv' };
      const { status } = await fetch(`${api.url}/${path}`, { method: 'POST', headers, body: 'phone\n5215500000001\n' });
      expect([path, status]).toEqual([path, 415]);
    }
    expect((await taken('phone\n5215500000001\n')).state).toBe('done');
  });

  it('is not shown to another merchant', async () => {
    const done = await taken('phone\n+15551119999\n');
    const other = await foundNumber(database, 'other');
    key = (await api.app.get(Tenants).issueApiKey(other.tenantId, 'test')).apiKey;
    expect((await call('GET', `/contacts/imports/${done.id}`)).status).toBe(404);
    expect((await call('GET', `/contacts/imports/${done.id}/refusals`)).status).toBe(404);
    expect((await call('GET', '/contacts/imports')).body.data).toEqual([]);
  });

  it('takes what an export gave, and changes nothing by it', async () => {
    await call('PUT', '/contacts/attributes/city', { type: 'text' });
    await call('PUT', '/contacts/attributes/points', { type: 'number' });
    await call('POST', '/contacts', {
      identifiers: [{ kind: 'phone', value: '+15551112222' }],
      name: '=Ana, "A"',
      tags: ['-old', '@home'],
      attributes: { city: "'til", points: -5 },
    });
    const file = (await call('GET', '/contacts/export')).body as string;
    expect(file).toContain(`"'=Ana, ""A""",+15551112222,`);
    const before = (await call('GET', '/contacts')).body.data;
    expect(await taken(file)).toMatchObject({ created: 0, updated: 1, refused: 0 });
    const after = (await call('GET', '/contacts')).body.data;
    expect(after.map((c: object) => ({ ...c, updated_at: null }))).toEqual(
      before.map((c: object) => ({ ...c, updated_at: null })),
    );
  });

  describe('with what each customer agreed to', () => {
    const ana = '+15551112222';
    const consentOf = async (customer = ana) =>
      (await call('GET', `/consents?customer=${encodeURIComponent(customer)}`)).body;
    const record = (state: string, at: string, more: object = {}) =>
      call('POST', '/consents', { customer: ana, purpose: 'marketing', state, at, ...more });
    const moved = async () => {
      const other = await foundNumber(database, 'other');
      key = (await api.app.get(Tenants).issueApiKey(other.tenantId, 'test')).apiKey;
    };
    const exported = async () => (await call('GET', '/contacts/export')).body as string;
    beforeEach(() => call('POST', '/contacts', { identifiers: [{ kind: 'phone', value: ana }] }));

    it('says so in an export, which comes back without a trace and tells another house the same', async () => {
      await record('granted', '2026-01-02T03:04:05Z', { wording: 'Offers, "twice" a month' });
      await call('POST', '/consents', {
        customer: ana,
        purpose: 'utility',
        state: 'withdrawn',
        at: '2026-02-03T00:00:00Z',
      });
      const [before, file] = [await consentOf(), await exported()];
      expect(file).toContain('granted,2026-01-02T03:04:05.000Z,api,"Offers, ""twice"" a month",withdrawn,2026-02-03');
      expect(await taken(file)).toMatchObject({ updated: 1, refused: 0 });
      expect(await consentOf()).toEqual(before);

      await moved();
      expect(await taken(file)).toMatchObject({ created: 1, refused: 0 });
      await taken(file);
      const { standing, data } = await consentOf();
      expect(standing.map((s: { purpose: string; state: string; at: string }) => [s.purpose, s.state, s.at])).toEqual([
        ['marketing', 'granted', '2026-01-02T03:04:05.000Z'],
        ['utility', 'withdrawn', '2026-02-03T00:00:00.000Z'],
      ]);
      expect(data).toHaveLength(2);
      expect(data.find((d: { purpose: string }) => d.purpose === 'marketing')).toMatchObject({
        source: 'import',
        wording: 'Offers, "twice" a month',
        proof: { source: 'api' },
      });
    });

    it('takes back no opt-out that came after the file was made, and no time that has not come', async () => {
      await record('granted', '2026-01-02T03:04:05Z');
      const file = await exported();
      await record('withdrawn', '2026-03-01T00:00:00Z');
      expect(await taken(file)).toMatchObject({ updated: 1, refused: 0 });
      expect((await consentOf()).standing).toMatchObject([{ state: 'withdrawn', source: 'api' }]);
      const rows = ['granted,2999-01-01', 'granted,', 'maybe,2026-01-01', 'granted,01/02/2026'];
      const bad = await taken(
        `phone,consent:marketing,consent_at:marketing\n${rows.map((r) => `${ana},${r}\n`).join('')}`,
      );
      expect(bad).toMatchObject({ updated: 0, refused: 4 });
      expect((await consentOf()).standing).toMatchObject([{ state: 'withdrawn', source: 'api' }]);
    });

    it('needs the time, and is not outdone by what is said of the whole file', async () => {
      const ofAll = { consent_purpose: 'marketing', consent_wording: 'Offers', consent_at: '2026-06-01' };
      const refused = async (csv: string, query: Record<string, string>) =>
        ((await (await send(csv, query)).json()) as { error: { message: string } }).error.message;
      expect(await refused(`phone,consent:marketing\n${ana},no\n`, {})).toContain('consent_at:marketing');
      await record('withdrawn', '2026-03-01T00:00:00Z');
      const file = await exported();
      expect(await refused(file, ofAll)).toContain('leave consent_purpose out');
      expect((await consentOf()).standing).toMatchObject([{ state: 'withdrawn' }]);
    });
  });
});
