import { Database } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { Tenants } from '#libs/tenants';
import { Wabas } from '#libs/wabas';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, type Merchant, templateTo } from '../../../../test/support/gateway.js';
import { defaultConfig } from '../../../sandbox/src/config.js';
import { type Sandbox, startSandbox } from '../../../sandbox/src/sandbox.js';
import { GATEWAY } from '../gateway.js';
import { GatewayWorkerModule } from '../gateway-worker.module.js';

let database: TestDatabase;
let sandbox: Sandbox;
let gateway: RunningApp;
let worker: RunningApp;
let other: Merchant;
let tenantId: string;
let apiKey: string;
let waba: string;
let number: string;

beforeAll(async () => {
  database = await cloneDatabase();
  sandbox = await startSandbox({ ...defaultConfig, port: 0, logLevel: 'silent', templateReviewMs: -1 });
  const environment = testEnvironment(database, {
    META_GRAPH_URL: sandbox.url,
    META_APP_ID: defaultConfig.appId,
    META_APP_SECRETS: defaultConfig.appSecret,
    PUBLIC_URL: 'https://gateway.example',
  });
  gateway = await startApp(GATEWAY.module as never, environment, { ...GATEWAY });
  worker = await startApp(GatewayWorkerModule, environment, { name: 'gateway-worker' });
  other = await aMerchant(gateway.app);

  // The merchant as onboarding would leave it: the sandbox's objects, with the token of its signup.
  const signup = (await http('POST', `${sandbox.url}/_sandbox/embedded_signup`, { body: {} })).body;
  const query = new URLSearchParams({
    client_id: defaultConfig.appId,
    client_secret: defaultConfig.appSecret,
    code: signup.code,
  });
  const token = (await http('GET', `${sandbox.url}/v24.0/oauth/access_token?${query}`)).body.access_token;
  [waba, number] = [signup.waba_id, signup.phone_number_id];
  await http('POST', `${sandbox.url}/v24.0/${number}/register`, {
    token,
    body: { messaging_product: 'whatsapp', pin: '123456' },
  });
  const [tenants, wabas] = [gateway.app.get(Tenants), gateway.app.get(Wabas)];
  ({ tenantId } = await tenants.found(
    { name: 'Shop' },
    { email: 'a@shop.example', password: 'correct horse battery' },
  ));
  ({ apiKey } = await tenants.issueApiKey(tenantId, 'test'));
  await gateway.app.get(Database).inTenant(tenantId, async (tx) => {
    const portfolio = await wabas.savePortfolio(tx, tenantId, {
      metaBusinessId: signup.business_id,
      messagingLimit: 'TIER_250',
    });
    const saved = await wabas.saveWaba(tx, tenantId, {
      portfolioId: portfolio.portfolioId,
      metaWabaId: waba,
      name: 'Shop',
      currency: 'USD',
      timezone: 'America/New_York',
      token,
    });
    await wabas.savePhoneNumber(tx, tenantId, {
      wabaId: saved.wabaId,
      metaPhoneNumberId: number,
      displayPhoneNumber: '+1 555-000-1111',
      status: 'CONNECTED',
    });
  });
});
afterAll(async () => {
  await worker.close();
  await gateway.close();
  await sandbox.close();
  await database.drop();
});

const path = (rest: string) => `${gateway.url}/v24.0/${waba}${rest}`;
const template = (name: string, body = 'Hello {{1}}, your order {{2}} is on its way today.') => ({
  name,
  language: 'en_US',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: body, example: { body_text: [['Ada', '4711']] } }],
});
const create = (body: unknown, token = apiKey) => http('POST', path('/message_templates'), { token, body });

