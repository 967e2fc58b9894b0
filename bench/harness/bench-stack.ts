import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '#libs/config';
import { despiteDeadlock } from '#libs/persistence';
import { Vault } from '#libs/vault';
import { freePort } from '../../tools/services/processes.js';
import { call } from '../../tools/stack/api.js';
import { createStaff } from '../../tools/stack/demo-stack.js';
import { startStack } from '../../tools/stack/stack.js';
import { GraphControl } from '../stand-ins/graph-control.js';
import { type BenchMerchant, makeMerchants } from './merchants.js';
import { type Started, startProcess, startProduct } from './start-process.js';

/** What the figures measure against: the whole product, with stand-ins for Meta and for a tenant's endpoint. */
export interface Bench {
  gateway: string;
  admin: string;
  engagement: string;
  graph: GraphControl;
  /** URL of a tenant's endpoint. */
  endpoint: string;
  appSecret: string;
  /** As the owner of the tables, for preparing and counting. */
  db: pg.Client;
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  /** Settings of the apps, for baselines. */
  environment: Record<string, string | undefined>;
  pids(name: string): number[];
  make(merchants: number, numbersEach: number): Promise<BenchMerchant[]>;
  /**
   * Lets only these processes of the stack work; the others stand still and take no CPU from what is measured, and no
   * transaction of theirs stays open, which would keep what dies meanwhile in the way of every reader.
   */
  only(...names: string[]): Promise<void>;
  /** Lets all work again, but for the sandbox and onboarding, which no message goes through. */
  all(): void;
  /** Empties what messages leave behind, so that every figure begins alike; for that all work again. */
  clear(): Promise<void>;
  /** A session of an administrator, whose account is made by the first call. */
  staffToken(): Promise<string>;
  baseline(name: string, environment?: Record<string, string>): Promise<Started>;
  /** One more worker of the gateway. */
  worker(environment?: Record<string, string>): Promise<Started>;
  stop(): Promise<void>;
}

const TRACES =
  'messages, message_events, meta_events, tenant_events, webhook_deliveries, usage_facts, idempotency_keys, lane_leases';
/** 512 MB of WAL in files of 16 MB. */
const WAL_FILES = 32;
const ALWAYS = new Set(['postgres', 'redis']);
const NEVER = new Set(['sandbox']);

/**
 * Starts a stack whose Graph API is the stand-in.
 *
 * @param environment more settings for all apps
 */
export async function startBench(
  say: (words: string) => void,
  environment: Record<string, string> = {},
): Promise<Bench> {
  const [graph, endpoint] = await Promise.all(
    ['graph', 'tenant'].map((name) => startProcess(`bench/stand-ins/${name}`)),
  );
  if (!graph || !endpoint) throw new Error('no stand-ins');
  // With a folder PostgreSQL waits for the disk at every commit, as it must where messages are real.
  const folder = mkdtempSync(join(tmpdir(), 'paloma-bench-'));
  const stack = await startStack({
    folder,
    say,
    environment: { LOG_LEVEL: 'warn', META_GRAPH_URL: graph.url, PALOMA_CLOCK: 'system', ...environment },
  });
  const db = new pg.Client({ connectionString: stack.databaseUrl });
  await db.connect();
  await useUpWal(db);
  const settings = stack.appEnvironment;
  const vault = new Vault(loadConfig(['ENCRYPTION_KEYS'], settings).ENCRYPTION_KEYS);
  const started: Started[] = [graph, endpoint];
  const keep = async (start: Promise<Started>): Promise<Started> => {
    const process = await start;
    started.push(process);
    return process;
  };
  const signal = (wanted: (name: string) => boolean) => {
    for (const [name, pids] of Object.entries(stack.pids())) {
      for (const pid of pids) process.kill(pid, wanted(name) || ALWAYS.has(name) ? 'SIGCONT' : 'SIGSTOP');
    }
  };
  return {
    gateway: stack.urls.gateway as string,
    admin: stack.urls.admin as string,
    engagement: stack.urls.engagement as string,
    graph: new GraphControl(graph.url),
    endpoint: endpoint.url,
    appSecret: stack.secrets.metaAppSecret,
    db,
    databaseUrl: stack.databaseUrl,
    redisUrl: stack.redisUrl,
    redisPrefix: settings.REDIS_PREFIX as string,
    environment: settings,
    pids: (name) => (name === 'graph' ? [graph.pid] : (stack.pids()[name] ?? [])),
    make: (merchants, numbersEach) => makeMerchants(db, vault, merchants, numbersEach),
    only: async (...names) => {
      do {
        signal((name) => !NEVER.has(name));
        await new Promise((resolve) => setTimeout(resolve, 20));
        signal((name) => names.includes(name));
      } while (await anyTransactionStands(db));
    },
    all: () => signal((name) => !NEVER.has(name)),
    clear: async () => {
      // What stands still may hold a lock.
      signal((name) => !NEVER.has(name));
      // The apps are awake, and lock the same tables in an order of their own.
      await despiteDeadlock(() => db.query(`TRUNCATE ${TRACES}`));
    },
    staffToken: async () => {
      const { email, password } = await createStaff(stack);
      const body = { email, password };
      const session = await call<{ access_token: string }>('POST', `${stack.urls.admin}/admin/v1/sessions`, { body });
      return session.access_token;
    },
    baseline: (name, more = {}) =>
      keep(
        startProcess(`bench/baselines/${name}`, {
          ...settings,
          OWNER_DATABASE_URL: stack.databaseUrl,
          GRAPH_URL: graph.url,
          ...more,
        }),
      ),
    worker: async (more = {}) =>
      keep(startProduct('apps/gateway/src/worker', await freePort(), { ...settings, ...more })),
    stop: async () => {
      signal(() => true);
      for (const process of started) process.stop();
      await db.end();
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A new server makes each file of its WAL when it first needs it, and every commit waits 50 to 60 ms for that; one that has
 * run for a while writes over old ones. So as many are written as a figure needs, and a checkpoint lets them be used again.
 */
async function useUpWal(db: pg.Client): Promise<void> {
  for (let file = 0; file < WAL_FILES; file++) {
    await db.query(`SELECT pg_logical_emit_message(true, 'bench', 'a file of WAL')`);
    await db.query('SELECT pg_switch_wal()');
  }
  await db.query('CHECKPOINT');
}

/** Whether a transaction waits for its process at two looks in a row. */
async function anyTransactionStands(db: pg.Client): Promise<boolean> {
  const look = async () =>
    (
      await db.query(
        `SELECT pid || ' ' || xact_start AS id FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'`,
      )
    ).rows.map((row) => row.id);
  const before = await look();
  if (before.length === 0) return false;
  await new Promise((resolve) => setTimeout(resolve, 200));
  return (await look()).some((id) => before.includes(id));
}
