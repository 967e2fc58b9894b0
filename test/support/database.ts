import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { DataSource, type EntitySchema } from 'typeorm';
import { currentEnvironment } from '#libs/config';
import { Database, KeepingClient } from '#libs/persistence';

interface TestServices {
  server: string;
  template: string;
  app: string;
  staff: string;
  redis: string;
}
const services = (): TestServices => JSON.parse(currentEnvironment().PALOMA_TEST ?? '{}') as TestServices;

const withDatabase = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
};

/** A database of one test file: a clone of the migrated template, with the URLs of owner, apps and staff. */
export interface TestDatabase {
  name: string;
  ownerUrl: string;
  appUrl: string;
  staffUrl: string;
  /** Statements as the owner, whom row-level security does not bind (it is a superuser in tests). */
  owner: Client;
  drop(): Promise<void>;
}

export async function cloneDatabase(): Promise<TestDatabase> {
  const { server, template, app, staff } = services();
  const name = `${template}_${randomBytes(4).toString('hex')}`;
  const admin = new Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`);
  const owner = new Client({ connectionString: withDatabase(server, name) });
  await owner.connect();
  return {
    name,
    ownerUrl: withDatabase(server, name),
    appUrl: withDatabase(app, name),
    staffUrl: withDatabase(staff, name),
    owner,
    drop: async () => {
      await owner.end();
      await admin.query(`DROP DATABASE "${name}" WITH (FORCE)`);
      await admin.end();
    },
  };
}

/**
 * Connects as the apps do (row-level security binds), with the entities a repository under test needs.
 *
 * @param pool of another size than the driver's, and for how long a connection of it is waited for
 */
export async function connect(
  url: string,
  entities: (new () => unknown)[] | EntitySchema[] = [],
  pool: { poolSize?: number; connectTimeoutMS?: number } = {},
): Promise<{ source: DataSource; db: Database; close(): Promise<void> }> {
  const source = await new DataSource({
    type: 'postgres',
    url,
    entities,
    installExtensions: false,
    extra: { Client: KeepingClient },
    ...pool,
  }).initialize();
  return { source, db: new Database(source), close: () => source.destroy() };
}

/** The Redis of this test run; every file takes a prefix of its own. */
export const testRedis = (): { url: string; prefix: string } => ({
  url: services().redis,
  prefix: `test-${randomBytes(6).toString('hex')}`,
});
