import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { AdminModule } from '../admin.module.js';
import { StaffUsers } from './staff-users.js';

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A small OpenID provider: whoever comes to it is signed in there as `person`. */
class SmallProvider {
  person: { sub: string; email?: string; email_verified?: boolean } = { sub: 'nobody' };
  /** What the next id token says otherwise. */
  lie: object = {};
  private readonly keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private readonly codes = new Map<string, { challenge: string; nonce: string; redirect: string }>();
  private server: Server;

  async start(): Promise<void> {
    this.server = createServer(async (request, response) => {
      const url = new URL(request.url ?? '/', this.issuer);
      const json = (body: object, status = 200) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (url.pathname === '/.well-known/openid-configuration') {
        return json({
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
      }
      if (url.pathname === '/jwks') {
        return json({
          keys: [{ ...this.keys.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' }],
        });
      }
      const form = new URLSearchParams(await text(request));
      const held = this.codes.get(form.get('code') ?? '');
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (!held || held.challenge !== challenge || held.redirect !== form.get('redirect_uri')) {
        return json({ error: 'invalid_grant' }, 400);
      }
      this.codes.delete(form.get('code') ?? '');
      return json({ access_token: 'x', token_type: 'bearer', id_token: this.idToken(held.nonce) });
    });
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }
  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What a browser does there: signs in and is sent back. @returns what stands behind `?` */
  visit(url: URL): string {
    const code = randomUUID();
    const of = (name: string) => url.searchParams.get(name) ?? '';
    expect([of('response_type'), of('code_challenge_method')]).toEqual(['code', 'S256']);
    this.codes.set(code, { challenge: of('code_challenge'), nonce: of('nonce'), redirect: of('redirect_uri') });
    return `?code=${code}&state=${of('state')}`;
  }

  private idToken(nonce: string): string {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: this.issuer,
      aud: 'paloma-admin',
      iat: now,
      exp: now + 300,
      nonce,
      ...this.person,
      ...this.lie,
    };
    const body = `${base64url({ alg: 'RS256', kid: 'k1' })}.${base64url(claims)}`;
    return `${body}.${sign('sha256', Buffer.from(body), this.keys.privateKey).toString('base64url')}`;
  }
}

describe('signing in through the identity provider', () => {
  const provider = new SmallProvider();
  let database: TestDatabase;
  let environment: Record<string, string>;
  let admin: RunningApp;

  beforeAll(async () => {
    await provider.start();
    database = await cloneDatabase();
    environment = testEnvironment(database, {
      LOG_LEVEL: 'fatal',
      STAFF_TOTP: 'required',
      STAFF_OIDC_ISSUER: provider.issuer,
      STAFF_OIDC_CLIENT_ID: 'paloma-admin',
      STAFF_OIDC_REDIRECT_URL: 'http://127.0.0.1:1/admin/v1/oidc/callback',
    });
    admin = await startApp(AdminModule, environment, { name: 'admin' });
    for (const email of ['ana@provider.example', 'ben@provider.example']) {
      const account = { email, role: 'support', password: 'a long enough password' } as const;
      await admin.app.get(StaffUsers).create(account, { who: 'a test', reason: 'a test' });
    }
  });
  afterAll(async () => {
    await admin.close();
    await database.drop();
    provider.stop();
  });
  beforeEach(() => {
    provider.lie = {};
  });

  async function begin(): Promise<{ url: URL; cookie: string }> {
    const answer = await fetch(`${admin.url}/admin/v1/oidc/start`, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    return { url: new URL(answer.headers.get('location') ?? ''), cookie: cookie.split(';')[0] as string };
  }
  const comeBack = (query: string, cookie?: string) =>
    http('GET', `${admin.url}/admin/v1/oidc/callback${query}`, { headers: cookie ? { cookie } : {} });
  async function signIn() {
    const { url, cookie } = await begin();
    return comeBack(provider.visit(url), cookie);
  }

  it('opens the account of the confirmed address, without a second factor of ours, and knows the person ever after', async () => {
    provider.person = { sub: 'ana-1', email: 'Ana@provider.example', email_verified: true };
    const { status, body } = await signIn();
    expect([status, body.staff?.email, body.second_factor]).toEqual([200, 'ana@provider.example', 'proved']);
    const tenants = await http('GET', `${admin.url}/admin/v1/tenants`, { token: body.access_token });
    expect(tenants.status).toBe(200);

    provider.person = { sub: 'ana-1', email: 'ana.married@provider.example', email_verified: true };
    expect((await signIn()).body.staff.email).toBe('ana@provider.example');
  });

  it('opens nothing for an address that is not confirmed, that nobody here has, or that somebody else there has taken over', async () => {
    provider.person = { sub: 'ben-1', email: 'ben@provider.example' };
    expect((await signIn()).status).toBe(403);
    provider.person = { sub: 'eve-1', email: 'eve@provider.example', email_verified: true };
    expect((await signIn()).status).toBe(403);
    provider.person = { sub: 'ana-2', email: 'ana@provider.example', email_verified: true };
    expect((await signIn()).status).toBe(403);
  });

  it.each([
    ['is for somebody else’s app', { aud: 'another-app' }],
    ['has expired', { exp: 1 }],
    ['answers another question', { nonce: 'another' }],
    ['comes from another issuer', { iss: 'https://elsewhere.example' }],
  ])('refuses a token that %s', async (_, lie) => {
    provider.person = { sub: 'ana-1' };
    provider.lie = lie;
    expect((await signIn()).status).toBe(401);
  });

  it('refuses what was begun in another browser, brought twice, or changed on the way', async () => {
    provider.person = { sub: 'ana-1' };
    const [mine, theirs] = [await begin(), await begin()];
    expect((await comeBack(provider.visit(mine.url))).status).toBe(401);
    expect((await comeBack(provider.visit(mine.url), theirs.cookie)).status).toBe(401);
    const query = provider.visit(mine.url);
    expect((await comeBack(`${query}x`, mine.cookie)).status).toBe(401);
    expect((await comeBack(query, mine.cookie)).status).toBe(200);
    expect((await comeBack(query, mine.cookie)).status).toBe(401);
  });

  it('is not offered where there is no identity provider', async () => {
    const plain = await startApp(AdminModule, { ...environment, STAFF_OIDC_ISSUER: '' }, { name: 'admin' });
    try {
      expect((await http('GET', `${plain.url}/admin/v1/oidc/start`)).status).toBe(404);
    } finally {
      await plain.close();
    }
  });
});
