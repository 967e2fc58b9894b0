import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import { eventually, http } from '../../../../test/support/app.js';
import { type Json, OnboardingStack } from '../../../../test/support/onboarding.js';

const PASSWORD = 'correct horse battery';
const ANOTHER = 'a wholly other phrase';

describe('an account with an address that nobody has proven', () => {
  let stack: OnboardingStack;
  let outbox: string;
  beforeAll(async () => {
    outbox = mkdtempSync(join(tmpdir(), 'paloma-mail-'));
    stack = await OnboardingStack.start({ MAIL_OUTBOX_FOLDER: outbox });
    await stack.startWorker();
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(outbox, { recursive: true });
  });

  const ticketTo = (to: string, about: string): Promise<string> =>
    eventually(async () => {
      const letters: Json[] = readdirSync(outbox)
        .filter((f) => f.endsWith('.json'))
        .sort()
        .map((f) => JSON.parse(readFileSync(join(outbox, f), 'utf8')));
      const letter = letters.findLast((l) => l.to === to && l.subject.includes(about));
      return letter && /#([\w-]+)/.exec(letter.text)?.[1];
    });
  const signIn = (email: string, password: string) => stack.api('POST', '/sessions', { body: { email, password } });
  const me = async (token: string) => (await stack.api('GET', '/me', { token })).status;
  const makeKey = async (token: string) =>
    (await stack.api('POST', '/api-keys', { token, body: { name: 'k' } })).body.api_key as string;
  const confirm = async (email: string) => {
    const ticket = await ticketTo(email, 'Confirm');
    expect((await stack.api('POST', '/email/confirm', { body: { ticket, password: PASSWORD } })).status).toBe(200);
  };
  const reset = async (email: string) => {
    await stack.api('POST', '/password/forgotten', { body: { email } });
    const body = { ticket: await ticketTo(email, 'new password'), password: ANOTHER };
    return stack.api('POST', '/password/reset', { body });
  };
  const aWebhook = (tenantId: string) =>
    stack.database.owner.query(
      `INSERT INTO webhook_endpoints (tenant_id, endpoint_id, url, sealed_secret, managed_by, created_at, updated_at)
       VALUES ($1, gen_random_uuid(), 'https://elsewhere.example/all', 'sealed', 'tenant', now(), now())`,
      [tenantId],
    );

  const aShop = (tenantId: string) =>
    stack.database.owner.query(
      `INSERT INTO shop_sources (tenant_id, source_id, kind, name, sealed_secret, made_by, created_at)
       VALUES ($1, gen_random_uuid(), 'shopify', 'theirs', 'sealed', 'theirs', now())`,
      [tenantId],
    );

  it('leaves whoever made it nothing to come back by, once its owner chooses a password by the letter', async () => {
    const { email, token, tenantId } = await stack.merchant();
    const key = await makeKey(token);
    const link = (await stack.api('POST', '/setup-links', { token: key, body: {} })).body.url.split('#setup=')[1];
    await aWebhook(tenantId);
    await aShop(tenantId);
    // As it could be set up before a proof was asked for.
    await stack.database.owner.query(
      "UPDATE tenant_users SET sealed_totp = 'theirs', totp_since = now() WHERE tenant_id = $1",
      [tenantId],
    );
    const { status, body } = await reset(email);
    expect([status, body]).toEqual([
      200,
      { changed: true, switched_off: { api_keys: 1, setup_links: 1, webhooks: 1, shop_sources: 1 } },
    ]);
    expect([await me(token), await me(key)]).toEqual([401, 401]);
    expect((await stack.api('POST', '/setup-links/open', { body: { ticket: link } })).body.error.code).toBe(
      'link_revoked',
    );
    const { rows } = await stack.database.owner.query(
      'SELECT enabled, disabled_reason FROM webhook_endpoints WHERE tenant_id = $1',
      [tenantId],
    );
    expect(rows).toEqual([{ enabled: false, disabled_reason: 'tenant' }]);
    const shops = await stack.database.owner.query('SELECT 1 FROM shop_sources WHERE tenant_id = $1', [tenantId]);
    expect(shops.rows).toEqual([]);
    // The owner is in, with nothing asked but the password, and makes keys that stay.
    const owner = (await signIn(email, ANOTHER)).body.access_token;
    expect(await me(await makeKey(owner))).toBe(200);
  });

  it('is not confirmed by an owner who does not know the password, and stays theirs to take', async () => {
    const { email, token } = await stack.merchant();
    const key = await makeKey(token);
    const ticket = await ticketTo(email, 'Confirm');
    const click = (password?: string) =>
      stack.api('POST', '/email/confirm', { body: { ticket, ...(password ? { password } : {}) } });
    expect(Object.keys((await click()).body.error.fields)).toEqual(['password']);
    const refused = await click('what the owner uses elsewhere');
    expect([refused.status, refused.body.error.code]).toEqual([403, 'wrong_password']);
    expect((await stack.api('GET', '/me', { token })).body.user.email_confirmed).toBe(false);
    expect((await reset(email)).body.switched_off).toMatchObject({ api_keys: 1 });
    expect([await me(token), await me(key), (await signIn(email, PASSWORD)).status]).toEqual([401, 401, 401]);
    // The letter of the founding is spent by no guess: with the owner's own password it is good.
    expect((await click(ANOTHER)).status).toBe(200);
    expect((await click(ANOTHER)).status).toBe(410);
  });

  it('is no longer exported by links of before, and is by those of its owner', async () => {
    const gateway = await stack.startGateway();
    const { email, token } = await stack.merchant();
    const linkBy = async (by: string) => (await http('POST', `${gateway.url}/api/v1/exports`, { token: by })).body.url;
    const fetched = async (link: string) => {
      const { pathname, search } = new URL(link);
      const answer = await fetch(`${gateway.url}${pathname}${search}`);
      await answer.arrayBuffer();
      return answer.status;
    };
    const links = [await linkBy(token), await linkBy(await makeKey(token))];
    expect([await fetched(links[0]), await fetched(links[1])]).toEqual([200, 200]);
    await reset(email);
    expect([await fetched(links[0]), await fetched(links[1])]).toEqual([404, 404]);
    const owner = (await signIn(email, ANOTHER)).body.access_token;
    expect(await fetched(await linkBy(owner))).toBe(200);
  });

  it('keeps what its owner made before the letter came back, and what was made after it, whatever password is chosen', async () => {
    const { email, token, tenantId } = await stack.merchant();
    const early = await makeKey(token);
    await confirm(email);
    const late = await makeKey(token);
    expect([await me(early), await me(late)]).toEqual([200, 200]);
    await aShop(tenantId);
    expect((await reset(email)).body).toEqual({ changed: true });
    const shops = await stack.database.owner.query('SELECT name FROM shop_sources WHERE tenant_id = $1', [tenantId]);
    expect(shops.rows).toEqual([{ name: 'theirs' }]);
    expect([await me(token), await me(early), await me(late)]).toEqual([401, 200, 200]);
  });

  it('gets no second factor, which would lock its owner out, and is told how to confirm it', async () => {
    const { email, token } = await stack.merchant();
    const begin = () => stack.api('POST', '/second-factor', { token, body: { password: PASSWORD } });
    const refused = await begin();
    expect([refused.status, refused.body.error.code]).toEqual([403, 'email_unconfirmed']);
    expect(refused.body.error.message).toContain('/api/v1/email/confirmation');
    await confirm(email);
    const { secret } = (await begin()).body;
    const code = generateSync({ secret });
    expect((await stack.api('POST', '/second-factor/confirm', { token, body: { code } })).status).toBe(200);
  });

  /** What a call is answered that begins before something is committed, and would end after it. */
  const overtaken = async (change: string, tenantId: string, call: () => ReturnType<typeof stack.api>) => {
    const { owner } = stack.database;
    await owner.query('BEGIN');
    await owner.query(change, [tenantId]);
    const answer = call();
    await eventually(async () => {
      const { rows } = await owner.query(
        "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
      );
      return rows.length > 0;
    });
    await owner.query('COMMIT');
    return (await answer).status;
  };

  it('opens no session by a password that is changed meanwhile', async () => {
    const { email, tenantId } = await stack.merchant();
    const change = "UPDATE tenant_users SET password_hash = 'another' WHERE tenant_id = $1";
    expect(await overtaken(change, tenantId, () => signIn(email, PASSWORD))).toBe(401);
  });

  it('has no key made by a session that ends meanwhile', async () => {
    const { email, token, tenantId } = await stack.merchant();
    const change = 'UPDATE user_sessions SET ended_at = now() WHERE tenant_id = $1';
    const make = () => stack.api('POST', '/api-keys', { token, body: { name: 'late' } });
    expect(await overtaken(change, tenantId, make)).toBe(401);
    const { body } = await stack.api('GET', '/api-keys', { token: (await signIn(email, PASSWORD)).body.access_token });
    expect(body.data).toEqual([]);
  });

  it('that came with an application has nothing but that application, before the letter has come back', async () => {
    const email = 'ada@floreria.example';
    const form = {
      company: 'Florería',
      country: 'MX',
      registration_number: 'FLO-1',
      contact_name: 'Ada',
      contact_email: email,
      phone: '+525512346901',
      display_name: 'Flores y Té',
      monthly_messages: 2000,
      trade: 'Florist',
      use_cases: 'Order updates for customers',
    };
    const { id, access_token: token } = (await stack.api('POST', '/applications/start', { body: form })).body;
    const calls: [method: string, path: string, body?: Json][] = [
      ['POST', '/api-keys', { name: 'k' }],
      ['POST', '/second-factor', { password: 'any' }],
      ['POST', '/setup-links', {}],
      ['POST', '/signups', { kind: 'embedded' }],
      ['POST', '/applications', form],
      ['GET', '/users'],
      ['GET', '/applications/0190a000-0000-7000-8000-000000000000'],
    ];
    for (const [method, path, body] of calls) {
      const refused = await stack.api(method, path, { token, ...(body ? { body } : {}) });
      expect([method, path, refused.status, refused.body.error.code]).toEqual([method, path, 403, 'email_unconfirmed']);
    }
    const { data } = (await stack.api('GET', '/applications', { token })).body;
    expect(data.map((one: Json) => one.id)).toEqual([id]);
    expect((await stack.api('GET', `/applications/${id}`, { token })).body.state).toBe('unconfirmed');
    const ticket = await ticketTo(email, 'received');
    await stack.api('POST', '/password/reset', { body: { ticket, password: ANOTHER } });
    expect((await stack.api('GET', `/applications/${id}`, { token })).status).toBe(401);
    expect(await me(await makeKey((await signIn(email, ANOTHER)).body.access_token))).toBe(200);
  });
});
