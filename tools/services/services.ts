import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configured } from '#libs/config';
import { startPostgres } from './postgres.js';
import type { Household } from './processes.js';
import { startRedis } from './redis.js';

export interface Services {
  /** A role that may create databases and roles; the server is DATABASE_URL's, or one of our own. */
  databaseUrl: string;
  redisUrl: string;
  /** What we started ourselves, by name. */
  pids: Record<string, number[]>;
}

/**
 * PostgreSQL and Redis: the servers that DATABASE_URL and REDIS_URL name, else private ones.
 *
 * @param keepIn folder for data that outlives the command; without it the data go into a temporary folder and vanish
 */
export async function startServices(
  household: Household,
  keepIn?: string,
  say: (words: string) => void = () => {},
): Promise<Services> {
  const given = { database: configured('DATABASE_URL'), redis: configured('REDIS_URL') };
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
    pids: {
      ...('pid' in postgres ? { postgres: [postgres.pid] } : {}),
      ...('pid' in redis ? { redis: [redis.pid] } : {}),
    },
  };
}
