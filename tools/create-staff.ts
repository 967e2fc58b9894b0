// npm run staff:create -- EMAIL ROLE [< FILE]
// Opens an account of the provider's staff, the first of which nobody is there to open. The password is what stdin holds;
// at a terminal, or when it holds nothing, one is made and printed, this once. Needs STAFF_DATABASE_URL and ENCRYPTION_KEYS.

import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { isEmail } from 'class-validator';
import { DataSource } from 'typeorm';
import { SystemClock } from '#libs/clock';
import { type Config, InvalidConfigError, loadConfig } from '#libs/config';
import { Database } from '#libs/persistence';
import { AuditLog, isStaffRole, STAFF_ROLES } from '#libs/staff';
import { SupportAccesses } from '#libs/tenants';
import { Vault } from '#libs/vault';
import { SHORTEST_STAFF_PASSWORD } from '../apps/admin/src/identity/passwords.js';
import { StaffSessions } from '../apps/admin/src/identity/staff-sessions.js';
import { StaffUsers } from '../apps/admin/src/identity/staff-users.js';

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const { positionals } = parseArgs({ allowPositionals: true });
const [email = '', role = ''] = positionals;
if (!isEmail(email) || !isStaffRole(role)) {
  fail(`usage: npm run staff:create -- EMAIL ROLE\nROLE is one of ${STAFF_ROLES.join(', ')}`);
}
const given = process.stdin.isTTY ? '' : (await text(process.stdin)).replace(/\r?\n$/, '');
if (given !== '' && given.length < SHORTEST_STAFF_PASSWORD) {
  fail(`the password needs at least ${SHORTEST_STAFF_PASSWORD} characters`);
}
const password = given || randomBytes(15).toString('base64url');

let config: Config<'STAFF_DATABASE_URL' | 'ENCRYPTION_KEYS'>;
try {
  config = loadConfig(['STAFF_DATABASE_URL', 'ENCRYPTION_KEYS']);
} catch (error) {
  if (error instanceof InvalidConfigError) fail(error.message);
  throw error;
}
const source = await new DataSource({
  type: 'postgres',
  url: config.STAFF_DATABASE_URL,
  installExtensions: false,
}).initialize();
try {
  const clock = new SystemClock();
  const db = new Database(source);
  const audit = new AuditLog(new Vault(config.ENCRYPTION_KEYS), clock);
  const sessions = new StaffSessions(db, audit, new SupportAccesses(db, clock), clock);
  const made = await new StaffUsers(db, audit, sessions, clock).create(
    { email, role, password },
    { who: 'npm run staff:create', reason: 'opened at the command line' },
  );
  if (made === 'taken') fail(`${email} has an account already`);
  console.log(`${email} may sign in as ${role}.`);
  if (!given) console.log(`Password, shown this once: ${password}`);
} finally {
  await source.destroy();
}
