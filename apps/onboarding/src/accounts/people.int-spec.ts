import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { generateSync } from 'otplib';
import { REDIS } from '#libs/queues';
import { eventually, http } from '../../../../test/support/app.js';
import { type Json, OnboardingStack } from '../../../../test/support/onboarding.js';

const PASSWORD = 'correct horse battery';
const ANOTHER = 'a wholly other phrase';

describe('the people of a merchant', () => {
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
  // Guesses of one test must not slow the next one down.
  beforeEach(async () => {
    const { default: Redis } = await import('ioredis');
    const redis = new (Redis as unknown as new (url: string) => import('ioredis').Redis)(
      stack.environment.REDIS_URL as string,
    );
    const keys = await redis.keys(`{${stack.environment.REDIS_PREFIX}}:throttle:*`);
    if (keys.length > 0) await redis.del(...keys);
    redis.disconnect();
  });

  /** The first wait of who guesses is a minute instead of a second, which a slow machine needs for a few passwords. */
  function waitsLonger(): () => void {
    const redis: Redis = stack.app.app.get(REDIS);
    const set = redis.set.bind(redis) as (...words: unknown[]) => Promise<unknown>;
    const longer = (key: string, value: string, ...[unit, ms, ...more]: [string, number, ...string[]]) =>
      set(key, value, unit, key.endsWith(':wait') ? 60 * ms : ms, ...more);
    redis.set = longer as unknown as Redis['set'];
    return () => {
      redis.set = set as Redis['set'];
    };
  }

  const letters = (): Json[] =>
    readdirSync(outbox)
      .filter((f) => f.endsWith('.json'))
      .sort()
      .map((f) => JSON.parse(readFileSync(join(outbox, f), 'utf8')));
  const letterTo = (to: string, about: string) =>
    eventually(async () => letters().findLast((l) => l.to === to && l.subject.includes(about)));
  const ticketOf = (letter: Json): string => /#([\w-]+)/.exec(letter.text)?.[1] ?? '';
  const signIn = (email: string, password: string, more: Json = {}) =>
    stack.api('POST', '/sessions', { body: { email, password, ...more } });
  const me = (token: string) => stack.api('GET', '/me', { token });

  async function confirmed() {
    const owner = await stack.merchant();
    const letter = await letterTo(owner.email, 'Confirm');
    expect(
      (
        await stack.api('POST', '/email/confirm', {
          body: { ticket: ticketOf(letter), password: PASSWORD },
        })
      ).status,
    ).toBe(200);
    return owner;
  }
  async function colleague(owner: { token: string }, role: string, email: string) {
    const invited = await stack.api('POST', '/invitations', { token: owner.token, body: { email, role } });
    expect(invited.status).toBe(202);
    const ticket = ticketOf(await letterTo(email, 'invites you'));
    const joined = await stack.api('POST', '/invitations/accept', { body: { ticket, password: PASSWORD } });
    expect(joined.status).toBe(201);
    return { id: joined.body.user.id as string, ticket, token: (await signIn(email, PASSWORD)).body.access_token };
  }

  it('confirm their address by a letter, whose link works once', async () => {
    const owner = await stack.merchant();
    expect((await me(owner.token)).body.user.email_confirmed).toBe(false);
    const early = await stack.api('POST', '/invitations', {
      token: owner.token,
      body: { email: 'spam@elsewhere.example', role: 'agent' },
    });
    expect(early.body.error.code).toBe('email_unconfirmed');
    const ticket = ticketOf(await letterTo(owner.email, 'Confirm'));
    const confirm = () => stack.api('POST', '/email/confirm', { body: { ticket, password: PASSWORD } });
    expect((await confirm()).status).toBe(200);
    expect((await me(owner.token)).body.user.email_confirmed).toBe(true);
    expect((await confirm()).status).toBe(410);
    const { rows } = await stack.database.owner.query('SELECT sealed FROM letters WHERE sent_at IS NOT NULL');
    expect(rows.every((r) => r.sealed === '')).toBe(true);
  });

  it('are invited with a role, which their next request already has when it changes', async () => {
    const owner = await confirmed();
    const dev = await colleague(owner, 'developer', 'dev@shop.example');
    expect((await stack.api('POST', '/signups', { token: dev.token, body: { kind: 'embedded' } })).status).toBe(201);
    expect(
      (await stack.api('PATCH', `/users/${dev.id}`, { token: owner.token, body: { role: 'finance' } })).status,
    ).toBe(200);
    const refused = await stack.api('POST', '/signups', { token: dev.token, body: { kind: 'embedded' } });
    expect([refused.status, refused.body.error.message]).toEqual([403, expect.stringContaining('finance')]);
    // An invitation works once, and one that was withdrawn does not work.
    expect(
      (await stack.api('POST', '/invitations/accept', { body: { ticket: dev.ticket, password: ANOTHER } })).status,
    ).toBe(410);
    await stack.api('POST', '/invitations', {
      token: owner.token,
      body: { email: 'late@shop.example', role: 'agent' },
    });
    const late = ticketOf(await letterTo('late@shop.example', 'invites you'));
    const open = (await stack.api('GET', '/invitations', { token: owner.token })).body.data;
    expect(open).toEqual([expect.objectContaining({ email: 'late@shop.example', role: 'agent' })]);
    await stack.api('DELETE', `/invitations/${open[0].id}`, { token: owner.token });
    expect((await stack.api('POST', '/invitations/accept', { body: { ticket: late, password: ANOTHER } })).status).toBe(
      410,
    );
    // Who is removed is out at once.
    expect((await stack.api('DELETE', `/users/${dev.id}`, { token: owner.token })).status).toBe(204);
    expect((await me(dev.token)).status).toBe(401);
  });

  it('keep one owner', async () => {
    const owner = await confirmed();
    const self = (await me(owner.token)).body.user.id;
    expect((await stack.api('DELETE', `/users/${self}`, { token: owner.token })).status).toBe(409);
    expect((await stack.api('PATCH', `/users/${self}`, { token: owner.token, body: { role: 'agent' } })).status).toBe(
      409,
    );
    const second = await colleague(owner, 'owner', 'second@shop.example');
    const both = await Promise.all([
      stack.api('PATCH', `/users/${self}`, { token: second.token, body: { role: 'agent' } }),
      stack.api('PATCH', `/users/${second.id}`, { token: owner.token, body: { role: 'agent' } }),
    ]);
    expect(both.map((b) => b.status).filter((s) => s === 200)).toHaveLength(1);
  });

  it('are let in by their role on every route of this app, as the table says', async () => {
    const owner = await confirmed();
    const tokens = {
      owner: owner.token,
      agent: (await colleague(owner, 'agent', 'agent@shop.example')).token,
      finance: (await colleague(owner, 'finance', 'money@shop.example')).token,
    };
    const { body: document } = await http('GET', `${stack.app.url}/openapi.json`);
    const guarded = Object.entries(document.paths as Json).flatMap(([path, methods]) =>
      Object.entries(methods as Json)
        .filter(([, operation]) => (operation as Json).security)
        .map(([method]) => ({ path, method: method.toUpperCase() })),
    );
    expect(guarded.length).toBeGreaterThan(15);
    const wrong: string[] = [];
    for (const { path, method } of guarded) {
      const url = `${stack.app.url}${path.replace(/\{\w+\}/g, '0190a000-0000-7000-8000-000000000000')}`;
      const own = /^\/api\/v1\/(me|sessions|password|second-factor|email)/.test(path);
      const readable = method === 'GET' && /^\/api\/v1\/(numbers|wabas)/.test(path);
      for (const role of ['agent', 'finance'] as const) {
        const { status } = await http(method, url, {
          token: tokens[role],
          ...(method === 'GET' || method === 'DELETE' ? {} : { body: { no: 'such field' } }),
        });
        if ((status === 403) === (own || readable)) wrong.push(`${role} ${method} ${path}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('stay signed in by refresh tokens that work once; a copied one ends the session for both', async () => {
    const owner = await stack.merchant();
    const first = (await signIn(owner.email, PASSWORD)).body;
    const renew = (refresh_token: string) => stack.api('POST', '/sessions/refresh', { body: { refresh_token } });
    const second = (await renew(first.refresh_token)).body;
    expect((await me(second.access_token)).status).toBe(200);
    const stolen = await renew(first.refresh_token);
    expect([stolen.status, stolen.body.error.code]).toEqual([401, 'session_ended']);
    expect((await renew(second.refresh_token)).status).toBe(401);
    expect((await me(second.access_token)).status).toBe(401);
    expect(stack.logged).toContainEqual(
      expect.objectContaining({ msg: expect.stringContaining('came a second time'), userId: first.user.id }),
    );
    // Guessing a secret for a known session is no proof of theft.
    const third = (await signIn(owner.email, PASSWORD)).body;
    const forged = Buffer.from(third.refresh_token, 'base64url');
    forged.fill(7, 32);
    expect((await renew(forged.toString('base64url'))).body.error.code).toBe('unauthenticated');
    expect((await me(third.access_token)).status).toBe(200);
  });

  it('see where they are signed in and end any of it', async () => {
    const owner = await stack.merchant();
    const other = (await signIn(owner.email, PASSWORD)).body;
    const { body } = await stack.api('GET', '/sessions', { token: owner.token });
    expect(body.data).toHaveLength(2);
    const elsewhere = body.data.find((s: Json) => !s.current);
    expect((await stack.api('DELETE', `/sessions/${elsewhere.id}`, { token: owner.token })).status).toBe(204);
    expect((await me(other.access_token)).status).toBe(401);
    expect((await stack.api('DELETE', '/sessions/current', { token: owner.token })).status).toBe(204);
    expect((await me(owner.token)).status).toBe(401);
  });

  it('choose a new password by a letter: every session ends, older links die, and nobody learns who has an account', async () => {
    const owner = await stack.merchant();
    const ask = (email: string) => stack.api('POST', '/password/forgotten', { body: { email } });
    const [known, unknown] = [await ask(owner.email), await ask('nobody@shop.example')];
    expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
    const older = ticketOf(await letterTo(owner.email, 'new password'));
    await ask(owner.email);
    const newer = await eventually(async () => {
      const ticket = ticketOf(await letterTo(owner.email, 'new password'));
      return ticket !== older && ticket;
    });
    const reset = (ticket: string) => stack.api('POST', '/password/reset', { body: { ticket, password: ANOTHER } });
    expect((await reset(newer)).status).toBe(200);
    expect((await reset(older)).status).toBe(410);
    expect((await me(owner.token)).status).toBe(401);
    expect((await signIn(owner.email, PASSWORD)).status).toBe(401);
    expect((await signIn(owner.email, ANOTHER)).status).toBe(200);
    await letterTo(owner.email, 'was changed');
    expect(letters().some((l) => l.to === 'nobody@shop.example')).toBe(false);
  });

  it('cannot be locked out by somebody who guesses, who waits longer and longer', async () => {
    const owner = await stack.merchant();
    const asBefore = waitsLonger();
    const guesses = await Promise.all(
      Array.from({ length: 12 }, () => signIn(owner.email, 'wrong wrong wrong')),
    ).finally(asBefore);
    // Five are free, and of the others one may try before the wait begins.
    expect(guesses.map((g) => g.status).sort()).toEqual([...Array(6).fill(401), ...Array(6).fill(429)]);
    const slowed = guesses.find((g) => g.status === 429);
    expect(slowed?.body.error.code).toBe('slow_down');
    expect(Number(slowed?.headers.get('retry-after'))).toBeGreaterThan(0);
    const why = stack.logged.map((l) => l.why ?? l.msg);
    expect(why).toEqual(expect.arrayContaining(['wrong_credentials', 'attempts are slowed down']));
    expect(JSON.stringify(stack.logged)).not.toMatch(/wrong wrong|@shop/);
    // From the guesser's place even the right password waits; from elsewhere the owner walks in.
    expect((await signIn(owner.email, PASSWORD)).status).toBe(429);
    const elsewhere = await stack.api('POST', '/sessions', {
      body: { email: owner.email, password: PASSWORD },
      headers: { 'x-forwarded-for': '203.0.113.9' },
    });
    expect(elsewhere.status).toBe(200);
  });

  it('may use a second factor: codes and recovery codes work once each', async () => {
    const owner = await confirmed();
    const { token, email } = owner;
    const begun = await stack.api('POST', '/second-factor', { token, body: { password: PASSWORD } });
    const { secret, uri } = begun.body;
    expect(uri).toMatch(/^otpauth:\/\/totp\//);
    expect((await signIn(email, PASSWORD)).status).toBe(200);
    const spent = generateSync({ secret });
    const done = await stack.api('POST', '/second-factor/confirm', { token, body: { code: spent } });
    expect(done.body.recovery_codes).toHaveLength(10);
    expect((await signIn(email, PASSWORD)).body.error.code).toBe('second_factor_needed');
    // The code that confirmed it is spent.
    expect((await signIn(email, PASSWORD, { second_factor: spent })).body.error.code).toBe('wrong_second_factor');
    const [spare, other] = done.body.recovery_codes;
    expect((await signIn(email, PASSWORD, { second_factor: spare.toUpperCase() })).status).toBe(200);
    expect((await signIn(email, PASSWORD, { second_factor: spare })).status).toBe(401);
    expect((await signIn(email, 'wrong', { second_factor: other })).body.error.code).toBe('wrong_credentials');
    const kept = await stack.database.owner.query('SELECT * FROM tenant_users WHERE email = $1', [email]);
    expect(JSON.stringify(kept.rows)).not.toContain(secret);
    expect((await stack.api('POST', '/second-factor/remove', { token, body: { password: PASSWORD } })).status).toBe(
      204,
    );
    expect((await signIn(email, PASSWORD)).status).toBe(200);
  });
});
