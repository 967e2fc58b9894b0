import { AdminModule } from '../../../../apps/admin/src/admin.module.js';
import { eventually, http, startApp } from '../../../../test/support/app.js';
import { type Json, OnboardingStack, someStaff } from '../../../../test/support/onboarding.js';

describe('a setup link', () => {
  let stack: OnboardingStack;
  let token: string;
  let tenantId: string;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    ({ token, tenantId } = await stack.merchant());
  });

  const make = async (by = token): Promise<{ id: string; ticket: string }> => {
    const { status, body } = await stack.api('POST', '/setup-links', { token: by, body: {} });
    expect(status).toBe(201);
    return { id: body.id, ticket: new URL(body.url).hash.replace('#setup=', '') };
  };
  const open = (ticket: string) => stack.api('POST', '/setup-links/open', { body: { ticket } });
  const signups = async (): Promise<Json[]> => (await stack.api('GET', '/signups', { token })).body.data;

  it('made by a merchant’s back end begins one signup, however often it is opened', async () => {
    const key = (await stack.api('POST', '/api-keys', { token, body: { name: 'crm', scopes: ['onboarding'] } })).body;
    const { ticket } = await make(key.api_key);
    const both = await Promise.all([open(ticket), open(ticket)]);
    const again = await open(ticket);
    expect(new Set([...both, again].map((o) => o.body.signup_id)).size).toBe(1);
    expect(await signups()).toHaveLength(1);
  });

  it('opens its own signup and nothing else', async () => {
    const other = await stack.begin(token);
    const { body } = await open((await make()).ticket);
    const ask = async (method: string, path: string) =>
      (await stack.api(method, path, { token: body.access_token, ...(method === 'POST' ? { body: {} } : {}) })).status;
    expect(await ask('GET', `/signups/${body.signup_id}`)).toBe(200);
    expect(await ask('GET', `/signups/${other}`)).toBe(403);
    expect(await ask('GET', '/signups')).toBe(403);
    expect(await ask('POST', '/api-keys')).toBe(403);
    expect(await ask('GET', '/me')).toBe(403);
    expect(await ask('POST', '/sessions/refresh')).toBe(400);
  });

  it('that is too old, taken back or forged opens nothing and begins nothing', async () => {
    const [old, back, forged] = [await make(), await make(), await make()];
    await stack.database.owner.query(
      "UPDATE setup_links SET expires_at = now() - interval '1 second' WHERE link_id = $1",
      [old.id],
    );
    expect((await open(old.ticket)).body.error.code).toBe('link_expired');
    expect((await stack.api('DELETE', `/setup-links/${back.id}`, { token })).status).toBe(204);
    expect((await open(back.ticket)).body.error.code).toBe('link_revoked');
    const bytes = Buffer.from(forged.ticket, 'base64url');
    bytes[40] = (bytes[40] ?? 0) ^ 1;
    expect((await open(bytes.toString('base64url'))).body.error.code).toBe('link_unknown');
    expect(await signups()).toEqual([]);
  });

  it('says why it opens nothing in the language of whoever opens it', async () => {
    const [back, link] = [await make(), await make()];
    await stack.api('DELETE', `/setup-links/${back.id}`, { token });
    const why = async (ticket: string, language: string) => {
      const asked = { method: 'POST', body: JSON.stringify({ ticket }) };
      const headers = { 'content-type': 'application/json', 'accept-language': language };
      const answer = await fetch(`${stack.app.url}/api/v1/setup-links/open`, { ...asked, headers });
      return ((await answer.json()) as Json).error.message;
    };
    expect(await why(back.ticket, 'es-MX')).toBe('Este enlace fue retirado. Pide uno nuevo a quien te lo envió.');
    expect(await why('none', 'pt-BR')).toMatch(/^Este link está incompleto\./);
    await stack.database.owner.query("UPDATE tenants SET status = 'suspended' WHERE tenant_id = $1", [tenantId]);
    expect(await why(link.ticket, 'pt-BR')).toBe('Esta conta está suspensa e não pode conectar números.');
    expect(await why(link.ticket, 'de')).toBe('This account is suspended and cannot connect numbers.');
  });

  it('that is taken back while it is open puts its holder out at once', async () => {
    const { id, ticket } = await make();
    const { body } = await open(ticket);
    await stack.api('DELETE', `/setup-links/${id}`, { token });
    expect((await stack.api('GET', `/signups/${body.signup_id}`, { token: body.access_token })).status).toBe(401);
  });

  it('cannot be taken back or seen by another tenant, and one who is suspended makes none', async () => {
    const { id } = await make();
    const other = await stack.merchant();
    expect((await stack.api('DELETE', `/setup-links/${id}`, { token: other.token })).status).toBe(404);
    expect((await stack.api('GET', '/setup-links', { token: other.token })).body.data).toEqual([]);
    await stack.database.owner.query("UPDATE tenants SET status = 'suspended' WHERE tenant_id = $1", [tenantId]);
    expect((await stack.api('POST', '/setup-links', { token, body: {} })).status).toBe(403);
  });

  it('begins nothing once the provider allows no further number', async () => {
    const { ticket } = await make();
    await stack.database.owner.query(
      `INSERT INTO tenant_limits (tenant_id, what, most, set_at) VALUES ($1, 'numbers', 0, now())`,
      [tenantId],
    );
    const refused = await open(ticket);
    expect([refused.status, refused.body.error.code]).toEqual([403, 'limit_reached']);
    expect(await signups()).toEqual([]);
    await stack.database.owner.query('DELETE FROM tenant_limits WHERE tenant_id = $1', [tenantId]);
    expect((await open(ticket)).status).toBe(200);
  });

  it('connects nothing for a tenant that was suspended after it was made, or after it was opened', async () => {
    const [unopened, opened] = [await make(), await make()];
    const { access_token: visitor, signup_id: id } = (await open(opened.ticket)).body;
    await stack.database.owner.query("UPDATE tenants SET status = 'suspended' WHERE tenant_id = $1", [tenantId]);
    for (const { ticket } of [unopened, opened]) expect((await open(ticket)).status).toBe(403);
    expect(await signups()).toHaveLength(1);
    const meta = await stack.meta('POST', '/embedded_signup', { business_name: 'Shop' });
    for (const [what, body] of [
      ['code', { code: meta.code }],
      ['event', meta.event],
      ['retry', {}],
    ] as const) {
      const { status } = await stack.api('POST', `/signups/${id}/${what}`, { token: visitor, body });
      expect([what, status]).toEqual([what, 403]);
    }
    expect((await stack.look(token, id)).waba_id).toBeUndefined();
  });

  it('made by staff takes whoever opens it to a live number, and stands in the audit log with its reason', async () => {
    const admin = await startApp(AdminModule, stack.environment, { name: 'admin' });
    await stack.startWorker();
    try {
      const staff = await someStaff(stack, admin, 'ana@provider.example', 'onboarding');
      const made = await http('POST', `${admin.url}/admin/v1/tenants/${tenantId}/setup-links`, {
        token: staff,
        body: { reason: 'asked for on the phone' },
      });
      expect(made.status).toBe(201);
      const ticket = new URL(made.body.url).hash.replace('#setup=', '');
      const { access_token: visitor, signup_id: id } = (await open(ticket)).body;
      const meta = await stack.meta('POST', '/embedded_signup', { business_name: 'Shop' });
      await stack.api('POST', `/signups/${id}/code`, { token: visitor, body: { code: meta.code } });
      await eventually(async () => (await stack.look(token, id)).state === 'live');
      expect((await open(ticket)).body.error.code).toBe('link_used');
      const { rows } = await stack.database.owner.query(
        "SELECT who, reason FROM audit_log WHERE action = 'setup-link.make' AND tenant_id = $1",
        [tenantId],
      );
      expect(rows).toEqual([{ who: 'ana@provider.example', reason: 'asked for on the phone' }]);
      const { data } = (await stack.api('GET', '/setup-links', { token })).body;
      expect(data[0]).toMatchObject({ state: 'used', signup_id: id, made_by: 'staff:ana@provider.example' });
    } finally {
      await stack.stopWorker();
      await admin.close();
    }
  });

  it('refused is written down with where it came from, never with what it held', async () => {
    const { ticket } = await make();
    await open(`${ticket.slice(0, -4)}AAAA`);
    const lines = stack.logged.filter((l) => l.msg === 'a setup link was refused');
    expect(lines.at(-1)).toMatchObject({ ip: expect.stringContaining('127.0.0.1'), why: 'unknown' });
    expect(JSON.stringify(stack.logged)).not.toContain(ticket.slice(0, 40));
  });
});
