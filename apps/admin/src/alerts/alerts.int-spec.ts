import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { Periodic } from '#libs/queues';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { MailServer } from '../../../../test/support/mail-server.js';
import { type FoundedNumber, foundNumber } from '../../../../test/support/numbers.js';
import { AdminModule } from '../admin.module.js';
import { AdminWorkerModule } from '../admin-worker.module.js';
import { StaffUsers } from '../identity/staff-users.js';
import { EvaluateAlerts } from './evaluate-alerts.js';
import { TellAlerts } from './tell-alerts.js';

const PASSWORD = 'a long enough password';
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('alerts', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let worker: RunningApp;
  let pager: Server;
  let mail: MailServer;
  let shop: FoundedNumber;
  let token: string;
  let busy = false;
  const told: { type: string; data: { kind: string; subject: string; tenant_id: string; value: number } }[] = [];

  beforeAll(async () => {
    database = await cloneDatabase();
    shop = await foundNumber(database, 'Shop');
    pager = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const headers = request.headers as Record<string, string>;
      const body = new Webhook(SECRET).verify(Buffer.concat(parts).toString(), headers) as (typeof told)[number];
      if (!busy) told.push(body);
      response.statusCode = busy ? 503 : 204;
      response.end();
    });
    await new Promise<void>((resolve) => pager.listen(0, '127.0.0.1', resolve));
    mail = await MailServer.start();
    const environment = testEnvironment(database, {
      LOG_LEVEL: 'fatal',
      SMTP_URL: mail.url,
      MAIL_FROM: 'paloma@provider.example',
      PROVIDER_NAME: 'Tortuga Mensajes',
      ALERT_EMAILS: 'night@provider.example,ops@provider.example',
      ALERT_WEBHOOK_URL: `http://127.0.0.1:${(pager.address() as AddressInfo).port}/`,
      ALERT_WEBHOOK_SECRET: SECRET,
    });
    admin = await startApp(AdminModule, environment, { name: 'admin', describe: 'Admin.' });
    worker = await startApp(AdminWorkerModule, environment, { name: 'admin-worker' });
    // Who looks and tells from here on is the test alone.
    await worker.app.get(Periodic).onApplicationShutdown();
    const boss = { email: 'boss@provider.example', role: 'administrator', password: PASSWORD } as const;
    await admin.app.get(StaffUsers).create(boss, { who: 'a test', reason: 'a test' });
    const body = { email: boss.email, password: PASSWORD };
    token = (await http('POST', `${admin.url}/admin/v1/sessions`, { body })).body.access_token;
  });
  afterAll(async () => {
    await worker.close();
    await admin.close();
    pager.close();
    await mail.stop();
    await database.drop();
  });

  const call = (method: string, path: string, body?: object) =>
    http(method, `${admin.url}/admin/v1${path}`, { token, ...(body ? { body } : {}) });
  const look = async () => {
    await worker.app.get(EvaluateAlerts).run();
    const tell = worker.app.get(TellAlerts);
    // What is not taken is thrown, and told again at the next look.
    await Promise.allSettled([tell.run('post'), tell.run('letter')]);
  };
  const quality = (rating: string) =>
    database.owner.query('UPDATE phone_numbers SET quality_rating = $2 WHERE tenant_id = $1', [shop.tenantId, rating]);
  const failed = (n: number) =>
    database.owner.query(
      `INSERT INTO traffic_days (tenant_id, day, phone_number_id, market, category, status, cause, messages)
       VALUES ($1, (now() AT TIME ZONE 'UTC')::date, $2, 'Mexico', 'utility', 'failed', '131026', $3),
              ($1, (now() AT TIME ZONE 'UTC')::date, $2, 'Mexico', 'utility', 'delivered', '', 100 - $3::bigint)
       ON CONFLICT (tenant_id, day, phone_number_id, market, category, status, cause) DO UPDATE SET messages = excluded.messages`,
      [shop.tenantId, shop.phoneNumberId, n],
    );
  const letters = () => mail.taken.splice(0).map((letter) => letter.headers.get('subject')?.[0]);
  const news = () => told.splice(0).map(({ type, data }) => `${type} ${data.kind} ${data.subject}`);

  it('tell a number that turned red once, by a signed post, and the all-clear when it is green', async () => {
    await look();
    expect(news()).toEqual([]);
    await quality('RED');
    await look();
    await look();
    expect(news()).toEqual([`alert.raised quality_drop ${shop.phoneNumberId}`]);
    await quality('GREEN');
    await look();
    expect(news()).toEqual([`alert.cleared quality_drop ${shop.phoneNumberId}`]);
  });

  it('tell by letter as well, each once, to all mailboxes and with an id of their own', async () => {
    const [raised, cleared] = mail.taken;
    expect([raised?.from, raised?.to]).toEqual([
      'paloma@provider.example',
      ['night@provider.example', 'ops@provider.example'],
    ]);
    expect(raised?.headers.get('from')?.[0]).toBe('Tortuga Mensajes <paloma@provider.example>');
    expect(raised?.text).toContain(shop.tenantId);
    expect(raised?.headers.get('message-id')).not.toEqual(cleared?.headers.get('message-id'));
    expect(letters()).toEqual([
      `Alert: quality_drop (${shop.phoneNumberId})`,
      `All clear: quality_drop (${shop.phoneNumberId})`,
    ]);
  });

  it('hold up no letter while the address does not answer, nor a post while the mail server refuses', async () => {
    busy = true;
    await quality('RED');
    await look();
    await look();
    expect([news(), letters()]).toEqual([[], [`Alert: quality_drop (${shop.phoneNumberId})`]]);
    busy = false;
    mail.refusals.push('451 not now', '451 not now');
    await quality('GREEN');
    await look();
    expect([news().length, letters()]).toEqual([2, []]);
    await look();
    expect([news(), letters()]).toEqual([[], [`All clear: quality_drop (${shop.phoneNumberId})`]]);
  });

  it('tell again what was not taken, and lose nothing', async () => {
    busy = true;
    await failed(25);
    await look();
    expect(news()).toEqual([]);
    busy = false;
    await look();
    expect(news()).toEqual(['alert.raised failure_rate today']);
    await failed(15);
    await look();
    expect(news()).toEqual([]);
    await failed(5);
    await look();
    expect(news()).toEqual(['alert.cleared failure_rate today']);
  });

  it('are listed, acknowledged by one, and bound by rules that staff change, all in the audit log', async () => {
    const before = await call('GET', '/alert-rules');
    expect(before.body.data.find((r: { kind: string }) => r.kind === 'failure_rate')).toMatchObject({ raise_at: 20 });
    const wrong = await call('PUT', '/alert-rules/failure_rate', {
      enabled: true,
      raise_at: 3,
      clear_at: 3,
      reason: 'why not',
    });
    expect(wrong.status).toBe(400);
    const rule = { enabled: true, raise_at: 4, clear_at: 1, reason: 'a careful week' };
    expect((await call('PUT', '/alert-rules/failure_rate', rule)).body).toMatchObject({
      kind: 'failure_rate',
      raise_at: 4,
    });
    await look();
    expect(news()).toEqual(['alert.raised failure_rate today']);

    const open = await call('GET', '/alerts?open=true');
    expect(open.body.data).toEqual([
      expect.objectContaining({ tenant_id: shop.tenantId, kind: 'failure_rate', value: 5 }),
    ]);
    const path = `/alerts/${open.body.data[0].id}/acknowledge`;
    expect((await call('POST', path, { reason: 'I look' })).body.acknowledged_by).toBe('boss@provider.example');
    expect((await call('POST', path, { reason: 'I look' })).status).toBe(409);
    const { rows } = await database.owner.query(`SELECT action FROM audit_log WHERE action LIKE 'alert%' ORDER BY seq`);
    expect(rows.map((r) => r.action)).toEqual(['alert-rule.change', 'alert.acknowledge']);

    await call('PUT', '/alert-rules/failure_rate', { ...rule, enabled: false });
    await look();
    expect(news()).toEqual(['alert.cleared failure_rate today']);
  });

  it('are over with a tenant that is closed, whose wallet stays, and never begin again', async () => {
    const gone = await foundNumber(database, 'Gone');
    await database.owner.query(`INSERT INTO wallets (tenant_id, currency, created_at) VALUES ($1, 'USD', now())`, [
      gone.tenantId,
    ]);
    const alertsOf = async () =>
      (await database.owner.query('SELECT kind, cleared_at FROM alerts WHERE tenant_id = $1', [gone.tenantId])).rows;
    await look();
    expect(await alertsOf()).toEqual([{ kind: 'wallet_low', cleared_at: null }]);
    await database.owner.query(`UPDATE tenants SET status = 'closing', closes_at = now() WHERE tenant_id = $1`, [
      gone.tenantId,
    ]);
    await look();
    expect(await alertsOf()).toEqual([{ kind: 'wallet_low', cleared_at: expect.any(Date) }]);
    await database.owner.query('DELETE FROM alerts WHERE tenant_id = $1', [gone.tenantId]);
    await database.owner.query(`UPDATE tenants SET status = 'closed' WHERE tenant_id = $1`, [gone.tenantId]);
    await look();
    expect(await alertsOf()).toEqual([]);
  });
});
