// npm run staff:create -- EMAIL ROLE [< FILE]
// Opens an account of the provider's staff, the first of which nobody is there to open. The password is what stdin holds;
// at a terminal, or when it holds nothing, one is made and printed, this once. Connects with STAFF_DATABASE_URL.

import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { isEmail } from 'class-validator';
import { DataSource } from 'typeorm';
import { SystemClock } from '#libs/clock';
import { InvalidConfigError, loadConfig } from '#libs/config';
import { Database } from '#libs/persistence';
import { AuditLog, isStaffRole, STAFF_ROLES } from '#libs/staff';
import { StaffUsers } from '../apps/admin/src/identity/staff-users.js';

const SHORTEST_PASSWORD = 12;

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
if (given !== '' && given.length < SHORTEST_PASSWORD) {
  fail(`the password needs at least ${SHORTEST_PASSWORD} characters`);
}
const password = given || randomBytes(15).toString('base64url');

let url: string;
try {
  url = loadConfig(['STAFF_DATABASE_URL']).STAFF_DATABASE_URL;
} catch (error) {
  if (error instanceof InvalidConfigError) fail(error.message);
  throw error;
}
const source = await new DataSource({ type: 'postgres', url, installExtensions: false }).initialize();
try {
  const clock = new SystemClock();
  const made = await new StaffUsers(new Database(source), new AuditLog(clock), clock).create(
    { email, role, password },
    { who: 'npm run staff:create', reason: 'opened at the command line' },
  );
  if (made === 'taken') fail(`${email} has an account already`);
  console.log(`${email} may sign in as ${role}.`);
  if (!given) console.log(`Password, shown this once: ${password}`);
} finally {
  await source.destroy();
}
