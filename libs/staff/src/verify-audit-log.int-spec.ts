import { ManualClock } from '#libs/clock';
import { PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { Vault } from '#libs/vault';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { AuditLog } from './audit-log.js';
import { verifyAuditLog } from './verify-audit-log.js';

const key = (id: string, fill: number) => ({ id, key: Buffer.alloc(32, fill) });
const vault = new Vault([key('k1', 1)]);
const now = new Date('2026-11-22T09:30:00.123Z');

describe('the audit log', () => {
  let database: TestDatabase;
  let staff: Awaited<ReturnType<typeof connect>>;
  const log = new AuditLog(vault, new ManualClock(now));
  const owner = (sql: string, values: unknown[] = []) => database.owner.query(sql, values);

  const entry = (nth: number) => ({
    who: `ana${nth}@provider.example`,
    action: 'tenant.suspend',
    object: `tenant:${nth}`,
    before: { status: 'active', z: 1, a: [0.1, 1e21, 'ü'] },
    after: { b: null, status: 'suspended' },
    reason: `reason ${nth}`,
    fromAddress: '::FFFF:198.51.100.7',
    userAgent: 'curl/8',
  });
  const write = (nth: number, also?: (tx: Tx) => Promise<unknown>) =>
    staff.db.inTenant(PROVIDER_TENANT, async (tx) => {
      await also?.(tx);
      await log.record(tx, entry(nth));
    });
  const verify = (with_ = vault, expected: string[] = []) =>
    staff.db.asStaff((tx) => verifyAuditLog(tx, with_, expected));
  /** As the owner of the database, who may take away what guards the table. */
  const asOwner = async (sql: string, values: unknown[] = []) => {
    await owner('ALTER TABLE audit_log DISABLE TRIGGER append_only');
    await owner(sql, values);
    await owner('ALTER TABLE audit_log ENABLE TRIGGER append_only');
  };

  beforeEach(async () => {
    database = await cloneDatabase();
    staff = await connect(database.staffUrl);
  });
  afterEach(async () => {
    await staff.close();
    await database.drop();
  });

  it('is what was written, whatever an entry holds', async () => {
    const begun = await verify();
    expect(begun).toMatchObject({ entries: 0, older: 0 });
    for (let nth = 1; nth <= 5; nth++) await write(nth);
    const verdict = await verify(vault, [begun.head]);
    expect(verdict).toEqual({ entries: 5, older: 0, head: expect.stringMatching(/^5:[0-9a-f]{64}$/) });
    const { rows } = await owner('SELECT who, before, host(from_address) AS ip FROM audit_log WHERE seq = 1');
    expect(rows[0]).toEqual({ who: 'ana1@provider.example', before: entry(1).before, ip: '::ffff:198.51.100.7' });
  });

  it('takes entries of many at once, in one line without gaps and in the order of the commits', async () => {
    const failing = (nth: number) =>
      write(nth, () => Promise.reject(new Error('a use case that fails'))).catch(() => undefined);
    await Promise.all(Array.from({ length: 40 }, (_, nth) => (nth % 4 === 3 ? failing(nth) : write(nth))));
    expect(await verify()).toEqual({ entries: 30, older: 0, head: expect.stringMatching(/^30:/) });
  });

  it('is not written from a transaction that cannot see its end', async () => {
    await expect(staff.db.asStaff((tx) => log.record(tx, entry(1)))).rejects.toThrow('READ COMMITTED');
  });

  describe('shows when the owner of the database', () => {
    beforeEach(async () => {
      for (let nth = 1; nth <= 6; nth++) await write(nth);
    });
    const broken = async () => (await verify()).broken;

    it.each([
      ['at', `at + interval '1 microsecond'`],
      ['who', `'somebody'`],
      ['action', `'tenant.resume'`],
      ['object', `'tenant:x'`],
      ['tenant_id', 'gen_random_uuid()'],
      ['before', 'NULL'],
      ['after', `after || '{"status": "closed"}'`],
      ['reason', `'none'`],
      ['from_address', `'198.51.100.8'`],
      ['request_id', `'r'`],
      ['user_agent', 'NULL'],
      ['session_id', 'gen_random_uuid()'],
      ['entry_id', 'gen_random_uuid()'],
      ['hash', 'sha256(hash)'],
    ])('changes %s of an entry, and names the entry', async (column, value) => {
      await asOwner(`UPDATE audit_log SET ${column} = ${value} WHERE seq = 4`);
      expect(await broken()).toMatch(/^entry 4 /);
    });

    it('deletes one in the middle', async () => {
      await asOwner('DELETE FROM audit_log WHERE seq = 3');
      expect(await broken()).toBe('entry 3 is missing: after 2 comes 4');
    });

    it('deletes one and closes the gap', async () => {
      await asOwner('DELETE FROM audit_log WHERE seq = 3');
      await asOwner('UPDATE audit_log SET seq = seq - 1 WHERE seq > 3 AND seq < 5');
      await asOwner('UPDATE audit_log SET seq = seq - 1 WHERE seq > 4');
      expect(await broken()).toMatch(/^entry 3 /);
    });

    it('exchanges two', async () => {
      await asOwner(`UPDATE audit_log SET seq = CASE seq WHEN 2 THEN -5 ELSE seq END WHERE seq = 2`);
      await asOwner('UPDATE audit_log SET seq = 2 WHERE seq = 5');
      await asOwner('UPDATE audit_log SET seq = 5 WHERE seq = -5');
      expect(await broken()).toMatch(/^entry 2 /);
    });

    it('adds one in the middle, or without a place', async () => {
      await asOwner(
        'INSERT INTO audit_log (entry_id, at, who, action, object, reason) VALUES (gen_random_uuid(), now(), $1, $1, $1, $1)',
        ['x'],
      );
      expect(await broken()).toMatch(/^entry 1 .*or one of the 1 from before the chain/);
    });

    it('cuts off the end', async () => {
      await asOwner('DELETE FROM audit_log WHERE seq > 4');
      expect(await broken()).toBe('entry 5 is missing: the log ends there, but had 6 entries');
    });

    it('cuts off the end and notes another one', async () => {
      await asOwner('DELETE FROM audit_log WHERE seq > 4');
      await owner('UPDATE audit_head SET seq = 4, hash = (SELECT hash FROM audit_log WHERE seq = 4)');
      expect(await broken()).toBe('entry 4 is the end, but whoever noted that did not have our key');
    });

    it('empties it', async () => {
      await asOwner('DELETE FROM audit_log');
      expect(await broken()).toMatch(/^entry 1 is missing/);
      await owner('DELETE FROM audit_head');
      expect(await broken()).toBe('the end of the log is not noted any more');
    });

    it('makes the whole chain anew, as every hash of it can be, without the key', async () => {
      const stranger = new AuditLog(new Vault([key('k1', 2)]), new ManualClock(now));
      await asOwner('DELETE FROM audit_log');
      await owner(`UPDATE audit_head SET seq = 0, signature = NULL, hash = sha256('')`);
      await staff.db.inTenant(PROVIDER_TENANT, (tx) => stranger.record(tx, entry(9)));
      expect(await broken()).toBe('entry 1 is the end, but whoever noted that did not have our key');
    });

    it('puts the database back to an older state, to whoever kept an end of it', async () => {
      const { head } = await verify();
      expect((await verify(vault, [head])).broken).toBeUndefined();
      await write(7);
      expect((await verify(vault, [head])).broken).toBeUndefined();
      const old = (await owner('SELECT seq, hash, signature FROM audit_head')).rows[0];
      await write(8);
      const { head: later } = await verify();
      await asOwner('DELETE FROM audit_log WHERE seq > 7');
      await owner('UPDATE audit_head SET seq = $1, hash = $2, signature = $3', [old.seq, old.hash, old.signature]);
      expect((await verify()).broken).toBeUndefined();
      expect((await verify(vault, [later])).broken).toBe(`the log does not go through ${later}, where it once ended`);
    });
  });

  it('is still known to be ours after the key was rotated, and not without the old key', async () => {
    await write(1);
    expect((await verify(new Vault([key('k2', 2), key('k1', 1)]))).broken).toBeUndefined();
    expect((await verify(new Vault([key('k2', 2)]))).broken).toBe(
      'the end is signed with a key that is not in ENCRYPTION_KEYS',
    );
  });
});
