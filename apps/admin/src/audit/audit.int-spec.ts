import type { Redis } from 'ioredis';
import { Periodic, REDIS } from '#libs/queues';
import { http, type RunningApp, startApp, testEnvironment } from '../../../../test/support/app.js';
import { cloneDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { AdminModule } from '../admin.module.js';
import { StaffUsers } from '../identity/staff-users.js';
import { WatchAuditLog } from './watch-audit-log.js';

const PASSWORD = 'a long enough password';

describe('the audit log, to an auditor,', () => {
  let database: TestDatabase;
  let admin: RunningApp;
  let token: string;

  beforeAll(async () => {
    database = await cloneDatabase();
    admin = await startApp(AdminModule, testEnvironment(database, { LOG_LEVEL: 'silent' }), { name: 'admin' });
    const users = admin.app.get(StaffUsers);
    for (let nth = 1; nth <= 7; nth++) {
      const by = { who: nth % 2 ? 'odd' : 'even', reason: `=SUM(A1:A${nth}), "quoted"\nand on` };
      await users.create({ email: `a${nth}@provider.example`, role: 'auditor', password: PASSWORD }, by);
    }
    const body = { email: 'a1@provider.example', password: PASSWORD };
    token = (await http('POST', `${admin.url}/admin/v1/sessions`, { body })).body.access_token;
    // Who looks at the end of the log from here on is the test alone.
    await admin.app.get(Periodic).onApplicationShutdown();
  });
  afterAll(async () => {
    await admin.close();
    await database.drop();
  });
  const get = (query: string) => http('GET', `${admin.url}/admin/v1/audit-log${query}`, { token });

  it('is searched by who, what, object and time, and read page by page', async () => {
    expect((await get('?who=odd')).body.data).toHaveLength(4);
    expect((await get('?action=staff')).body.data).toHaveLength(7);
    expect((await get('?action=session.open')).body.data).toMatchObject([{ who: 'a1@provider.example', seq: 8 }]);
    const [entry] = (await get('?who=even')).body.data;
    expect((await get(`?object=${entry.object}`)).body.data).toEqual([entry]);
    expect((await get(`?from=${encodeURIComponent(entry.at)}&who=even`)).body.data).toEqual([entry]);
    expect((await get(`?to=${encodeURIComponent(entry.at)}&who=even`)).body.data).toHaveLength(2);

    const seen: number[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await get(`?limit=3${cursor}`);
      seen.push(...body.data.map((row: { seq: number }) => row.seq));
      if (!body.next) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect((await get('?from=yesterday')).status).toBe(400);
  });

  it('is exported as a file that a spreadsheet takes for text, and as lines of JSON with place and hash', async () => {
    const csv = await get('/export?format=csv&who=odd');
    expect(csv.headers.get('content-disposition')).toContain('audit-log.csv');
    expect(csv.body.split('\r\n')[0]).toMatch(/^seq,at,who,action/);
    expect(csv.body).toContain(`"'=SUM(A1:A1), ""quoted""\nand on"`);
    const lines = (await get('/export?format=jsonl')).body
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line));
    expect(lines.map((line: { seq: number }) => line.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(lines[0].hash).toMatch(/^[0-9a-f]{64}$/);
    expect((await get('/export?format=xml')).status).toBe(400);
  });

  it('has a witness outside the database, which sees when it ends earlier than it did', async () => {
    const watch = admin.app.get(WatchAuditLog);
    await admin.app.get<Redis>(REDIS).del('audit-log:end');
    expect([await watch.look(), await watch.look()]).toEqual(['grown', 'same']);
    await database.owner.query('ALTER TABLE audit_log DISABLE TRIGGER append_only');
    await database.owner.query('DELETE FROM audit_log WHERE seq > 5');
    await database.owner.query('UPDATE audit_head SET seq = 5, hash = (SELECT hash FROM audit_log WHERE seq = 5)');
    expect([await watch.look(), await watch.look()]).toEqual(['another', 'another']);
    // Nor when it has grown beyond its old end since.
    const by = { who: 'odd', reason: 'once more' };
    for (let nth = 1; nth <= 4; nth++) {
      await admin.app
        .get(StaffUsers)
        .create({ email: `b${nth}@provider.example`, role: 'auditor', password: PASSWORD }, by);
    }
    expect(await watch.look()).toBe('another');
  });
});
