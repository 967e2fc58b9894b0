// Before the first test that needs services: builds, starts PostgreSQL and Redis (or takes those that DATABASE_URL and
// REDIS_URL name), migrates one database, which every test file then clones, and makes the apps' login roles.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export default async function setUp() {
  if (globalThis.palomaTestServices) return;
  execFileSync(process.execPath, [join(root, 'tools', 'build.mjs')], { stdio: 'inherit' });
  const at = (path) => import(join(root, 'dist', 'tools', path));
  const { Household } = await at('services/processes.js');
  const { startServices } = await at('services/services.js');
  const { createDatabase, dropDatabase } = await at('services/postgres.js');
  const { migrate, loginRole, dropRole } = await at('migrate.js');

  const household = new Household();
  const services = await startServices(household);
  const tag = randomBytes(4).toString('hex');
  const template = `paloma_test_${tag}`;
  const url = await createDatabase(services.databaseUrl, template);
  await migrate(url);
  const app = await loginRole(url, `${template}_app`, 'paloma_tenant', randomBytes(12).toString('hex'));
  const staff = await loginRole(url, `${template}_staff`, 'paloma_staff', randomBytes(12).toString('hex'));
  process.env.PALOMA_TEST = JSON.stringify({
    server: services.databaseUrl,
    template,
    app,
    staff,
    redis: services.redisUrl,
  });

  globalThis.palomaTestServices = async () => {
    if (!services.own.postgres) {
      await dropDatabase(services.databaseUrl, template);
      for (const role of [`${template}_app`, `${template}_staff`]) await dropRole(services.databaseUrl, role);
    }
    await household.end();
  };
}