describe('a template', () => {
  it('goes to Meta’s review, is stored as Meta answered, and can be sent once it is approved', async () => {
    const made = await create(template('order_update'));
    expect(made).toMatchObject({
      status: 200,
      body: { id: expect.any(String), status: 'PENDING', category: 'UTILITY' },
    });
    const body = templateTo('+16505551234', 'order_update', ['Ada', '4711']);
    const send = () => http('POST', `${gateway.url}/${number}/messages`, { token: apiKey, body });
    expect((await send()).body.error.code).toBe(132001);

    await http('POST', `${sandbox.url}/_sandbox/templates/${made.body.id}`, { body: { status: 'APPROVED' } });
    const applied = await gateway.app.get(Database).inTenant(tenantId, (tx) =>
      gateway.app.get(Templates).applyReport(tx, tenantId, {
        metaTemplateId: made.body.id,
        at: new Date(),
        source: 'meta-webhook',
        status: { word: 'APPROVED' },
      }),
    );
    expect(applied).toMatchObject({ verdict: 'apply', before: 'pending', after: 'approved' });
    const ref = (await send()).body.messages[0].id;
    await eventually(async () => {
      const { body: message } = await http('GET', `${gateway.url}/api/v1/messages/${ref}`, { token: apiKey });
      return message.status === 'submitted';
    });
    const seen = await http('GET', `${sandbox.url}/_sandbox/messages?phone_number_id=${number}`);
    expect(JSON.stringify(seen.body)).toContain('16505551234');
    expect((await http('GET', `${gateway.url}/v24.0/${made.body.id}`, { token: apiKey })).body).toMatchObject({
      id: made.body.id,
      name: 'order_update',
      status: 'APPROVED',
      category: 'UTILITY',
      language: 'en_US',
    });
  });

  it('with mistakes is refused with all of them before Meta sees it; what Meta refuses leaves as Meta said it', async () => {
    const wrong = await create({ ...template('Wrong Name'), category: 'NONSENSE' });
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 100, error_subcode: 2388039 } } });
    expect(wrong.body.error.error_data.details).toMatch(/name: .*category: /s);
    expect((await create(template('twice_made'))).status).toBe(200);
    const twice = await create(template('twice_made'));
    expect(twice.body.error).toMatchObject({
      code: 100,
      error_subcode: 2388024,
      fbtrace_id: twice.headers.get('x-request-id'),
    });
  });

  it('is listed in pages whose next works as it is given', async () => {
    for (let i = 0; i < 5; i++) expect((await create(template(`listed_${i}`))).status).toBe(200);
    const names: string[] = [];
    let next: string | undefined = path('/message_templates?limit=2&fields=name');
    let previous: string | undefined;
    let token: string | undefined = apiKey;
    while (next) {
      const page: Awaited<ReturnType<typeof http>> = await http(
        'GET',
        next.replace('https://gateway.example', gateway.url),
        {
          ...(token ? { token } : {}),
        },
      );
      expect(page.status).toBe(200);
      names.push(...page.body.data.map((t: { name: string }) => t.name));
      expect(Object.keys(page.body.data[0]).sort()).toEqual(['id', 'name']);
      next = page.body.paging.next;
      previous = page.body.paging.previous;
      if (next) expect(next).toMatch(new RegExp(`^https://gateway\\.example/v24\\.0/${waba}/message_templates\\?`));
      // From the second page on, the address alone is enough.
      token = undefined;
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['order_update', 'listed_0', 'listed_4']));
    const back = await http('GET', (previous ?? '').replace('https://gateway.example', gateway.url));
    const before = names.length % 2 ? names.length - 3 : names.length - 4;
    expect(back.body.data.map((t: { name: string }) => t.name)).toEqual(names.slice(before, before + 2));
    const bad = await http('GET', path('/message_templates?after=nonsense'), { token: apiKey });
    expect(bad.body.error.code).toBe(131059);
    const one = await http('GET', path('/message_templates?name=listed_3'), { token: apiKey });
    expect(one.body.data).toMatchObject([{ name: 'listed_3', status: 'PENDING' }]);
  });

  it('is gone after it was deleted, at Meta and here', async () => {
    const made = await create(template('short_lived'));
    expect((await http('DELETE', path('/message_templates?name=short_lived'), { token: apiKey })).body).toEqual({
      success: true,
    });
    expect((await http('GET', `${gateway.url}/${made.body.id}`, { token: apiKey })).body.error).toMatchObject({
      code: 100,
      error_subcode: 33,
    });
    expect(sandbox.meta.world.get('template', made.body.id)?.status ?? 'gone').not.toBe('PENDING');
    const again = await http('DELETE', path('/message_templates?name=short_lived'), { token: apiKey });
    expect(again.body.error).toMatchObject({ code: 100, error_subcode: 33 });
  });
});

