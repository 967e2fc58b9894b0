import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { currentEnvironment } from '#libs/config';
import { passwordMatches } from '#libs/vault';
import { testEnvironment } from '../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../test/support/database.js';

const COMMAND = join(import.meta.dirname, '..', 'dist', 'tools', 'create-staff.js');

describe('the command that opens the first staff account', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
  });
  afterAll(() => database.drop());

  async function run(
    args: string[],
    stdin = '',
    env: Record<string, string> = {
      STAFF_DATABASE_URL: database.staffUrl,
      ENCRYPTION_KEYS: testEnvironment(database).ENCRYPTION_KEYS as string,
    },
  ) {
    const child = spawn(process.execPath, [COMMAND, ...args], { env: { PATH: currentEnvironment().PATH, ...env } });
    child.stdin.end(stdin);
    const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, out, err };
  }
  const hashOf = async (email: string) =>
    (await database.owner.query('SELECT password_hash FROM staff_users WHERE email = $1', [email])).rows[0]
      ?.password_hash;

  it('takes the password from stdin and does not print it', async () => {
    const { code, out } = await run(['Boss@provider.example', 'administrator'], 'correct horse battery\n');
    expect([code, out]).toEqual([0, 'Boss@provider.example may sign in as administrator.\n']);
    expect(await passwordMatches(await hashOf('boss@provider.example'), 'correct horse battery')).toBe(true);
  });

  it('makes a password and prints it once when stdin has none', async () => {
    const { code, out } = await run(['clerk@provider.example', 'billing']);
    const password = /: (\S{20})\n$/.exec(out)?.[1] ?? '';
    expect(code).toBe(0);
    expect(await passwordMatches(await hashOf('clerk@provider.example'), password)).toBe(true);
  });

  it.each([
    ['an unknown role', ['x@provider.example', 'king'], 'correct horse battery', /ROLE is one of administrator/],
    ['something that is no address', ['x', 'support'], 'correct horse battery', /usage/],
    ['a short password', ['x@provider.example', 'support'], 'short', /at least 12 characters/],
    ['an address with an account', ['boss@provider.example', 'support'], 'correct horse battery', /has an account/],
  ])('refuses %s and says why', async (_, args, stdin, why) => {
    const { code, err } = await run(args, stdin);
    expect(code).toBe(2);
    expect(err).toMatch(why);
    expect(await hashOf('x@provider.example')).toBeUndefined();
  });

  it('names the setting that is missing', async () => {
    const { code, err } = await run(['x@provider.example', 'support'], 'correct horse battery', {});
    expect(code).toBe(2);
    expect(err).toContain('STAFF_DATABASE_URL is missing');
  });
});
