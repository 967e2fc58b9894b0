import { createHmac } from 'node:crypto';
import { Features } from '#libs/provider-settings';
import { Vault } from '#libs/vault';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { GatewayModule } from '../../../gateway/src/gateway.module.js';
import { OnboardingModule } from '../../../onboarding/src/onboarding.module.js';
import { AdminModule } from '../admin.module.js';
import { StaffUsers } from '../identity/staff-users.js';

const PASSWORD = 'a long enough password';
const [FIRST, SECOND, THIRD] = ['environment-app-secret', 'second-app-secret-0000', 'third-app-secret-00000'];

describe('settings of the provider', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let gateway: RunningApp;
  let onboarding: RunningApp;
  let token: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    const environment = testEnvironment(database, {
      LOG_LEVEL: 'fatal',
      META_APP_SECRETS: FIRST,
      PROVIDER_NAME: 'Paloma of the environment',
      SUPPORT_EMAIL: 'help@environment.example',
    });
    admin = await startApp(AdminModule, environment, { name: 'admin', describe: 'Admin.' });
    gateway = await startApp(GatewayModule, environment, { name: 'gateway' });
    onboarding = await startApp(OnboardingModule, environment, { name: 'onboarding' });
    const boss = { email: 'boss@provider.example', role: 'administrator', password: PASSWORD } as const;
    await admin.app.get(StaffUsers).create(boss, { who: 'a test', reason: 'a test' });
    const body = { email: boss.email, password: PASSWORD };
    token = (await http('POST', `${admin.url}/admin/v1/sessions`, { body })).body.access_token;
  });
  afterAll(async () => {
    await Promise.all([admin.close(), gateway.close(), onboarding.close()]);
    await database.drop();
  });

  const call = (method: string, path: string, body?: object) =>
    http(method, `${admin.url}/admin/v1/settings${path}`, { token, ...(body ? { body } : {}) });
  const entries = async (object: string) =>
    (await database.owner.query('SELECT action, before, after FROM audit_log WHERE object = $1 ORDER BY seq', [object]))
      .rows;

  describe('name, logo and colour', () => {
    const page = async () => (await http('GET', `${onboarding.url}/signup`)).body as string;
    const style = async () => (await http('GET', `${onboarding.url}/signup/assets/brand.css`)).body as string;

    it('are as the environment says until staff change them, and on every page within seconds then', async () => {
      expect(await page()).toContain('Paloma of the environment');
      const changed = { name: 'Tortuga & Co', color: '#7a1f5c', reason: 'our new name' };
      const { body } = await call('PUT', '/branding', changed);
      expect(body).toMatchObject({ name: 'Tortuga & Co', color: '#7a1f5c', changed: ['name', 'color'] });
      expect(body.support_email).toBe('help@environment.example');
      await eventually(async () => (await page()).includes('Tortuga &amp; Co'));
      expect(await style()).toContain('--accent:#7a1f5c');
      expect(await page()).toContain('help@environment.example');
    });

    it('go back to the environment when staff take them back, and all of it is in the audit log', async () => {
      expect((await call('PUT', '/branding', { reason: 'the old name' })).body.changed).toEqual([]);
      await eventually(async () => (await page()).includes('Paloma of the environment'));
      expect(await entries('setting:branding')).toEqual([
        { action: 'setting.change', before: null, after: { name: 'Tortuga & Co', color: '#7a1f5c' } },
        { action: 'setting.change', before: { name: 'Tortuga & Co', color: '#7a1f5c' }, after: null },
      ]);
    });

    it('changed by several at once are changed one after the other, and the audit log tells each from what', async () => {
      const { length } = await entries('setting:branding');
      const names = ['Ana', 'Bea', 'Cleo', 'Dora', 'Eva'];
      await Promise.all(names.map((name) => call('PUT', '/branding', { name, reason: 'all at once' })));
      await call('PUT', '/branding', { reason: 'the old name' });
      const changes = (await entries('setting:branding')).slice(length);
      expect(changes.map((change) => change.before)).toEqual([null, ...changes.slice(0, -1).map((c) => c.after)]);
    });

    it.each([
      ['a colour on which white text cannot be read', { color: '#ffd400' }],
      ['a name of two lines', { name: 'Tortuga\r\nBcc: all@everywhere.example' }],
      ['a logo that is a script', { logo_url: 'javascript:alert(1)' }],
      ['an address that is none', { support_email: 'help' }],
    ])('are refused with %s', async (_, given) => {
      const { status, body } = await call('PUT', '/branding', { ...given, reason: 'a test' });
      expect([status, Object.keys(body.error.fields)]).toEqual([400, Object.keys(given)]);
    });
  });

  describe('the app secret', () => {
    const webhook = async (secret: string) => {
      const body = '{"object":"whatsapp_business_account","entry":[]}';
      const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
      const headers = { 'x-hub-signature-256': signature, 'content-type': 'application/json' };
      return (await http('POST', `${gateway.url}/meta/webhooks`, { body, headers })).status;
    };
    const all = () => Promise.all([FIRST, SECOND, THIRD].map(webhook));
    const rotate = (secret: string, hours?: number) =>
      call('PUT', '/meta-secrets/app_secret', {
        secret,
        ...(hours === undefined ? {} : { overlap_hours: hours }),
        reason: 'once a year',
      });

    it('is rotated without a restart: old and new sign webhooks until the overlap ends', async () => {
      expect(await all()).toEqual([200, 401, 401]);
      const { status, body } = await rotate(SECOND);
      expect(status).toBe(200);
      const shown = body.data.filter((s: { kind: string }) => s.kind === 'app_secret');
      expect(shown).toMatchObject([
        { from: 'staff', current: true },
        { from: 'environment', current: false },
      ]);
      await eventually(async () => (await webhook(SECOND)) === 200);
      expect(await all()).toEqual([200, 200, 401]);

      expect((await rotate(THIRD)).status).toBe(200);
      await eventually(async () => (await webhook(THIRD)) === 200);
      expect(await all()).toEqual([200, 200, 200]);

      const ended = await call('POST', '/meta-secrets/app_secret/end-overlap', { reason: 'the old one leaked' });
      expect(ended.body.data.filter((s: { kind: string }) => s.kind === 'app_secret')).toHaveLength(1);
      await eventually(async () => (await webhook(FIRST)) === 401);
      expect(await all()).toEqual([401, 401, 200]);
    });

    it('is never shown again, by no route and no table', async () => {
      const { rows } = await database.owner.query(
        'SELECT s::text AS row FROM provider_secrets s UNION ALL SELECT a::text FROM audit_log a',
      );
      const shown = JSON.stringify([(await call('GET', '/meta-secrets')).body, rows]);
      for (const secret of [FIRST, SECOND, THIRD]) expect(shown).not.toContain(secret);
      expect((await entries('setting:meta.app_secret')).map((e) => e.action)).toEqual([
        'secret.rotate',
        'secret.rotate',
        'secret.end-overlap',
      ]);
    });

    it('is not rotated to itself, nor to one that is too short, and only administrators may', async () => {
      expect((await rotate(THIRD)).status).toBe(409);
      expect((await rotate('short')).status).toBe(400);
      expect((await call('PUT', '/meta-secrets/password', { secret: SECOND, reason: 'a test' })).status).toBe(404);
    });
  });

  it('the verify token overlaps, too, so that Meta may show either in its handshake', async () => {
    const handshake = async (verifyToken: string) =>
      (
        await http(
          'GET',
          `${gateway.url}/meta/webhooks?hub.mode=subscribe&hub.challenge=42&hub.verify_token=${verifyToken}`,
        )
      ).status;
    const secret = 'another-verify-token';
    await call('PUT', '/meta-secrets/verify_token', { secret, reason: 'once a year' });
    await eventually(async () => (await handshake(secret)) === 200);
    expect([await handshake('test-verify-token'), await handshake('neither')]).toEqual([200, 403]);
  });

  describe('the words of letters', () => {
    const path = '/letters/confirm-email/es';
    const own = { subject: 'Hola de {{provider}}', text: 'Abre {{link}}, por favor.' };
    const letterTo = async (email: string, language: string) => {
      const body = { company: 'Flores', email, password: PASSWORD };
      const headers = { 'accept-language': language };
      const { status } = await http('POST', `${onboarding.url}/api/v1/accounts`, { body, headers });
      expect(status).toBe(201);
      const { rows } = await database.owner.query(
        'SELECT letter_id, sealed FROM letters ORDER BY letter_id DESC LIMIT 1',
      );
      return JSON.parse(onboarding.app.get(Vault).open(rows[0].sealed, `letter:${rows[0].letter_id}`));
    };

    it('are the provider’s own in the language that it changed, until it takes them back', async () => {
      expect((await call('PUT', path, { ...own, reason: 'our tone' })).body).toMatchObject({ ...own, changed: true });
      let n = 0;
      await eventually(
        async () => (await letterTo(`es-${n++}@flores.example`, 'es')).subject === 'Hola de Paloma of the environment',
      );
      expect((await letterTo('es@flores.example', 'es')).text).toMatch(
        /^Abre http\S+\/account\/confirm\S+, por favor\.$/,
      );
      expect((await letterTo('en@flores.example', 'en')).subject).toContain('Confirm your e-mail address');
      expect((await call('POST', `${path}/reset`, { reason: 'the old tone' })).body.changed).toBe(false);
      await eventually(async () =>
        (await letterTo(`es-${n++}@flores.example`, 'es')).subject.startsWith('Confirma tu'),
      );
    });

    it('can be previewed, and are refused when the letter would be of no use', async () => {
      const { body } = await call('POST', `${path}/preview`, own);
      expect(body).toMatchObject({ subject: 'Hola de Paloma', text: expect.stringMatching(/^Abre https:/) });
      const useless = { subject: 'Hola', text: 'Abre el enlace.' };
      expect((await call('POST', `${path}/preview`, useless)).status).toBe(400);
      expect((await call('PUT', path, { ...useless, reason: 'a test' })).status).toBe(400);
      expect((await call('PUT', '/letters/love-letter/es', { ...own, reason: 'a test' })).status).toBe(404);
    });
  });

  describe('what is switched on', () => {
    const open = async (n: number) => {
      const body = { company: 'Flores', email: `switch-${n}@flores.example`, password: PASSWORD };
      return http('POST', `${onboarding.url}/api/v1/accounts`, { body });
    };

    it('is off in every process within seconds, says so, and is in the audit log', async () => {
      await call('PUT', '/features/accounts', { on: false, reason: 'by invitation only' });
      let n = 0;
      const refused = await eventually(async () => {
        const answer = await open(n++);
        return answer.status === 403 && answer;
      });
      expect(refused.body.error.code).toBe('feature_off');
      expect(await entries('setting:feature.accounts')).toEqual([
        { action: 'setting.change', before: null, after: { on: false } },
      ]);
      await call('PUT', '/features/accounts', { on: true, reason: 'for all again' });
      await eventually(async () => (await open(n++)).status === 201);
    });

    it('is switched for one tenant alone where the feature is a tenant’s', async () => {
      const [{ tenant_id: tenantId }] = (await database.owner.query('SELECT tenant_id FROM tenants LIMIT 1')).rows;
      const { body } = await call('PUT', `/features/campaigns/tenants/${tenantId}`, {
        on: false,
        reason: 'a complaint',
      });
      const campaigns = () => body.data.find((f: { feature: string }) => f.feature === 'campaigns');
      expect(campaigns()).toMatchObject({ on: true, exceptions: [{ tenant_id: tenantId, on: false }] });
      const features = onboarding.app.get(Features);
      await eventually(async () => !features.isOn('campaigns', tenantId));
      expect(features.isOn('campaigns', '018f0000-0000-7000-8000-000000000000')).toBe(true);
      expect(
        (await call('PUT', `/features/campaigns/tenants/${tenantId}`, { on: null, reason: 'settled' })).status,
      ).toBe(200);
      await eventually(async () => features.isOn('campaigns', tenantId));
      const elsewhere = await call('PUT', `/features/accounts/tenants/${tenantId}`, { on: false, reason: 'a test' });
      expect(elsewhere.status).toBe(404);
    });
  });

  it('the app at Meta is another one on pages within seconds', async () => {
    await call('PUT', '/meta-app', { app_id: '424242', reason: 'a new app' });
    await eventually(async () => ((await http('GET', `${onboarding.url}/signup`)).body as string).includes('424242'));
    expect((await call('GET', '/meta-app')).body).toMatchObject({ app_id: '424242', business_id: null });
    await call('PUT', '/meta-app', { reason: 'the old one' });
  });
});
