import { generateSync } from 'otplib';
import { SystemClock } from '#libs/clock';
import type { StaffRole } from '#libs/staff';
import { SupportAccesses } from '#libs/tenants';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, connect, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { AdminModule } from '../admin.module.js';
import { StaffUsers } from './staff-users.js';

const PASSWORD = 'a long enough password';
const BY = { who: 'a test', reason: 'a test' };

describe('a member of staff', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let strict: RunningApp;
  let nth = 0;

  beforeAll(async () => {
    database = await cloneDatabase();
    const environment = testEnvironment(database, { LOG_LEVEL: 'fatal', TRUSTED_PROXIES: '127.0.0.1' });
    admin = await startApp(AdminModule, environment, { name: 'admin', describe: 'Admin.' });
    // A second process of the same installation, where everybody needs a second factor.
    strict = await startApp(AdminModule, { ...environment, STAFF_TOTP: 'required' }, { name: 'admin' });
  });
  afterAll(async () => {
    await strict.close();
    await admin.close();
    await database.drop();
  });

  const call = (method: string, path: string, options: Parameters<typeof http>[2] = {}, app = admin) =>
    http(method, `${app.url}/admin/v1${path}`, options);
  const signIn = (email: string, more: object = {}, app = admin, from = '198.51.100.1') =>
    call(
      'POST',
      '/sessions',
      { body: { email, password: PASSWORD, ...more }, headers: { 'x-forwarded-for': from } },
      app,
    );

  async function member(role: StaffRole = 'support'): Promise<{ staffId: string; email: string }> {
    const email = `${role}${++nth}@provider.example`;
    const made = await admin.app.get(StaffUsers).create({ email, role, password: PASSWORD }, BY);
    if (made === 'taken') throw new Error('taken');
    return { staffId: made.staffId, email };
  }
  async function signedIn(role: StaffRole = 'support') {
    const { staffId, email } = await member(role);
    const { body } = await signIn(email);
    return { staffId, email, token: body.access_token as string, refreshToken: body.refresh_token as string };
  }
  const codeOf = (secret: string, aheadSeconds = 0) =>
    generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) + aheadSeconds });

  async function addSecondFactor(token: string, app = admin) {
    const begun = (await call('POST', '/second-factor', { token, body: { password: PASSWORD } }, app)).body;
    const body = { begun: begun.begun, code: codeOf(begun.secret) };
    const done = await call('POST', '/second-factor/confirm', { token, body }, app);
    return { ...begun, status: done.status, codes: done.body.recovery_codes as string[] };
  }

  describe('signs in', () => {
    it('not with a wrong password or an unknown address, which are answered alike', async () => {
      const { email } = await member();
      const wrong = await signIn(email, { password: 'wrong' });
      const unknown = await signIn('nobody@provider.example');
      expect([wrong.status, unknown.status]).toEqual([401, 401]);
      expect(wrong.body.error.code).toBe('wrong_credentials');
      expect(wrong.body.error.message).toBe(unknown.body.error.message);
    });

    it('although somebody elsewhere guesses at the address, who has to wait longer and longer', async () => {
      const { email } = await member();
      const guess = () => signIn(email, { password: 'wrong' }, admin, '203.0.113.66');
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++) statuses.push((await guess()).status);
      expect(statuses).toEqual([401, 401, 401, 401, 401]);
      await eventually(async () => {
        const { status, headers } = await guess();
        return status === 429 && Number(headers.get('retry-after')) >= 4;
      });
      const slowed = await signIn(email, {}, admin, '203.0.113.66');
      expect([slowed.status, slowed.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
      expect((await signIn(email)).status).toBe(200);
    });

    it('with a code once they added a second factor, and with each code once', async () => {
      const { email, token } = await signedIn();
      const { secret, uri, status } = await addSecondFactor(token);
      expect(status).toBe(200);
      expect(uri).toMatch(/^otpauth:\/\/totp\/.*secret=/);

      const without = await signIn(email);
      expect([without.status, without.body.error.code]).toEqual([401, 'second_factor_needed']);
      const wrong = await signIn(email, { second_factor: '000000' });
      expect([wrong.status, wrong.body.error.code]).toEqual([401, 'wrong_second_factor']);
      // The code of now was used when the factor was added; one that is a step ahead is taken too.
      const code = codeOf(secret, 30);
      const right = await signIn(email, { second_factor: code });
      expect([right.status, right.body.second_factor]).toEqual([200, 'proved']);
      expect((await signIn(email, { second_factor: code })).status).toBe(401);
    });

    it('not by guessing codes between requests that ask which code is needed', async () => {
      const { email, token } = await signedIn();
      await addSecondFactor(token);
      const statuses: number[] = [];
      for (let i = 0; i < 5; i++) {
        statuses.push((await signIn(email, { second_factor: '000000' }, admin, '203.0.113.7')).status);
        statuses.push((await signIn(email, {}, admin, '203.0.113.7')).status);
      }
      expect(statuses).toContain(429);
    });

    it('with a recovery code when the telephone is lost, ten times', async () => {
      const { email, token } = await signedIn();
      const { codes } = await addSecondFactor(token);
      expect(new Set(codes).size).toBe(10);
      const [code] = codes;
      expect((await signIn(email, { second_factor: code })).status).toBe(200);
      expect((await signIn(email, { second_factor: code })).status).toBe(401);
      const { rows } = await database.owner.query(
        'SELECT cardinality(recovery_hashes) AS left, recovery_hashes::text AS kept FROM staff_users WHERE email = $1',
        [email],
      );
      expect(rows[0].left).toBe(9);
      expect(rows[0].kept).not.toContain(codes[1]?.replaceAll('-', ''));
    });
  });

  describe('who needs a second factor and has none', () => {
    it('is told so, opens nothing but the own account, and everything as soon as it is added', async () => {
      const { email } = await member('administrator');
      const { body } = await signIn(email, {}, strict);
      expect(body.second_factor).toBe('must_be_added');
      const token = body.access_token;
      const tenants = () => call('GET', '/tenants', { token }, strict);
      const refused = await tenants();
      expect([refused.status, refused.body.error.code]).toEqual([403, 'second_factor_missing']);
      expect((await call('GET', '/account', { token }, strict)).status).toBe(200);

      expect((await addSecondFactor(token, strict)).status).toBe(200);
      expect((await tenants()).status).toBe(200);
    });

    it('is let in where it is optional, and not where it is required, with the same session', async () => {
      const { token } = await signedIn();
      expect((await call('GET', '/tenants', { token })).status).toBe(200);
      expect((await call('GET', '/tenants', { token }, strict)).status).toBe(403);
    });
  });

  it('puts another second factor in place of the one in use only with a code of that one', async () => {
    const { token } = await signedIn();
    const { codes } = await addSecondFactor(token);
    const begin = (more: object) => call('POST', '/second-factor', { token, body: { password: PASSWORD, ...more } });
    expect((await begin({})).body.error.code).toBe('wrong_second_factor');
    expect((await begin({ second_factor: codes[0] })).status).toBe(200);
    const renewed = await call('POST', '/second-factor/recovery-codes', {
      token,
      body: { password: PASSWORD, second_factor: codes[1] },
    });
    expect(renewed.body.recovery_codes).toHaveLength(10);
    expect((await begin({ second_factor: codes[2] })).status).toBe(403);
  });

  describe('has sessions', () => {
    it('that are renewed with a token that works once; one that comes again ends the session for everybody', async () => {
      const { token, refreshToken } = await signedIn();
      const refresh = (refresh_token: string) => call('POST', '/sessions/refresh', { body: { refresh_token } });
      const next = await refresh(refreshToken);
      expect(next.status).toBe(200);
      const works = (t: string) => call('GET', '/account', { token: t });
      expect([(await works(token)).status, (await works(next.body.access_token)).status]).toEqual([200, 200]);

      const stolen = await refresh(refreshToken);
      expect([stolen.status, stolen.body.error.code]).toEqual([401, 'session_ended']);
      expect([(await works(token)).status, (await works(next.body.access_token)).status]).toEqual([401, 401]);
      expect((await refresh(next.body.refresh_token)).status).toBe(401);
      expect((await refresh('x'.repeat(86))).status).toBe(401);
    });

    it('that they see and end, at once in every process', async () => {
      const { email, token } = await signedIn();
      const other = (await signIn(email)).body.access_token;
      const list = (await call('GET', '/sessions', { token })).body.data;
      expect(list).toHaveLength(2);
      const theOther = list.find((s: { current: boolean }) => !s.current);
      expect((await call('GET', '/account', { token: other }, strict)).status).toBe(200);
      expect((await call('DELETE', `/sessions/${theOther.id}`, { token })).status).toBe(204);
      expect((await call('GET', '/account', { token: other }, strict)).status).toBe(401);
      expect((await call('DELETE', '/sessions/current', { token })).status).toBe(204);
      expect((await call('GET', '/account', { token })).status).toBe(401);
    });

    it('that are nobody else’s to end', async () => {
      const [a, b] = [await signedIn(), await signedIn()];
      const { body } = await call('GET', '/sessions', { token: b.token });
      expect((await call('DELETE', `/sessions/${body.data[0].id}`, { token: a.token })).status).toBe(404);
      expect((await call('GET', '/account', { token: b.token })).status).toBe(200);
    });

    it('that all end when the password changes', async () => {
      const { email, token } = await signedIn();
      const change = (password: string) =>
        call('POST', '/account/password', { token, body: { password, new_password: 'another long password' } });
      expect((await change('wrong')).status).toBe(403);
      expect((await change(PASSWORD)).status).toBe(204);
      expect((await call('GET', '/account', { token })).status).toBe(401);
      expect((await signIn(email)).status).toBe(401);
      expect((await signIn(email, { password: 'another long password' })).status).toBe(200);
    });
  });

  describe('is managed by administrators:', () => {
    let boss: Awaited<ReturnType<typeof signedIn>>;
    beforeAll(async () => {
      boss = await signedIn('administrator');
    });
    const as = (path: string, body: object = {}, method = 'POST') =>
      call(method, path, { token: boss.token, body: { reason: 'a test', ...body } });

    it('invited with a ticket that opens one account, once', async () => {
      const invited = await as('/invitations', { email: 'New@provider.example', role: 'billing' });
      expect(invited.body).toMatchObject({ email: 'new@provider.example', role: 'billing', invited_by: boss.email });
      const accept = () =>
        call('POST', '/invitations/accept', { body: { ticket: invited.body.ticket, new_password: PASSWORD } });
      expect((await accept()).status).toBe(204);
      expect((await accept()).status).toBe(410);
      expect((await signIn('new@provider.example')).body.staff.role).toBe('billing');
      expect((await as('/invitations', { email: 'new@provider.example', role: 'support' })).status).toBe(409);
    });

    it('not invited any more once the invitation is withdrawn, or another one is made', async () => {
      const invite = async () => (await as('/invitations', { email: 'late@provider.example', role: 'support' })).body;
      const [first, second] = [await invite(), await invite()];
      const accept = (ticket: string) =>
        call('POST', '/invitations/accept', { body: { ticket, new_password: PASSWORD } });
      expect((await accept(first.ticket)).status).toBe(410);
      const open = (await call('GET', '/invitations', { token: boss.token })).body.data;
      expect(open.map((i: { email: string }) => i.email)).toEqual(['late@provider.example']);
      expect((await call('DELETE', `/invitations/${second.id}`, { token: boss.token })).status).toBe(204);
      expect((await accept(second.ticket)).status).toBe(410);
    });

    it('given another role, deactivated and signed out, at once with the token they have', async () => {
      const { staffId, email, token } = await signedIn('auditor');
      expect((await call('GET', '/audit-log', { token })).status).toBe(200);
      expect((await as(`/staff/${staffId}`, { role: 'support' }, 'PATCH')).status).toBe(204);
      expect((await call('GET', '/audit-log', { token })).status).toBe(403);
      expect((await as(`/staff/${staffId}/end-sessions`)).status).toBe(204);
      expect((await call('GET', '/account', { token })).status).toBe(401);
      const again = (await signIn(email)).body.access_token;
      expect((await as(`/staff/${staffId}/deactivate`)).status).toBe(204);
      expect((await call('GET', '/account', { token: again })).status).toBe(401);
      expect((await signIn(email)).status).toBe(401);
      expect((await as(`/staff/${staffId}/reactivate`)).status).toBe(204);
      expect((await signIn(email)).status).toBe(200);
    });

    it.each([
      ['given another role', (id: string) => as(`/staff/${id}`, { role: 'support' }, 'PATCH')],
      ['signed out', (id: string) => as(`/staff/${id}/end-sessions`)],
      ['deactivated', (id: string) => as(`/staff/${id}/deactivate`)],
      ['freed of a lost second factor', (id: string) => as(`/staff/${id}/reset-second-factor`)],
    ])('%s, no longer inside any tenant that they looked into', async (_, done) => {
      const { staffId, token } = await signedIn('administrator');
      const other = await signedIn('administrator');
      const looksInto = async (shop: FoundedNumber, of: string) => {
        const body = { reason: 'ticket 7', minutes: 480, writes: true, bodies: true };
        const granted = await call('POST', `/tenants/${shop.tenantId}/support-accesses`, { token: of, body });
        return granted.body.token as string;
      };
      const url = '/api/v1/messages';
      const request = { method: 'GET', url, routeOptions: { url } } as Parameters<SupportAccesses['admit']>[1];
      const apps = await connect(database.appUrl);
      const merchants = new SupportAccesses(apps.db, new SystemClock());
      const admitted = (access: string) =>
        merchants.admit(access, request).then(
          () => true,
          (error) => error.status,
        );
      const [one, another] = [await foundNumber(database, 'One'), await foundNumber(database, 'Another')];
      const accesses = [await looksInto(one, token), await looksInto(another, token)];
      const others = await looksInto(one, other.token);
      expect(await Promise.all([...accesses, others].map(admitted))).toEqual([true, true, true]);
      expect((await done(staffId)).status).toBe(204);
      expect(await Promise.all([...accesses, others].map(admitted))).toEqual([401, 401, true]);
      const { rows } = await database.owner.query('SELECT ended_by FROM support_accesses WHERE tenant_id = $1', [
        another.tenantId,
      ]);
      expect(rows).toEqual([{ ended_by: `staff:${boss.email}` }]);
      await apps.close();
    });

    it('freed of a lost second factor, and let choose a new password', async () => {
      const { staffId, email, token } = await signedIn();
      await addSecondFactor(token);
      expect((await as(`/staff/${staffId}/reset-second-factor`)).status).toBe(204);
      expect((await call('GET', '/account', { token })).status).toBe(401);
      expect((await signIn(email)).status).toBe(200);
      const { ticket } = (await as(`/staff/${staffId}/reset-password`)).body;
      const body = { ticket, new_password: 'chosen by its owner' };
      expect((await call('POST', '/password/reset', { body })).status).toBe(204);
      expect((await signIn(email, { password: 'chosen by its owner' })).status).toBe(200);
      expect((await call('POST', '/password/reset', { body })).status).toBe(410);
    });

    it('never down to nobody: the last administrator stays one', async () => {
      await database.owner.query(
        `UPDATE staff_users SET role = 'auditor' WHERE role = 'administrator' AND staff_id <> $1`,
        [boss.staffId],
      );
      expect((await as(`/staff/${boss.staffId}`, { role: 'support' }, 'PATCH')).status).toBe(409);
      expect((await as(`/staff/${boss.staffId}/deactivate`)).status).toBe(409);
      expect((await as(`/staff/${boss.staffId.toUpperCase()}/deactivate`)).status).toBe(409);
      const second = await signedIn('administrator');
      // Two who go at the same moment: one of them stays.
      const answers = await Promise.all([
        as(`/staff/${boss.staffId}`, { role: 'administrator' }, 'PATCH'),
        call('PATCH', `/staff/${second.staffId}`, { token: boss.token, body: { role: 'support', reason: 'a test' } }),
        call('PATCH', `/staff/${boss.staffId}`, { token: second.token, body: { role: 'support', reason: 'a test' } }),
      ]);
      const { rows } = await database.owner.query(
        `SELECT count(*)::int AS left FROM staff_users WHERE role = 'administrator' AND disabled_at IS NULL`,
      );
      expect(rows[0].left).toBeGreaterThanOrEqual(1);
      expect(answers.map((a) => a.status).sort()).toEqual(expect.not.arrayContaining([500]));
    });

    it('and each of it is in the audit log with who, why and from where', async () => {
      const { rows } = await database.owner.query(
        `SELECT DISTINCT action FROM audit_log WHERE session_id IS NOT NULL AND user_agent IS NOT NULL ORDER BY action`,
      );
      expect(rows.map((r) => r.action)).toEqual(
        expect.arrayContaining([
          'second-factor.add',
          'second-factor.renew-codes',
          'session.end',
          'session.end-all',
          'session.open',
          'staff.disable',
          'staff.enable',
          'staff.invite',
          'staff.password',
          'staff.reset-password',
          'staff.reset-second-factor',
          'staff.role',
          'staff.withdraw-invitation',
        ]),
      );
      const secrets = await database.owner.query(
        `SELECT count(*)::int AS n FROM audit_log WHERE audit_log::text ~ 'argon2|v1\\.test\\.'`,
      );
      expect(secrets.rows[0].n).toBe(0);
    });
  });
});
