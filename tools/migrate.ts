// Brings a database to the newest shape, and makes the two login roles that the apps connect as.
//   npm run migrate        with MIGRATE_DATABASE_URL of a role that may create roles and tables
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DataSource, type MigrationInterface } from 'typeorm';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'migrations');

async function migrations(): Promise<(new () => MigrationInterface)[]> {
  const files = readdirSync(folder)
    .filter((f) => /^\d{13}-.*\.js$/.test(f))
    .sort();
  const modules = await Promise.all(files.map((f) => import(pathToFileURL(join(folder, f)).href)));
  return modules.flatMap((m) => Object.values(m) as (new () => MigrationInterface)[]);
}

/** @returns the names of the migrations that were run; each runs in a transaction of its own */
export async function migrate(url: string): Promise<string[]> {
  const source = await new DataSource({
    type: 'postgres',
    url,
    migrations: await migrations(),
    migrationsTransactionMode: 'each',
    installExtensions: false,
  }).initialize();
  try {
    return (await source.runMigrations()).map((m) => m.name);
  } finally {
    await source.destroy();
  }
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;

/**
 * Makes a login role that is a member of one of our group roles and nothing more, or gives an existing one a new
 * password. Roles belong to the whole server, so the name should carry the database's.
 *
 * @returns the URL with which this role connects to the same database
 */
export async function loginRole(
  url: string,
  name: string,
  group: 'paloma_tenant' | 'paloma_staff',
  password: string,
): Promise<string> {
  const source = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
  try {
    const [exists] = await source.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    await source.query(
      `${exists ? 'ALTER' : 'CREATE'} ROLE "${name}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD ${quote(password)}`,
    );
    await source.query(`GRANT ${group} TO "${name}"`);
  } finally {
    await source.destroy();
  }
  const own = new URL(url);
  own.username = name;
  own.password = password;
  return own.href;
}

/** Takes a login role away; nothing may belong to it. */
export async function dropRole(url: string, name: string): Promise<void> {
  const source = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
  try {
    await source.query(`DROP ROLE IF EXISTS "${name}"`);
  } finally {
    await source.destroy();
  }
}
