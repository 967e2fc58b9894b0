// Brings the database of an installation to the newest shape, and makes the roles that the apps connect as.
//   npm run migrate
// MIGRATE_DATABASE_URL  a role that may create roles and tables
// DATABASE_URL, STAFF_DATABASE_URL  what the apps will connect with; these login roles are made, or get this password
import { configured, loadConfig } from '#libs/config';
import { loginRole, migrate } from './migrate.js';

const { MIGRATE_DATABASE_URL: owner } = loadConfig(['MIGRATE_DATABASE_URL']);
const done = await migrate(owner);
console.log(done.length > 0 ? `Migrated: ${done.join(', ')}` : 'Nothing to migrate.');
for (const [variable, group] of [
  ['DATABASE_URL', 'paloma_tenant'],
  ['STAFF_DATABASE_URL', 'paloma_staff'],
] as const) {
  const url = configured(variable);
  if (!url) continue;
  const { username, password } = new URL(url);
  await loginRole(owner, decodeURIComponent(username), group, decodeURIComponent(password));
  console.log(`Role ${decodeURIComponent(username)} is a member of ${group}.`);
}
