// What the conventional baselines share. They write the product's own tables with the owner's role, so that they pay for
// the same rows and indexes, and for no row-level security.
import Bull from 'bull';
import pg from 'pg';
import { currentEnvironment } from '#libs/config';

const settings = currentEnvironment();

export const graphUrl = settings.GRAPH_URL as string;
export const appSecret = settings.META_APP_SECRETS as string;
export const pool = new pg.Pool({ connectionString: settings.OWNER_DATABASE_URL as string, max: 32 });

/** A message that waits to be sent. */
export interface SendJob {
  tenantId: string;
  messageId: string;
}
/** A status that waits to be told to the tenant. */
export interface DeliverJob {
  tenantId: string;
  eventId: string;
  endpointId: string;
}

const options = { redis: settings.REDIS_URL as string, prefix: '{conventional}' };
export const sends = new Bull<SendJob>('send', options.redis, { prefix: options.prefix });
export const delivers = new Bull<DeliverJob>('deliver', options.redis, { prefix: options.prefix });
export const ONE_JOB = { removeOnComplete: true, removeOnFail: true };

/** One transaction. */
export async function inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