describe('numbers and accounts', () => {
  it('are shown under Meta’s ids', async () => {
    const list = await http('GET', path('/phone_numbers'), { token: apiKey });
    expect(list.body.data).toMatchObject([
      { id: number, display_phone_number: '+1 555-000-1111', status: 'CONNECTED', throughput: { level: 'STANDARD' } },
    ]);
    const one = await http('GET', `${gateway.url}/v24.0/${number}?fields=status,throughput{level}`, { token: apiKey });
    expect(one.body).toEqual({ id: number, status: 'CONNECTED', throughput: { level: 'STANDARD' } });
    expect((await http('GET', path(''), { token: apiKey })).body).toMatchObject({ id: waba, currency: 'USD' });
  });

  it('of another tenant do not exist, whatever is asked of them', async () => {
    const mine = Object.values(other.templates)[0]?.metaTemplateId;
    for (const [method, rest] of [
      ['GET', `/${other.metaWabaId}/phone_numbers`],
      ['GET', `/${other.metaWabaId}/message_templates`],
      ['POST', `/${other.metaWabaId}/message_templates`],
      ['DELETE', `/${other.metaWabaId}/message_templates?name=order_update`],
      ['GET', `/${other.metaWabaId}`],
      ['GET', `/${other.metaPhoneNumberId}`],
      ['GET', `/${mine}`],
      ['DELETE', `/${waba}/message_templates?hsm_id=${mine}`],
      ['GET', '/10000000000000'],
    ] as const) {
      const answer = await http(method, `${gateway.url}/v24.0${rest}`, {
        token: apiKey,
        ...(method === 'POST' ? { body: template('stolen') } : {}),
      });
      expect([rest, answer.status, answer.body.error?.code, answer.body.error?.error_subcode]).toEqual([
        rest,
        400,
        100,
        33,
      ]);
    }
  });
});

describe('an account', () => {
  const submittedToMeta = async () =>
    (await http('GET', `${sandbox.url}/_sandbox/calls?path=message_templates`)).body.data.filter(
      (c: { method: string }) => c.method === 'POST',
    ).length;

  it('that made 100 templates in an hour is told when there is room, and Meta is not asked', async () => {
    const { rows } = await database.owner.query(
      `SELECT count(*)::int AS made FROM template_events WHERE tenant_id = $1 AND kind = 'create'`,
      [tenantId],
    );
    for (let i = rows[0].made; i < 100; i++) expect((await create(template(`made_${i}`))).status).toBe(200);
    const asked = await submittedToMeta();
    const refused = await create(template('one_too_many'));
    expect([refused.status, refused.body.error.code]).toEqual([429, 80007]);
    expect(refused.body.error.error_data.details).toMatch(/100 new templates an hour.*There is room at 20/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
    expect(await submittedToMeta()).toBe(asked);
  });

  it('that Meta has not verified has 250 templates at most, a verified one 6,000', async () => {
    const fill = (from: number, to: number) =>
      database.owner.query(
        `INSERT INTO templates SELECT (jsonb_populate_record(t, jsonb_build_object(
            'template_id', gen_random_uuid(), 'meta_template_id', 'filler ' || n, 'name', 'filler_' || n))).*
           FROM templates t, generate_series($2::int, $3::int) n WHERE t.tenant_id = $1 AND t.name = 'made_99'`,
        [tenantId, from, to],
      );
    await fill(1, 250);
    const asked = await submittedToMeta();
    const verification = (status: string) =>
      database.owner.query('UPDATE wabas SET verification_status = $2 WHERE tenant_id = $1', [tenantId, status]);
    await verification('not_verified');
    expect((await create(template('above_250'))).body.error).toMatchObject({
      code: 100,
      error_subcode: 2388019,
      error_data: { details: expect.stringMatching(/Meta allows 250.*verify the business/) },
    });
    // There is room again, and the hour is what stands in the way.
    await verification('verified');
    expect((await create(template('above_250'))).body.error).toMatchObject({ code: 80007 });
    await fill(251, 6_000);
    expect((await create(template('above_6000'))).body.error).toMatchObject({
      error_subcode: 2388019,
      error_data: { details: expect.stringContaining('Meta allows 6000') },
    });
    expect(await submittedToMeta()).toBe(asked);
  });
});
