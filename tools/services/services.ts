import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { configured } from '#libs/config';
import type { OwnServer } from './own-server.js';
import { startPostgres } from './postgres.js';
import type { Household } from './processes.js';
import { startRedis } from './redis.js';

export interface Services {
  /** A role that may create databases and roles; the server is DATABASE_URL's, or one of our own. */
  databaseUrl: string;
  redisUrl: string;
  /** What we started ourselves. */
  own: { postgres?: OwnServer; redis?: OwnServer };
}

/**
 * PostgreSQL and Redis: the servers that DATABASE_URL and REDIS_URL name, else private ones.
 *
 * @param keepIn folder for data that outlives the command; without it the data go into a temporary folder and vanish
 * @param mustBeOurs for what restarts them: starts private ones whatever the settings name
 */
export async function startServices(
  household: Household,
  keepIn?: string,
  say: (words: string) => void = () => {},
  mustBeOurs = false,
): Promise<Services> {
  const given = mustBeOurs ? {} : { database: configured('DATABASE_URL'), redis: configured('REDIS_URL') };
  // First: while one of ours is starting, nothing may fail that would leave it behind.
  await Promise.all([
    given.database ? mustAnswerPostgres(given.database) : undefined,
    given.redis ? mustAnswerRedis(given.redis) : undefined,
  ]);
  const folder = keepIn ?? mkdtempSync(join(tmpdir(), 'paloma-'));
  if (keepIn) mkdirSync(keepIn, { recursive: true });
  else household.removeAtEnd(folder);
  const [postgres, redis] = await Promise.all([
    given.database ? { url: given.database } : startPostgres(household, join(folder, 'postgres'), keepIn !== undefined),
    given.redis ? { url: given.redis } : startRedis(household, folder, say),
  ]);
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    own: {
      ...('server' in postgres ? { postgres: postgres.server } : {}),
      ...('server' in redis ? { redis: redis.server } : {}),
    },
  };
}

const ANSWERS_WITHIN_MS = 5_000;

/** @throws Error that names the setting, the address and what is wrong, never the user or password in the URL */
async function mustAnswerPostgres(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: ANSWERS_WITHIN_MS });
  try {
    await client.connect();
  } catch (error) {
    throw notAnswering('DATABASE_URL', url, error);
  } finally {
    await client.end().catch(() => {});
  }
}

async function mustAnswerRedis(url: string): Promise<void> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: ANSWERS_WITHIN_MS,
    disconnectTimeout: 0,
  });
  // ioredis tells why by this event alone; its promise only says that the connection is closed.
  let why: unknown;
  redis.on('error', (error) => (why = error));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    throw notAnswering('REDIS_URL', url, why ?? error);
  } finally {
    redis.disconnect();
  }
}

const notAnswering = (setting: string, url: string, why: unknown): Error =>
  new Error(`The server of ${setting} (${new URL(url).host}) cannot be used: ${(why as Error).message}`);
