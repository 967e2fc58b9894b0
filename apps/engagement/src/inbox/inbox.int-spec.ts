import { randomUUID } from 'node:crypto';
import { Inbound } from '#libs/inbound';
import { Sessions } from '#libs/sessions';
import { type KeyScope, Tenants, UserSessions } from '#libs/tenants';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, connect, type TestDatabase } from '../../../../test/support/database.js';
import { GatewayDoor } from '../../../../test/support/gateway-door.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { EngagementModule } from '../engagement.module.js';
import { EngagementWorkerModule } from '../engagement-worker.module.js';
import { TakeInbound } from '../inbound/take-inbound.js';
import { LateTickets } from './late-tickets.js';

const ANA = '5215512345678';

describe('an inbox', () => {
  let database: TestDatabase;
  let connection: Awaited<ReturnType<typeof connect>>;
  let door: GatewayDoor;
  let api: RunningApp;
  let worker: RunningApp;
  let written = 0;

  beforeAll(async () => {
    database = await cloneDatabase();
    door = await GatewayDoor.open();
    const environment = testEnvironment(database, { GATEWAY_URL: door.url });
    api = await startApp(EngagementModule, environment, { name: 'engagement', describe: 'Engagement.' });
    worker = await startApp(EngagementWorkerModule, environment);
    connection = await connect(database.appUrl);
  });
  afterAll(async () => {
    await worker.close();
    await api.close();
    await connection.close();
    await door.close();
    await database.drop();
  });

  /** A shop with a key, and as many agents as there are names; `as(name)` speaks as one of them. */
  async function shopWith(...names: string[]) {
    const shop = await foundNumber(database, ['shop', ...names].join(' '));
    const key = (await api.app.get(Tenants).issueApiKey(shop.tenantId, 'test')).apiKey;
    const by = (token: string) => (method: string, path: string, body?: unknown) =>
      http(method, `${api.url}/api/v1/inbox${path}`, { token, body });
    const asKey = by(key);
    const agents: Record<string, { id: string; token: string; call: typeof asKey }> = {};
    for (const name of names) {
      const id = randomUUID();
      await database.owner.query(
        `INSERT INTO tenant_users (tenant_id, user_id, email, password_hash, role, created_at) VALUES ($1, $2, $3, '', 'agent', now())`,
        [shop.tenantId, id, `${id}@shop.example`],
      );
      const { sessionId } = await api.app.get(UserSessions).open(shop.tenantId, id, {});
      const session = { subject: id, tenantId: shop.tenantId, role: 'agent', sessionId };
      const { accessToken } = api.app.get(Sessions).issue(session);
      await asKey('PUT', `/agents/${id}`, { name, available: true, skills: [], capacity: 2 });
      agents[name] = { id, token: accessToken, call: by(accessToken) };
    }
    return { ...shop, key, call: asKey, agents };
  }
  const writes = async (shop: FoundedNumber, text: string, customer = ANA) => {
    const from = { customer, customerName: 'Ana', type: 'text', at: new Date() };
    const metaMessageId = `wamid.${++written}`;
    const name = /^\d+$/.test(customer) ? { from: customer } : { from_user_id: customer };
    const payload = { ...name, type: 'text', text: { body: text } };
    await connection.db.inTenant(shop.tenantId, (tx) =>
      new Inbound().record(tx, shop.tenantId, {
        ...from,
        phoneNumberId: shop.phoneNumberId,
        metaMessageId,
        payload,
      }),
    );
    await worker.app.get(TakeInbound).takeNext(shop.tenantId);
  };
  const only = async (shop: { call: (m: string, p: string) => ReturnType<typeof http> }) =>
    (await shop.call('GET', '/conversations')).body.data[0];
  const toldOf = async ({ tenantId }: FoundedNumber) =>
    (
      await database.owner.query(
        `SELECT body::json ->> 'event' AS event FROM tenant_events WHERE tenant_id = $1 AND kind = 'inbox_update' ORDER BY event_id`,
        [tenantId],
      )
    ).rows.map((r) => r.event);

  it('gives who writes to the agent whose turn it is, with a ticket, and tells the merchant’s endpoints', async () => {
    const shop = await shopWith('Bea', 'Cid');
    const { Bea, Cid } = shop.agents as Record<'Bea' | 'Cid', { id: string }>;
    const team = await shop.call('PUT', '/teams', {
      name: 'sales',
      assignment: 'round_robin',
      members: [Bea.id, Cid.id],
    });
    await shop.call('PUT', '/settings', { desk: 'inbox', team: team.body.id });
    for (const n of [1, 2, 3]) await writes(shop, 'hola', `521550000000${n}`);
    const { data } = (await shop.call('GET', '/conversations?unsolved=true')).body;
    expect(data.filter((c: { agent: string }) => c.agent === Bea.id).length).toBeGreaterThan(0);
    expect(data.filter((c: { agent: string }) => c.agent === Cid.id).length).toBeGreaterThan(0);
    expect((await shop.call('GET', '/tickets?status=open')).body.data).toHaveLength(3);
    expect(await toldOf(shop)).toEqual(Array(3).fill(['ticket_changed', 'owner_changed']).flat());
  });

  it('lets who is full be, and gives what waits to who comes', async () => {
    const shop = await shopWith('Bea');
    const { Bea } = shop.agents as Record<'Bea', { id: string; call: typeof shop.call }>;
    const team = await shop.call('PUT', '/teams', { name: 'sales', assignment: 'load', members: [Bea.id] });
    await shop.call('PUT', '/settings', { desk: 'inbox', team: team.body.id });
    await Bea.call('PUT', `/agents/${Bea.id}/availability`, { available: false });
    for (const n of [1, 2, 3]) await writes(shop, 'hola', `521550000000${n}`);
    const owned = async () => (await shop.call('GET', `/conversations?agent=${Bea.id}`)).body.data;
    expect(await owned()).toHaveLength(0);
    expect((await Bea.call('PUT', `/agents/${Bea.id}/availability`, { available: true })).body.load).toBe(2);
    const [mine] = await owned();
    const [ticket] = (await shop.call('GET', `/tickets?conversation=${mine.id}`)).body.data;
    expect((await Bea.call('PATCH', `/tickets/${ticket.id}`, { status: 'solved' })).body.status).toBe('solved');
    expect((await owned()).map((c: { id: string }) => c.id)).not.toContain(mine.id);
    expect(await owned()).toHaveLength(2);
    expect((await Bea.call('PATCH', `/tickets/${ticket.id}`, { status: 'pending' })).status).toBe(409);
  });

  it('gives what nobody has to who knows what it takes, when people say what that is', async () => {
    const shop = await shopWith('Bea', 'Cid');
    const { Bea, Cid } = shop.agents as Record<'Bea' | 'Cid', { id: string }>;
    await shop.call('PUT', `/agents/${Cid.id}`, { name: 'Cid', available: true, skills: ['wholesale'], capacity: 2 });
    const members = [Bea.id, Cid.id];
    const team = (await shop.call('PUT', '/teams', { name: 'sales', assignment: 'skill', members })).body.id;
    const customers = ['5215511110001', '5215511110002', '5215511110003'];
    for (const customer of customers) await writes(shop, 'hola', customer);
    const waiting = (await shop.call('GET', '/conversations')).body.data;
    const skills = ['wholesale'];
    await shop.call('POST', `/conversations/${waiting[0].id}/give`, { to: 'team', team, skills });
    await shop.call('POST', `/conversations/${waiting[1].id}/give`, { to: 'team', team, skills });
    await shop.call('POST', `/conversations/${waiting[2].id}/give`, { to: 'team', team, skills: ['repairs'] });
    const agents = await Promise.all(
      waiting.map(async ({ id }: { id: string }) => (await shop.call('GET', `/conversations/${id}`)).body.agent),
    );
    expect(agents).toEqual([Cid.id, Cid.id, null]);
  });

  it('keeps two agents from answering one customer', async () => {
    const shop = await shopWith('Bea', 'Cid');
    const { Bea, Cid } = shop.agents as Record<'Bea' | 'Cid', { id: string; call: typeof shop.call }>;
    await writes(shop, 'hola', '5215511110000');
    const { id, last_line_id: seen } = await only(shop);
    expect((await Bea.call('POST', `/conversations/${id}/presence`, { doing: 'typing' })).body.others).toEqual([]);
    expect((await Cid.call('POST', `/conversations/${id}/presence`, { doing: 'viewing' })).body.others).toEqual([
      { agent: `user:${Bea.id}`, doing: 'typing' },
    ]);
    const replied = await Bea.call('POST', `/conversations/${id}/messages`, { text: 'Hola Ana', seen_line_id: seen });
    expect(replied.status).toBe(201);
    expect(await only(shop)).toMatchObject({
      owner: 'agent',
      agent: Bea.id,
      unread: 0,
      last_line_id: replied.body.line_id,
    });
    expect((await Cid.call('POST', `/conversations/${id}/messages`, { text: 'Hola' })).status).toBe(409);
    const stale = await Cid.call('POST', `/conversations/${id}/messages`, {
      text: 'Hola',
      take: true,
      seen_line_id: seen,
    });
    expect(stale.status).toBe(409);
    expect(door.said('5215511110000')).toEqual(['Hola Ana']);
    expect(door.taken.at(-1)).toMatchObject({ origin: `inbox:${id}`, number: shop.metaPhoneNumberId });
    expect((await shop.call('GET', '/tickets')).body.data[0].first_replied_at).not.toBeNull();
  });

  it('has one ticket at a time: a solved one is not opened again beside the next', async () => {
    const shop = await shopWith();
    await writes(shop, 'hola');
    const [first] = (await shop.call('GET', '/tickets')).body.data;
    expect((await shop.call('PATCH', `/tickets/${first.id}`, { status: 'solved' })).status).toBe(200);
    await writes(shop, 'one more thing');
    const [second] = (await shop.call('GET', '/tickets')).body.data;
    const refused = await shop.call('PATCH', `/tickets/${first.id}`, { status: 'open' });
    expect([refused.status, refused.body.error.message]).toEqual([409, expect.stringContaining(second.id)]);
    expect((await shop.call('PATCH', `/tickets/${first.id}`, { subject: 'Shoes' })).status).toBe(200);
    expect((await shop.call('PATCH', `/tickets/${second.id}`, { status: 'solved' })).status).toBe(200);
    expect((await shop.call('PATCH', `/tickets/${first.id}`, { status: 'open' })).body.status).toBe('open');
  });

  it('is given to a team that is busy with customers at that moment, and one of them is this one', async () => {
    const shop = await shopWith('Bea');
    const { Bea } = shop.agents as Record<'Bea', { id: string }>;
    const team = (await shop.call('PUT', '/teams', { name: 'sales', assignment: 'load', members: [Bea.id] })).body.id;
    await writes(shop, 'hola');
    const { id } = await only(shop);
    // As a batch of messages: it has chosen an agent of the team for one customer, and this one's message comes next.
    const { owner } = database;
    await owner.query('BEGIN');
    await owner.query(`SET LOCAL deadlock_timeout = '10s'`);
    await owner.query('SELECT FROM inbox_teams WHERE team_id = $1 FOR UPDATE', [team]);
    const giving = shop.call('POST', `/conversations/${id}/give`, { to: 'team', team });
    await eventually(async () => {
      const waits = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return (await connection.db.query(waits)).length > 0;
    });
    const message = owner.query('SELECT FROM inbox_conversations WHERE conversation_id = $1 FOR UPDATE', [id]);
    await message.then(
      () => owner.query('COMMIT'),
      () => owner.query('ROLLBACK'),
    );
    expect([(await giving).status, (await giving).body.agent]).toEqual([200, Bea.id]);
  });

  it('is listed on more screens at once than there are connections, as when something changed on all of them', async () => {
    const shop = await shopWith();
    await writes(shop, 'hola');
    const { status, body } = await only(shop).then(({ id }) => shop.call('GET', `/conversations/${id}`));
    expect([status, body.phone_number_id]).toEqual([200, shop.metaPhoneNumberId]);
    const began = performance.now();
    const lists = await Promise.all(Array.from({ length: 20 }, () => shop.call('GET', '/conversations')));
    expect(lists.map((l) => [l.status, l.body.data?.length])).toEqual(Array(20).fill([200, 1]));
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it('answers who hides their number, and no reply goes to anybody else', async () => {
    const shop = await shopWith('Bea');
    const { Bea } = shop.agents as Record<'Bea', { id: string; call: typeof shop.call }>;
    const hidden = 'US.13491208655302741918';
    const working_hours = { time_zone: 'UTC', days: [], holidays: [] };
    await shop.call('PUT', '/settings', { desk: 'inbox', working_hours, away_message: 'We open at nine.' });
    await writes(shop, 'hola', hidden);
    await eventually(async () => door.said(hidden).length === 1);
    const { id } = await only(shop);
    expect((await Bea.call('POST', `/conversations/${id}/messages`, { text: 'Hola' })).status).toBe(201);
    const elsewhere = { to: '+5215500000000', recipient: 'US.1', recipient_type: 'group' };
    const message = { ...elsewhere, type: 'text', text: { body: 'Still there?' } };
    expect((await Bea.call('POST', `/conversations/${id}/messages`, { message })).status).toBe(201);
    expect(door.said(hidden)).toEqual(['We open at nine.', 'Hola', 'Still there?']);
    expect(door.taken.at(-1)?.body).toEqual({ text: { body: 'Still there?' } });
  });

  it('tells who writes outside the hours that nobody is there, once, and reads like a letter afterwards', async () => {
    const shop = await shopWith();
    const working_hours = { time_zone: 'UTC', days: [], holidays: [] };
    await shop.call('PUT', '/settings', { desk: 'inbox', working_hours, away_message: 'We open at nine.' });
    const customer = '5215522220000';
    for (const text of ['hola', 'anyone?']) await writes(shop, text, customer);
    await eventually(async () => door.said(customer).length === 1);
    await worker.app.get(TakeInbound).takeNext(shop.tenantId);
    const { id } = await only(shop);
    await shop.call('POST', `/conversations/${id}/notes`, { text: 'Asks every night.' });
    expect(door.said(customer)).toEqual(['We open at nine.']);
    const transcript = (await shop.call('GET', `/conversations/${id}/transcript`)).body as string;
    expect(transcript).toMatch(/customer: hola\n/);
    expect(transcript).toMatch(/\(key:[\w-]+\): Asks every night\.\n/);
  });

  it('tells of a ticket whose time has passed, once', async () => {
    const shop = await shopWith();
    await shop.call('PUT', '/settings', { desk: 'inbox', service_times: [{ priority: 'normal', first_reply: 30 }] });
    await writes(shop, 'hola');
    await database.owner.query(
      `UPDATE inbox_tickets SET first_reply_due_at = now() - interval '1 minute' WHERE tenant_id = $1`,
      [shop.tenantId],
    );
    for (const _ of [1, 2]) await worker.app.get(LateTickets).tellAll();
    expect((await toldOf(shop)).filter((event) => event === 'ticket_late')).toHaveLength(1);
  });

  it('shows what changes on every screen at once, of this merchant and no other', async () => {
    const [shop, stranger] = [await shopWith(), await shopWith()];
    const screens = await Promise.all(
      [shop, stranger].map(async ({ key }) => {
        const abort = new AbortController();
        const headers = { authorization: `Bearer ${key}` };
        const answer = await fetch(`${api.url}/api/v1/inbox/live`, { headers, signal: abort.signal });
        const seen = { text: '', abort, status: answer.status };
        void (async () => {
          for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>)
            seen.text += Buffer.from(chunk);
        })().catch(() => {});
        return seen;
      }),
    );
    expect(screens.map((s) => s.status)).toEqual([200, 200]);
    await eventually(async () => {
      await writes(shop, 'hola');
      return screens[0]?.text.includes('event: conversation');
    });
    expect(screens[0]?.text).toContain((await only(shop)).id);
    expect(screens[1]?.text).not.toContain('event: conversation');
    for (const { abort } of screens) abort.abort();
    expect((await http('GET', `${api.url}/api/v1/inbox/live`)).status).toBe(401);
  });

  it('goes on in another system where people answer there', async () => {
    const shop = await shopWith('Bea');
    await shop.call('PUT', '/settings', {
      desk: 'outside',
      working_hours: { time_zone: 'UTC', days: [], holidays: [] },
      away_message: 'Away.',
    });
    await writes(shop, 'hola', '5215533330000');
    const { id } = await only(shop);
    expect((await shop.call('POST', `/conversations/${id}/give`, { to: 'desk' })).body.owner).toBe('desk');
    expect((await shop.call('POST', `/conversations/${id}/messages`, { text: 'From the desk' })).status).toBe(201);
    expect((await shop.call('POST', `/conversations/${id}/give`, { to: 'bot' })).status).toBe(409);
    expect(door.said('5215533330000')).toEqual(['From the desk']);
    expect((await only(shop)).owner).toBe('desk');
  });

  it('is answered with a key that may send messages, not with one that may only see contacts', async () => {
    const shop = await shopWith();
    const customer = '5215544440000';
    await writes(shop, 'hola', customer);
    const { id } = await only(shop);
    const answer = async (...scopes: KeyScope[]) => {
      const { apiKey: token } = await api.app.get(Tenants).issueApiKey(shop.tenantId, 'desk', { scopes });
      const url = `${api.url}/api/v1/inbox/conversations/${id}`;
      expect((await http('GET', url, { token })).status).toBe(scopes.includes('contacts') ? 200 : 403);
      return (await http('POST', `${url}/messages`, { token, body: { text: 'Hola' } })).status;
    };
    expect([await answer('contacts'), await answer('messages'), await answer('contacts', 'messages')]).toEqual([
      403, 201, 201,
    ]);
    expect(door.said(customer)).toEqual(['Hola', 'Hola']);
  });

  it('is the merchant’s alone, and how it works is not for agents to say', async () => {
    const [shop, stranger] = [await shopWith('Bea'), await shopWith()];
    await writes(shop, 'hola');
    const { id } = await only(shop);
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['GET', '/lines', undefined],
      ['GET', '/transcript', undefined],
      ['POST', '/messages', { text: 'mine' }],
      ['POST', '/give', { to: 'desk' }],
      ['POST', '/presence', { doing: 'viewing' }],
    ] as const) {
      expect((await stranger.call(method, `/conversations/${id}${path}`, body)).status).toBe(404);
    }
    expect(
      (await (shop.agents.Bea as { call: typeof shop.call }).call('PUT', '/settings', { desk: 'inbox' })).status,
    ).toBe(403);
  });
});
