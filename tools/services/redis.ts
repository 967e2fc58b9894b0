import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { currentEnvironment } from '#libs/config';
import { OwnServer } from './own-server.js';
import { freePort, type Household, runToEnd } from './processes.js';

const SERVERS = ['redis-server', 'valkey-server'];
const PATH = () => [
  ...(currentEnvironment().PATH ?? '').split(delimiter),
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
];

function onPath(command: string): string | undefined {
  for (const folder of PATH()) {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Look further.
    }
  }
  return undefined;
}
const installed = () => SERVERS.map(onPath).find(Boolean);

const HOW_TO_GET_REDIS = [
  'Paloma needs Redis (or Valkey) and found none. One of these will do:',
  '  Debian, Ubuntu   sudo apt-get install redis-server',
  '  macOS            brew install redis',
  '  Docker           docker run --rm -p 6379:6379 redis:7   and   export REDIS_URL=redis://127.0.0.1:6379',
  'or point REDIS_URL at a server of yours.',
].join('\n');

/**
 * Installs Debian's redis-server without letting the package start a service of its own: what we start, we stop.
 * Debian's way to say so is a policy-rc.d that answers 101 (invoke-rc.d's specification).
 */
async function installWithApt(say: (words: string) => void): Promise<void> {
  if (!onPath('apt-get')) throw new Error(HOW_TO_GET_REDIS);
  const root = process.getuid?.() === 0;
  const sudo = root ? [] : ['sudo', '-n'];
  const as = (command: string[]) => {
    const [program, ...args] = [...sudo, ...command];
    return runToEnd(program as string, args, { env: { ...currentEnvironment(), DEBIAN_FRONTEND: 'noninteractive' } });
  };
  if (!root) await runToEnd('sudo', ['-n', 'true']).catch(() => Promise.reject(new Error(HOW_TO_GET_REDIS)));
  say('Redis is not installed; installing Debian’s redis-server with apt …');
  const policy = '/usr/sbin/policy-rc.d';
  const ours = root && !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const install = ['apt-get', 'install', '-y', '--no-install-recommends', 'redis-server'];
    await as(install).catch(async () => {
      await as(['apt-get', 'update']);
      await as(install);
    });
  } catch (error) {
    throw new Error(`${HOW_TO_GET_REDIS}\n(apt said: ${(error as Error).message.slice(-400)})`);
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

/**
 * Starts a private Redis on a free loopback port; it keeps nothing on disk, because PostgreSQL holds all that matters.
 *
 * @param say told when something takes long (an installation)
 * @throws Error that names the ways to get Redis when there is none and it cannot be installed
 */
export async function startRedis(
  household: Household,
  folder: string,
  say: (words: string) => void,
): Promise<{ url: string; server: OwnServer }> {
  if (!installed()) await installWithApt(say);
  const command = installed();
  if (!command) throw new Error(HOW_TO_GET_REDIS);
  const port = await freePort();
  const flags = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const url = `redis://127.0.0.1:${port}`;
  const server = await OwnServer.start(async () => {
    const child = spawn(command, flags, { detached: true, stdio: 'ignore' });
    household.adopt(child);
    child.unref();
    await answers(url, child.pid as number);
    return child;
  });
  return { url, server };
}

async function answers(url: string, pid: number): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: (times) => (times > 100 ? null : 50) });
  redis.on('error', () => {});
  try {
    await redis.ping();
  } catch {
    throw new Error(`Redis (process ${pid}) does not answer at ${url}`);
  } finally {
    redis.disconnect();
  }
}
