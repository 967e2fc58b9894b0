import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SystemClock } from '#libs/clock';
import { currentEnvironment, loadConfig } from '#libs/config';
import { PROVIDER_TENANT } from '#libs/persistence';
import { AuditLog } from '#libs/staff';
import { Vault } from '#libs/vault';
import { testEnvironment } from '../test/support/app.js';
import { cloneDatabase, connect, type TestDatabase } from '../test/support/database.js';

const COMMAND = join(import.meta.dirname, '..', 'dist', 'tools', 'audit-verify.js');

describe('the command that verifies the audit log', () => {
  let database: TestDatabase;
  let environment: Record<string, string>;
  beforeAll(async () => {
    database = await cloneDatabase();
    environment = testEnvironment(database);
    const vault = new Vault(loadConfig(['ENCRYPTION_KEYS'], environment).ENCRYPTION_KEYS);
    const staff = await connect(database.staffUrl);
    for (const action of ['tenant.suspend', 'tenant.resume', 'plan.assign']) {
      const entry = { who: 'ana@provider.example', action, object: 'tenant:1', reason: 'a test' };
      const log = new AuditLog(vault, new SystemClock());
      await staff.db.inTenant(PROVIDER_TENANT, (tx) => log.record(tx, entry));
    }
    await staff.close();
  });
  afterAll(() => database.drop());

  async function run(args: string[] = [], env: Record<string, string> = environment) {
    const child = spawn(process.execPath, [COMMAND, ...args], { env: { PATH: currentEnvironment().PATH, ...env } });
    const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, out, err };
  }

  it('says that nothing is wrong, where the log ends, and takes that end another day', async () => {
    const { code, out } = await run();
    expect([code, out]).toEqual([0, expect.stringContaining('what was written: 3 entries')]);
    const head = /ends at (3:[0-9a-f]{64})/.exec(out)?.[1] ?? '';
    expect((await run(['--expect', head])).code).toBe(0);
    const other = await run(['--expect', `4:${head.slice(2)}`]);
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('where it once ended')]);
  });

  it('names the first entry that was changed, and ends with 1', async () => {
    await database.owner.query('ALTER TABLE audit_log DISABLE TRIGGER append_only');
    await database.owner.query(`UPDATE audit_log SET who = 'somebody' WHERE action = 'tenant.resume'`);
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toMatch(/^The audit log is broken: entry 2 \(.*somebody, tenant\.resume\) is not what was written/);
  });

  it('ends with 2 when it cannot look, and says what is missing', async () => {
    const { code, err } = await run([], {});
    expect([code, err]).toEqual([2, expect.stringContaining('STAFF_DATABASE_URL is missing')]);
    expect(err).toContain('ENCRYPTION_KEYS is missing');
  });
});
