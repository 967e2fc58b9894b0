import Bull, { type Queue } from 'bull';
import { Redis } from 'ioredis';
import { loadConfig } from '#libs/config';
import { LANES } from './jobs.js';

/**
 * Every queue of Paloma, for who only looks: nothing is drained, and all of them share one connection.
 *
 * @returns the queues, and what ends the connection
 */
export function queuesToLookAt(): { queues: Queue[]; close: () => Promise<void> } {
  const { REDIS_URL, REDIS_PREFIX } = loadConfig(['REDIS_URL', 'REDIS_PREFIX']);
  const redis = new Redis(REDIS_URL, { maxRetriesPerRequest: null, enableReadyCheck: false, lazyConnect: true });
  // Each queue listens for errors on the shared connection.
  redis.setMaxListeners(0);
  const queues = Object.keys(LANES).map(
    (name) => new Bull(name, { prefix: `{${REDIS_PREFIX}}`, createClient: () => redis }),
  );
  return { queues, close: async () => redis.disconnect() };
}
