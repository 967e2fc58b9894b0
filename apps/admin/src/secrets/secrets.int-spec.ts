import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '#libs/ids';
import { Vault } from '#libs/vault';
import { eventually, http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { AdminModule } from '../admin.module.js';
import { AdminWorkerModule } from '../admin-worker.module.js';
import { StaffUsers } from '../identity/staff-users.js';
import { SealAnew } from './seal-anew.js';
import { SEALED_COLUMNS } from './sealed-columns.js';

const OLD = { id: 'old', key: Buffer.alloc(32, 1) };
const NEW = { id: 'new', key: Buffer.alloc(32, 2) };
const text = ({ id, key }: typeof OLD) => `${id}:${key.toString('base64')}`;
const PASSWORD = 'a long enough password';

describe('an encryption key is rotated', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let worker: RunningApp;
  let shop: FoundedNumber;
  let token: string;
  let environment: Record<string, string>;
  const before = new Vault([OLD]);
  const [endpointId, otherEndpointId] = [newId(new Date()), newId(new Date())];

  beforeAll(async () => {
    database = await cloneDatabase();
    shop = await foundNumber(database, 'Shop');
    const { tenantId, wabaId, phoneNumberId } = shop;
    const sql = (statement: string, ...values: unknown[]) => database.owner.query(statement, [tenantId, ...values]);
    await sql(
      'UPDATE wabas SET sealed_token = $2 WHERE tenant_id = $1',
      before.seal('EAA-meta-token', `waba-token:${wabaId}`),
    );
    await sql(
      'UPDATE phone_numbers SET sealed_pin = $2 WHERE tenant_id = $1',
      before.seal('123456', `pin:${phoneNumberId}`),
    );
    for (const id of [endpointId, otherEndpointId]) {
      await sql(
        `INSERT INTO webhook_endpoints (tenant_id, endpoint_id, url, sealed_secret, created_at, updated_at)
         VALUES ($1, $2, 'https://shop.example', $3, now(), now())`,
        id,
        before.seal('whsec', `webhook-secret:${id}`),
      );
    }
    await sql(
      `INSERT INTO letters (tenant_id, letter_id, sealed, due_at, sent_at) VALUES ($1, $2, '', now(), now())`,
      newId(new Date()),
    );
    await sql(
      `INSERT INTO idempotency_keys (tenant_id, key, fingerprint, answer, created_at, expires_at)
       VALUES ($1, 'order-7', '\\x00', $2, now(), now() + '1 day')`,
      before.seal('{"ok":true}', `idempotency:${tenantId}:order-7`),
    );
    environment = testEnvironment(database, { LOG_LEVEL: 'fatal', ENCRYPTION_KEYS: `${text(NEW)},${text(OLD)}` });
    admin = await startApp(AdminModule, environment, { name: 'admin', describe: 'Admin.' });
    const boss = { email: 'boss@provider.example', role: 'administrator', password: PASSWORD } as const;
    await admin.app.get(StaffUsers).create(boss, { who: 'a test', reason: 'a test' });
    const body = { email: boss.email, password: PASSWORD };
    token = (await http('POST', `${admin.url}/admin/v1/sessions`, { body })).body.access_token;
  });
  afterAll(async () => {
    await worker?.close();
    await admin.close();
    await database.drop();
  });

  const keys = async () => (await http('GET', `${admin.url}/admin/v1/secrets/keys`, { token })).body.data;

  it('while the old one is needed, staff see for what', async () => {
    expect(await keys()).toEqual([
      expect.objectContaining({ id: 'new', current: true, may_be_dropped: false }),
      {
        id: 'old',
        current: false,
        known: true,
        may_be_dropped: false,
        uses: {
          'wabas.sealed_token': 1,
          'phone_numbers.sealed_pin': 1,
          'webhook_endpoints.sealed_secret': 2,
          'idempotency_keys.answer': 1,
        },
      },
    ]);
  });

  it('and what it sealed is sealed anew, so it may be dropped and opens nothing any more', async () => {
    // One secret is altered by whoever has the database; it is named and left.
    await database.owner.query('UPDATE webhook_endpoints SET sealed_secret = $2 WHERE endpoint_id = $1', [
      otherEndpointId,
      before.seal('whsec', 'webhook-secret:of another row'),
    ]);
    worker = await startApp(AdminWorkerModule, environment, { name: 'admin-worker' });
    const old = await eventually(async () => {
      const one = (await keys()).find((key: { id: string }) => key.id === 'old');
      return Object.values(one.uses).length === 1 && one;
    });
    expect(old).toMatchObject({ may_be_dropped: false, uses: { 'webhook_endpoints.sealed_secret': 1 } });
    await database.owner.query('DELETE FROM webhook_endpoints WHERE endpoint_id = $1', [otherEndpointId]);
    expect((await keys()).find((key: { id: string }) => key.id === 'old').may_be_dropped).toBe(true);

    const { rows } = await database.owner.query(
      `SELECT w.sealed_token, p.sealed_pin, e.sealed_secret, i.answer FROM wabas w JOIN phone_numbers p USING (tenant_id)
         JOIN webhook_endpoints e USING (tenant_id) JOIN idempotency_keys i USING (tenant_id)`,
    );
    const [sealed] = rows;
    const after = new Vault([NEW]);
    expect(after.open(sealed.sealed_token, `waba-token:${shop.wabaId}`)).toBe('EAA-meta-token');
    expect(after.open(sealed.sealed_pin, `pin:${shop.phoneNumberId}`)).toBe('123456');
    expect(after.open(sealed.sealed_secret, `webhook-secret:${endpointId}`)).toBe('whsec');
    expect(after.open(sealed.answer, `idempotency:${shop.tenantId}:order-7`)).toBe('{"ok":true}');
    expect(() => before.open(sealed.sealed_token, `waba-token:${shop.wabaId}`)).toThrow();
  });

  it('loses nothing that is written in the same moment', async () => {
    const { tenantId, wabaId } = shop;
    const context = `waba-token:${wabaId}`;
    const write = (vault: Vault, secret: string) =>
      database.owner.query('UPDATE wabas SET sealed_token = $2 WHERE tenant_id = $1', [
        tenantId,
        vault.seal(secret, context),
      ]);
    const sealAnew = worker.app.get(SealAnew);
    for (let n = 0; n < 20; n++) {
      await write(before, `token ${n}`);
      await Promise.all([sealAnew.run(), sealAnew.run(), write(n % 2 ? before : new Vault([NEW]), `newest ${n}`)]);
      const { rows } = await database.owner.query('SELECT sealed_token FROM wabas WHERE tenant_id = $1', [tenantId]);
      expect(new Vault([NEW, OLD]).open(rows[0].sealed_token, context)).toBe(`newest ${n}`);
    }
  });

  it('knows every column that holds something sealed', async () => {
    const { rows } = await database.owner.query(`
      SELECT c.relname || '.' || a.attname AS column FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND (a.attname LIKE 'sealed%' OR (c.relname = 'idempotency_keys' AND a.attname = 'answer')) ORDER BY 1`);
    expect(SEALED_COLUMNS.map((s) => `${s.table}.${s.column}`).sort()).toEqual(rows.map((r) => r.column));
  });

  it('names what each secret belongs to as its owner does', () => {
    const root = join(import.meta.dirname, '..', '..', '..', '..');
    const sources = ['apps', 'libs'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !path.includes('spec') && !path.includes('secrets'))
        .map((path) => readFileSync(join(root, folder, path), 'utf8')),
    );
    const unknown = SEALED_COLUMNS.map((s) => s.context('', '').replace(/:+$/, '')).filter(
      (kind) => !sources.some((source) => source.includes(`\`${kind}:\${`)),
    );
    expect(unknown).toEqual([]);
  });
});
