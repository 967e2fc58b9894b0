import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { currentEnvironment } from '#libs/config';
import { loginRole, migrate } from '../migrate.js';
import { claimPort } from '../services/claim-port.js';
import { createDatabase, databaseExists, dropDatabase } from '../services/postgres.js';
import { freePort, Household } from '../services/processes.js';
import { DIST } from '../services/root.js';
import { type Services, startServices } from '../services/services.js';
import { Child } from './child.js';
import { APPS, type ProcessPlan, SANDBOX } from './processes.js';
import { type StackSecrets, stackSecrets } from './secrets.js';

const READY_WITHIN_MS = 180_000;
const RESTARTED_AT_ONCE = 3;
/** Restarted last, since then it seals anew what the others sealed under older settings. */
const LAST = 'admin-worker';

export interface StackOptions {
  /** Where the data lives between commands; without it everything is temporary and gone afterwards. */
  folder?: string;
  /** Told what happens, for people. */
  say?: (words: string) => void;
  /** More settings for all apps. */
  environment?: Record<string, string>;
  /** Processes that run more than once, and how often. */
  copies?: Record<string, number>;
  /** Private PostgreSQL and Redis whatever the settings name, for what restarts them. */
  ownServices?: boolean;
}

export interface Stack {
  urls: Record<string, string>;
  secrets: StackSecrets;
  /** Owner's URL of the database. */
  databaseUrl: string;
  redisUrl: string;
  /** The servers that this stack started itself. */
  own: Services['own'];
  /** The settings of the apps, for processes that run beside them. */
  appEnvironment: Record<string, string | undefined>;
  adminEnvironment: Record<string, string | undefined>;
  /** The processes that run now, by name. */
  pids(): Record<string, number[]>;
  /** Calls back with the name of a process that was started again. */
  onChange(listener: (name: string) => void): void;
  /** Gives all apps other settings by a rolling restart, a few at a time; they are not kept for the next start of a folder. */
  reconfigure(settings: Readonly<Record<string, string>>): Promise<void>;
  /** Writes a file for people and tools that is true while the stack runs, and is gone with it, however it ends. */
  tell(file: string, content: unknown): void;
  /** Ends all of it; resolves when nothing is left. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL, Redis, the sandbox and every app, each in a process of its own, on free ports; resolves when all
 * are ready. What it started ends with the command, however that ends.
 *
 * @throws Error with the last words of what did not start; then nothing is left running
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const say = options.say ?? (() => {});
  const household = new Household();
  const children: Child[] = [];
  let dropOwnDatabase = async () => {};
  const stop = async () => {
    await Promise.all(children.map((c) => c.stop()));
    await dropOwnDatabase();
    await household.end();
  };
  try {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'paloma-stack-'));
    if (!options.folder) household.removeAtEnd(folder);
    const secrets = stackSecrets(options.folder ? join(folder, 'secrets.json') : undefined);

    say('PostgreSQL and Redis …');
    const services = await startServices(
      household,
      options.folder && join(folder, 'services'),
      say,
      options.ownServices,
    );
    // Only now: until PostgreSQL has its folder, the logs there may be those of a stack that runs.
    const logs = join(folder, 'logs');
    rmSync(logs, { recursive: true, force: true });
    mkdirSync(logs, { recursive: true });
    const database = await ownDatabase(
      services.databaseUrl,
      services.own.postgres !== undefined,
      options.folder !== undefined,
    );
    if (database.drop) dropOwnDatabase = database.drop;
    await migrate(database.url);
    const name = new URL(database.url).pathname.slice(1);
    const [appUrl, staffUrl] = [
      await loginRole(database.url, `${name}_login_app`, 'paloma_tenant', secrets.appRolePassword),
      await loginRole(database.url, `${name}_login_staff`, 'paloma_staff', secrets.staffRolePassword),
    ];

    say('The sandbox that stands in for Meta, and the apps …');
    const listeners: ((name: string) => void)[] = [];
    const changed = (name: string) => {
      for (const listener of listeners) listener(name);
    };
    const plans = APPS.flatMap((plan) => copiesOf(plan, options.copies?.[plan.name] ?? 1));
    const ports = new Map<string, number>();
    for (const plan of [SANDBOX, ...plans]) {
      let port = await claimPort(household, plan.port);
      while ([...ports.values()].includes(port)) port = await freePort();
      ports.set(plan.name, port);
    }
    const at = (name: string) => `http://127.0.0.1:${ports.get(name)}`;
    const inherited = currentEnvironment();
    const common = {
      PATH: inherited.PATH,
      HOME: inherited.HOME,
      TZ: 'UTC',
      LOG_LEVEL: inherited.LOG_LEVEL ?? 'info',
      HOST: '127.0.0.1',
    };
    const environment = {
      ...common,
      REDIS_URL: services.redisUrl,
      // A server that others use too: this stack keeps to keys of its own.
      REDIS_PREFIX: services.own.redis ? 'paloma' : name,
      META_GRAPH_URL: at('sandbox'),
      META_APP_ID: 'sandbox-app',
      META_APP_SECRETS: secrets.metaAppSecret,
      META_VERIFY_TOKEN: secrets.metaVerifyToken,
      META_SDK_URL: `${at('sandbox')}/sdk.js`,
      META_SIGNUP_CONFIG_ID: 'sandbox-config',
      // What the sandbox has from its start.
      META_SYSTEM_USER_TOKEN: 'sandbox-system-user-token',
      META_SYSTEM_USER_ID: '920000000000001',
      META_BUSINESS_ID: '300000000000001',
      META_CREDIT_LINE_ID: '930000000000001',
      GATEWAY_PUBLIC_URL: at('gateway'),
      GATEWAY_URL: at('gateway'),
      BILLING_URL: at('billing'),
      ONBOARDING_PUBLIC_URL: at('onboarding'),
      ENGAGEMENT_PUBLIC_URL: at('engagement'),
      MEDIA_FOLDER: join(folder, 'media'),
      MAIL_OUTBOX_FOLDER: join(folder, 'mail'),
      ENCRYPTION_KEYS: `k1:${secrets.encryptionKey}`,
      TENANT_JWT_SECRET: secrets.tenantJwt,
      STAFF_JWT_SECRET: secrets.staffJwt,
      STAFF_TOTP: 'optional',
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      ON_PREMISES_ALLOWED_NETWORKS: '127.0.0.0/8',
      PALOMA_CLOCK: 'sandbox',
      SANDBOX_URL: at('sandbox'),
      ...options.environment,
    };
    const start = (plan: { name: string; entry: string }, env: Record<string, string | undefined>): Child => {
      const child = new Child(
        household,
        plan.name,
        join(DIST, plan.entry),
        ports.get(plan.name) as number,
        env,
        logs,
        () => changed(plan.name),
      );
      child.start();
      children.push(child);
      return child;
    };
    const sandbox = start(SANDBOX, {
      ...common,
      SANDBOX_APP_ID: 'sandbox-app',
      SANDBOX_APP_SECRET: secrets.metaAppSecret,
      SANDBOX_VERIFY_TOKEN: secrets.metaVerifyToken,
      SANDBOX_WEBHOOK_URL: `${at('gateway')}/meta/webhooks`,
      SANDBOX_PUBLIC_URL: at('sandbox'),
    });
    await sandbox.ready(READY_WITHIN_MS);
    const apps = plans.map((plan) =>
      start(
        plan,
        plan.name.startsWith('admin')
          ? { ...environment, STAFF_DATABASE_URL: staffUrl }
          : { ...environment, DATABASE_URL: appUrl },
      ),
    );
    await Promise.all(apps.map((a) => a.ready(READY_WITHIN_MS)));

    return {
      urls: Object.fromEntries([SANDBOX, ...APPS].filter((p) => p.port).map((p) => [p.name, at(p.name)])),
      secrets,
      databaseUrl: database.url,
      redisUrl: services.redisUrl,
      appEnvironment: { ...environment, DATABASE_URL: appUrl },
      adminEnvironment: { ...environment, STAFF_DATABASE_URL: staffUrl },
      own: services.own,
      pids: () => {
        const { postgres, redis } = services.own;
        const pids: Record<string, number[]> = {
          ...(postgres ? { postgres: [postgres.pid] } : {}),
          ...(redis ? { redis: [redis.pid] } : {}),
        };
        for (const { name, pid } of children) {
          const plan = name.replace(COPY, '');
          pids[plan] = [...(pids[plan] ?? []), ...(pid === undefined ? [] : [pid])];
        }
        return pids;
      },
      onChange: (listener) => listeners.push(listener),
      reconfigure: async (settings) => {
        const restart = (some: readonly Child[]) => Promise.all(some.map((c) => c.restart(settings, READY_WITHIN_MS)));
        const first = children.filter((c) => c !== sandbox && c.name !== LAST);
        for (let from = 0; from < first.length; from += RESTARTED_AT_ONCE) {
          await restart(first.slice(from, from + RESTARTED_AT_ONCE));
        }
        await restart(children.filter((c) => c.name === LAST));
      },
      tell: (file, content) => {
        household.removeAtEnd(file);
        writePrivate(file, content);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The second and third process of a plan are called `gateway-worker-2` and `gateway-worker-3`. */
const COPY = /-\d+$/;
const copiesOf = (plan: ProcessPlan, times: number): ProcessPlan[] => [
  plan,
  ...Array.from({ length: times - 1 }, (_, i) => ({ name: `${plan.name}-${i + 2}`, entry: plan.entry })),
];

/**
 * The database of this stack: on a server of our own always `paloma`; on a given server the one that DATABASE_URL names
 * when the data are to stay, else a new one that is dropped at the end.
 */
async function ownDatabase(
  serverUrl: string,
  serverIsOurs: boolean,
  keep: boolean,
): Promise<{ url: string; drop?: () => Promise<void> }> {
  if (!serverIsOurs && keep) return { url: serverUrl };
  const name = serverIsOurs ? 'paloma' : `paloma_${process.pid}_${Date.now().toString(36)}`;
  if (serverIsOurs && (await databaseExists(serverUrl, name))) {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    return { url: url.href };
  }
  const url = await createDatabase(serverUrl, name);
  return serverIsOurs ? { url } : { url, drop: () => dropDatabase(serverUrl, name) };
}

/** Writes a JSON file that only its owner may read: it holds keys and passwords. */
export function writePrivate(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}
