import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { pino } from 'pino';
import { hashPassword } from '#libs/vault';
import { GATEWAY } from '../../apps/gateway/src/gateway.js';
import { GatewayWorkerModule } from '../../apps/gateway/src/gateway-worker.module.js';
import { OnboardingModule } from '../../apps/onboarding/src/onboarding.module.js';
import { OnboardingWorkerModule } from '../../apps/onboarding/src/onboarding-worker.module.js';
import { defaultConfig } from '../../apps/sandbox/src/config.js';
import { type Sandbox, startSandbox } from '../../apps/sandbox/src/sandbox.js';
import { http, type RunningApp, startApp, testEnvironment } from './app.js';
import { cloneDatabase, type TestDatabase } from './database.js';

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into by assertions
export type Json = Record<string, any>;

/** The provider as the sandbox knows it from its start: with a system user and a credit line. */
const SOLUTION_PARTNER = {
  META_SYSTEM_USER_TOKEN: defaultConfig.systemUserToken,
  META_SYSTEM_USER_ID: '920000000000001',
  META_BUSINESS_ID: '300000000000001',
  META_CREDIT_LINE_ID: '930000000000001',
};

/** Signs a new member of staff in. @returns the access token */
export async function someStaff(
  stack: { database: TestDatabase },
  admin: RunningApp,
  email: string,
  role: string,
): Promise<string> {
  const password = 'staff password';
  await stack.database.owner.query(
    `INSERT INTO staff_users (staff_id, email, password_hash, role, created_at)
     VALUES (gen_random_uuid(), $1, $2, $3, now())`,
    [email, await hashPassword(password), role],
  );
  return (await http('POST', `${admin.url}/admin/v1/sessions`, { body: { email, password } })).body.access_token;
}

/** Passes every handshake of Meta, as the gateway does. */
async function startCallback(): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    response.end(new URL(request.url ?? '/', 'http://callback').searchParams.get('hub.challenge') ?? '');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The onboarding app with its worker, against the sandbox, all on loopback ports of their own. */
export class OnboardingStack {
  private constructor(
    readonly database: TestDatabase,
    readonly sandbox: Sandbox,
    readonly environment: Record<string, string>,
    readonly app: RunningApp,
    private readonly callback: { server: Server; url: string },
    /** What the app has logged from `warn` on. */
    readonly logged: Json[],
  ) {}
  private worker: RunningApp | undefined;
  private readonly beside: RunningApp[] = [];
  private people = 0;

  /** @param more settings beside those of every test */
  static async start(more: Record<string, string> = {}): Promise<OnboardingStack> {
    const [database, callback] = [await cloneDatabase(), await startCallback()];
    const sandbox = await startSandbox({ ...defaultConfig, port: 0, logLevel: 'error', latencyMs: 0 });
    const environment = testEnvironment(database, {
      META_GRAPH_URL: sandbox.url,
      META_SDK_URL: `${sandbox.url}/sdk.js`,
      META_APP_ID: defaultConfig.appId,
      META_APP_SECRETS: defaultConfig.appSecret,
      GATEWAY_PUBLIC_URL: callback.url,
      ...SOLUTION_PARTNER,
      MAIL_OUTBOX_FOLDER: join(tmpdir(), 'paloma-test-mail'),
      TRUSTED_PROXIES: '127.0.0.0/8',
      ...more,
    });
    const logged: Json[] = [];
    const keep = (line: string) => {
      const entry: Json = JSON.parse(line);
      logged.push(entry);
      if (entry.level >= 50) process.stderr.write(line);
    };
    const logger = pino({ level: 'warn' }, { write: keep });
    const app = await startApp(OnboardingModule, environment, { name: 'onboarding', describe: 'Onboarding.', logger });
    return new OnboardingStack(database, sandbox, environment, app, callback, logged);
  }

  /**
   * A gateway with its worker, to which Meta tells what happens to accounts from here on. The callback that signups hand
   * to Meta stays the test's own.
   */
  async startGateway(): Promise<RunningApp> {
    const gateway = await startApp(GATEWAY.module as never, this.environment, { ...GATEWAY });
    const worker = await startApp(GatewayWorkerModule, this.environment, { name: 'gateway-worker' });
    await this.meta('POST', '/apps', { id: defaultConfig.appId, callback_url: `${gateway.url}/meta/webhooks` });
    this.beside.push(worker, gateway);
    return gateway;
  }

  /** The worker's part of the app, as Nest holds it. */
  inWorker<T>(what: Type<T>): T {
    if (!this.worker) throw new Error('the worker does not run');
    return this.worker.app.get(what);
  }

  /** A second process of the app. */
  another(): Promise<RunningApp> {
    return startApp(OnboardingModule, this.environment, { name: 'onboarding' });
  }

  async startWorker(): Promise<void> {
    this.worker = await startApp(OnboardingWorkerModule, this.environment, { name: 'onboarding-worker' });
  }
  async stopWorker(): Promise<void> {
    await this.worker?.close();
    this.worker = undefined;
  }

  async stop(): Promise<void> {
    await this.stopWorker();
    for (const app of this.beside) await app.close();
    await this.app.close();
    await this.sandbox.close();
    this.callback.server.closeAllConnections();
    await new Promise((done) => this.callback.server.close(done));
    await this.database.drop();
  }

  /** A call of the onboarding app's API. */
  api(method: string, path: string, options: Parameters<typeof http>[2] = {}): ReturnType<typeof http> {
    return http(method, `${this.app.url}/api/v1${path}`, options);
  }

  /** A control call of the sandbox. */
  async meta(method: string, path: string, body?: unknown): Promise<Json> {
    const answer = await http(method, `${this.sandbox.url}/_sandbox${path}`, body === undefined ? {} : { body });
    if (answer.status >= 400) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  }

  /** A new merchant who is signed in. */
  async merchant(): Promise<{ token: string; tenantId: string; email: string }> {
    const email = `owner${++this.people}@shop.example`;
    const password = 'correct horse battery';
    const founded = await this.api('POST', '/accounts', {
      body: { company: 'Sample Shop', country: 'MX', email, password },
    });
    expect(founded.status).toBe(201);
    const { body } = await this.api('POST', '/sessions', { body: { email, password } });
    return { token: body.access_token, tenantId: body.tenant.id, email };
  }

  async begin(token: string): Promise<string> {
    const { status, body } = await this.api('POST', '/signups', { token, body: { kind: 'embedded' } });
    expect(status).toBe(201);
    return body.id;
  }

  look = async (token: string, id: string): Promise<Json> => (await this.api('GET', `/signups/${id}`, { token })).body;

  /** What reached the sandbox with this method and part of the path and was done (2xx, or done with its answer cut). */
  async done(method: string, path: string): Promise<Json[]> {
    const { data } = await this.meta('GET', `/calls?path=${encodeURIComponent(path)}`);
    return data.filter(
      (c: Json) => c.method === method && ((c.status >= 200 && c.status < 300) || c.fault === 'drop_after_accept'),
    );
  }
}
