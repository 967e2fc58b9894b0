import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { currentEnvironment } from '#libs/config';
import { newId } from '#libs/ids';
import { eventually, http } from '../support/app.js';
import { runningStack } from '../support/stack.js';

const REBUILD = join(import.meta.dirname, '..', '..', 'dist', 'tools', 'rebuild-rollups.js');
/** Alerts are looked after twice a minute. */
const PATIENCE_MS = 120_000;
const shop = () => runningStack().tenants[1];
const pid = (name: string) => runningStack().pids[name]?.[0] as number;

/** kill -9; resolves when the supervisor has started it again. */
async function killed(name: string): Promise<void> {
  const before = pid(name);
  process.kill(before, 'SIGKILL');
  await eventually(async () => pid(name) !== before && pid(name) !== undefined, 180_000);
}

describe('the admin app and its worker, killed in the middle of their work', () => {
  let db: Client;
  let token: string;
  beforeAll(async () => {
    db = new Client({ connectionString: runningStack().databaseUrl });
    await db.connect();
    const { admin, staff } = runningStack();
    token = (await http('POST', `${admin.url}/admin/v1/sessions`, { body: staff })).body.access_token;
  });
  afterAll(() => db.end());

  const rows = async (sql: string, ...values: unknown[]) => (await db.query(sql, values)).rows;
  const staff = (method: string, path: string, body?: object) =>
    http(method, `${runningStack().admin.url}/admin/v1${path}`, { token, ...(body ? { body } : {}) });

  /**
   * Locks something that the work needs, waits until the work stands before it with half of it done, and kills whose work it
   * is. Without a lock the middle would be a matter of luck.
   */
  async function killInTheMiddle(name: string, lock: string, values: unknown[], begin: () => unknown): Promise<void> {
    const holder = new Client({ connectionString: runningStack().databaseUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await holder.query(lock, values);
      const [{ pid: mine }] = (await holder.query('SELECT pg_backend_pid() AS pid')).rows;
      await begin();
      const waits = 'SELECT FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))';
      await eventually(async () => (await rows(waits, mine)).length > 0, PATIENCE_MS);
      await killed(name);
    } finally {
      await holder.end();
    }
  }

  async function send(to: string): Promise<void> {
    const { gateway } = runningStack();
    const parameters = ['Ana', '1042'].map((text) => ({ type: 'text', text }));
    const body = {
      messaging_product: 'whatsapp',
      to,
      type: 'template',
      template: { name: 'order_update', language: { code: 'en_US' }, components: [{ type: 'body', parameters }] },
    };
    const url = `${gateway.url}/v24.0/${shop().phoneNumberId}/messages`;
    expect((await http('POST', url, { token: shop().apiKey, body })).status).toBe(200);
  }

  it('count each message once: rollups are what a count of all messages says', async () => {
    const delivered = async () =>
      Number(
        (
          await rows(
            `SELECT coalesce(sum(messages), 0) AS n FROM traffic_days
              WHERE tenant_id = $1 AND status IN ('delivered', 'read')`,
            shop().id,
          )
        )[0].n,
      );
    const before = await delivered();
    await send('+5215550000201');
    await eventually(async () => (await delivered()) > before, 180_000);
    const lock = 'SELECT FROM traffic_days WHERE tenant_id = $1 FOR UPDATE';
    await killInTheMiddle('admin-worker', lock, [shop().id], async () => {
      for (let i = 0; i < 20; i++) await send(`+52155500003${String(i).padStart(2, '0')}`);
    });
    await eventually(async () => (await delivered()) >= before + 21, PATIENCE_MS);

    const child = spawn(process.execPath, [REBUILD, shop().id], {
      env: { ...currentEnvironment(), STAFF_DATABASE_URL: runningStack().databaseUrl },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let words = '';
    child.stdout.on('data', (chunk) => (words += chunk));
    await once(child, 'close');
    expect(words).toMatch(/^1 tenants, [1-9]\d* sums, 0 had been wrong\.\n$/);
  }, 300_000);

  it('forget a customer wholly, however often they begin', async () => {
    const customer = '5215550000401';
    const { sandbox } = runningStack();
    const message = { type: 'text', text: { body: 'Forget me' } };
    const body = { phone_number_id: shop().phoneNumberId, from: customer, message };
    expect((await http('POST', `${sandbox.url}/_sandbox/inbound`, { body })).status).toBe(200);
    const written = () => rows('SELECT FROM inbound_messages WHERE customer = $1', customer);
    const known = () => rows('SELECT FROM contact_identifiers WHERE value LIKE $1', `%${customer.slice(-10)}`);
    await eventually(async () => (await written()).length > 0 && (await known()).length > 0, 180_000);

    const path = `/tenants/${shop().id}/erasures`;
    let id = '';
    const lock = 'SELECT FROM inbound_messages WHERE customer = $1 FOR UPDATE';
    await killInTheMiddle('admin-worker', lock, [customer], async () => {
      id = (await staff('POST', path, { customer, reason: 'the customer asked' })).body.id;
    });
    const done = await eventually(async () => {
      const erasure = (await staff('GET', `${path}/${id}`)).body;
      return erasure.state === 'done' && erasure;
    }, 180_000);
    expect([await written(), await known()]).toEqual([[], []]);
    expect(done.remains).toEqual({});
  }, 400_000);

  it('take away the bytes of a customer’s file, also when the row that says whose they are is gone already', async () => {
    const customer = '5215550000402';
    const { sandbox, mediaFolder } = runningStack();
    const content = `a letter of ${customer}`;
    const document = {
      base64: Buffer.from(content).toString('base64'),
      mime_type: 'text/plain',
      filename: 'letter.txt',
    };
    const body = { phone_number_id: shop().phoneNumberId, from: customer, message: { type: 'document', document } };
    expect((await http('POST', `${sandbox.url}/_sandbox/inbound`, { body })).status).toBe(200);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const bytes = join(mediaFolder, shop().id, sha256.slice(0, 2), sha256);
    const files = () => rows(`SELECT FROM media WHERE sha256 = decode($1, 'hex')`, sha256);
    await eventually(async () => (await files()).length > 0, 180_000);
    expect(existsSync(bytes)).toBe(true);

    const path = `/tenants/${shop().id}/erasures`;
    let id = '';
    const lock = `SELECT FROM media_objects WHERE sha256 = decode($1, 'hex') FOR UPDATE`;
    await killInTheMiddle('admin-worker', lock, [sha256], async () => {
      id = (await staff('POST', path, { customer, reason: 'the customer asked' })).body.id;
      await eventually(async () => (await files()).length === 0, PATIENCE_MS);
      expect(existsSync(bytes)).toBe(true);
    });
    await eventually(async () => (await staff('GET', `${path}/${id}`)).body.state === 'done', 180_000);
    expect(existsSync(bytes)).toBe(false);
  }, 400_000);

  it('wake staff once for what goes on', async () => {
    // Meta says the same: a look at the account changes nothing of it.
    const rated = async (rating: string) => {
      const { phoneNumberId } = shop();
      const url = `${runningStack().sandbox.url}/_sandbox/phone_numbers/${phoneNumberId}`;
      expect((await http('POST', url, { body: { quality_rating: rating } })).status).toBe(200);
      await rows('UPDATE phone_numbers SET quality_rating = $2 WHERE meta_phone_number_id = $1', phoneNumberId, rating);
    };
    const raised = () => rows(`SELECT FROM alerts WHERE tenant_id = $1 AND kind = 'quality_drop'`, shop().id);
    await killInTheMiddle('admin-worker', 'LOCK TABLE alerts IN EXCLUSIVE MODE', [], () => rated('RED'));
    await eventually(async () => (await raised()).length > 0, PATIENCE_MS);
    await killed('admin-worker');
    await rated('GREEN');
    const over = `SELECT FROM alerts WHERE tenant_id = $1 AND kind = 'quality_drop' AND cleared_at IS NOT NULL`;
    await eventually(async () => (await rows(over, shop().id)).length > 0, PATIENCE_MS);
    expect(await raised()).toHaveLength(1);
  }, 500_000);

  it('give all of what is parked up, or none of it, with its entry in the audit log', async () => {
    const ids = Array.from({ length: 30 }, () => newId(new Date()));
    await db.query(
      `INSERT INTO meta_events (tenant_id, event_id, route, field, body, status, attempts, note)
       SELECT $1, id, 'waba:of-a-fault-test', 'messages', '{"value":{}}', 'parked', 4, 'a fault test'
         FROM unnest($2::uuid[]) AS id`,
      [shop().id, ids],
    );
    const parked = () => rows(`SELECT FROM meta_events WHERE event_id = ANY ($1) AND status = 'parked'`, ids);
    const entries = () =>
      rows(`SELECT after FROM audit_log WHERE action = 'parked.discard' AND reason = 'a fault test'`);
    const discard = () =>
      staff('POST', '/parked/meta_events/discard', {
        ids,
        dry_run: false,
        expected_count: ids.length,
        reason: 'a fault test',
      });
    const lock = 'SELECT FROM meta_events WHERE tenant_id = $1 AND event_id = $2 FOR UPDATE';
    await killInTheMiddle('admin', lock, [shop().id, ids.at(-1)], () => void discard().catch(() => {}));
    await eventually(
      async () => (await fetch(`${runningStack().admin.url}/readyz`).catch(() => undefined))?.ok,
      180_000,
    );
    expect([(await parked()).length, await entries()]).toEqual([ids.length, []]);

    expect(await discard()).toMatchObject({ status: 200, body: { moves: ids.length } });
    expect([(await parked()).length, (await entries()).map((e) => e.after.count)]).toEqual([0, [ids.length]]);
  }, 300_000);
});
