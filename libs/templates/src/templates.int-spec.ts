import { ManualClock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { cloneDatabase, connect, type TestDatabase } from '../../../test/support/database.js';
import { Template, TemplateEvent } from './template.entity.js';
import type { TemplateReport } from './template-report.js';
import { TemplateSync } from './template-sync.entity.js';
import { TemplateSyncs } from './template-syncs.js';
import { Templates } from './templates.js';

const noon = new Date('2026-11-22T12:00:00.000Z');
const secondsOn = (seconds: number) => new Date(noon.getTime() + seconds * 1_000);

let database: TestDatabase;
let connected: Awaited<ReturnType<typeof connect>>;
const templates = new Templates(new ManualClock(noon));

beforeAll(async () => {
  database = await cloneDatabase();
  connected = await connect(database.appUrl, [Template, TemplateEvent, TemplateSync]);
});
afterAll(async () => {
  await connected.close();
  await database.drop();
});

let made = 0;
async function anAccount(): Promise<{ tenantId: string; wabaId: string }> {
  const [tenantId, portfolioId, wabaId] = [newId(noon), newId(noon), newId(noon)];
  const { owner } = database;
  await owner.query(`INSERT INTO tenants (tenant_id, name, created_at) VALUES ($1, 'Shop', $2)`, [tenantId, noon]);
  await owner.query(
    `INSERT INTO portfolios (tenant_id, portfolio_id, meta_business_id, limit_seen_at, created_at) VALUES ($1, $2, $3, $4, $4)`,
    [tenantId, portfolioId, `b${++made}`, noon],
  );
  await owner.query(
    `INSERT INTO wabas (tenant_id, waba_id, portfolio_id, meta_waba_id, name, currency, timezone, created_at)
     VALUES ($1, $2, $3, $4, 'Shop', 'USD', 'UTC', $5)`,
    [tenantId, wabaId, portfolioId, `w${made}`, noon],
  );
  return { tenantId, wabaId };
}

const save = (account: { tenantId: string; wabaId: string }, metaTemplateId: string, more = {}) =>
  connected.db.inTenant(account.tenantId, (tx) =>
    templates.save(tx, account.tenantId, {
      wabaId: account.wabaId,
      metaTemplateId,
      name: 'order_update',
      language: 'en_US',
      category: 'UTILITY',
      status: 'PENDING',
      at: noon,
      source: 'meta-answer',
      components: [{ type: 'BODY', text: 'Hello.' }],
      ...more,
    }),
  );
const report = (tenantId: string, metaTemplateId: string, what: Partial<TemplateReport>, at = secondsOn(10)) =>
  connected.db.inTenant(tenantId, (tx) =>
    templates.applyReport(tx, tenantId, { metaTemplateId, at, source: 'meta-webhook', ...what }),
  );
const find = (account: { tenantId: string; wabaId: string }, language = 'en_US') =>
  connected.db.inTenant(account.tenantId, (tx) =>
    templates.find(tx, account.tenantId, { wabaId: account.wabaId, name: 'order_update', language }),
  );

describe('a template', () => {
  it('follows Meta’s newest word; late and repeated ones are only remembered', async () => {
    const account = await anAccount();
    const { templateId } = await save(account, 'm1');
    const says = (word: string, at: Date) => report(account.tenantId, 'm1', { status: { word } }, at);
    expect(await says('APPROVED', secondsOn(10))).toMatchObject({
      verdict: 'apply',
      before: 'pending',
      after: 'approved',
    });
    expect(await says('APPROVED', secondsOn(11))).toMatchObject({ verdict: 'repeat' });
    expect(await says('PAUSED', secondsOn(30))).toMatchObject({ verdict: 'apply' });
    expect(await says('APPROVED', secondsOn(20))).toMatchObject({ verdict: 'stale' });
    expect(await says('DANCING', secondsOn(40))).toMatchObject({ verdict: 'unlisted' });
    expect(await find(account)).toMatchObject({ status: 'paused', statusAt: secondsOn(30) });
    const history = await connected.db.inTenant(account.tenantId, (tx) =>
      templates.eventsOf(tx, account.tenantId, templateId),
    );
    expect(history.map((e) => e.verdict)).toEqual(['apply', 'apply', 'repeat', 'apply', 'stale', 'unlisted']);
  });

  it('taken back from the archive is again what it was before', async () => {
    const account = await anAccount();
    await save(account, 'm2', { status: 'APPROVED' });
    await report(account.tenantId, 'm2', { status: { word: 'ARCHIVED' } }, secondsOn(10));
    await report(account.tenantId, 'm2', { status: { word: 'UNARCHIVED' } }, secondsOn(20));
    expect(await find(account)).toMatchObject({ status: 'approved' });
  });

  it('has the category that Meta charges, from the change on and not from its notice', async () => {
    const account = await anAccount();
    await save(account, 'm3');
    const notice = { new_category: 'UTILITY', correct_category: 'MARKETING' };
    expect(await report(account.tenantId, 'm3', { category: notice })).toMatchObject({
      kind: 'category_impending',
      after: 'marketing',
    });
    expect(await find(account)).toMatchObject({ category: 'utility' });
    const done = { previous_category: 'UTILITY', new_category: 'MARKETING' };
    expect(await report(account.tenantId, 'm3', { category: done }, secondsOn(20))).toMatchObject({ verdict: 'apply' });
    expect(await find(account)).toMatchObject({ category: 'marketing' });
    const late = { previous_category: 'MARKETING', new_category: 'UTILITY' };
    expect(await report(account.tenantId, 'm3', { category: late }, secondsOn(15))).toMatchObject({ verdict: 'stale' });
  });

  it('keeps its newest quality', async () => {
    const account = await anAccount();
    await save(account, 'm4');
    expect(await report(account.tenantId, 'm4', { quality: 'RED' }, secondsOn(20))).toMatchObject({ verdict: 'apply' });
    expect(await report(account.tenantId, 'm4', { quality: 'GREEN' }, secondsOn(10))).toMatchObject({
      verdict: 'stale',
    });
    expect(await find(account)).toMatchObject({ quality: 'red' });
  });

  it('of another tenant is neither found nor changed', async () => {
    const [mine, theirs] = [await anAccount(), await anAccount()];
    await save(mine, 'm5', { status: 'APPROVED' });
    expect(await report(theirs.tenantId, 'm5', { status: { word: 'DISABLED' } })).toBeUndefined();
    expect(await find({ ...mine, tenantId: theirs.tenantId })).toBeNull();
    expect(await find(mine, 'en-US')).toMatchObject({ status: 'approved' });
  });

  it('made anew under an old name begins anew', async () => {
    const account = await anAccount();
    const first = await save(account, 'm6', { status: 'APPROVED' });
    await report(account.tenantId, 'm6', { status: { word: 'DELETED' } }, secondsOn(10));
    const second = await save(account, 'm7', { at: noon });
    expect(second).toMatchObject({ templateId: first.templateId, status: 'pending', metaTemplateId: 'm7' });
    expect(await report(account.tenantId, 'm6', { status: { word: 'APPROVED' } }, secondsOn(20))).toBeUndefined();
  });

  it('keeps the end of a pause, Meta’s advice, and that it cannot be edited, until they are over', async () => {
    const account = await anAccount();
    await save(account, 'm8', { status: 'APPROVED' });
    const says = (word: string, at: Date, more = {}) =>
      report(account.tenantId, 'm8', { status: { word, ...more } }, at);
    await says('PAUSED', secondsOn(10), { reason: 'SECOND_PAUSE', detail: 'Paused for 6 hours.' });
    expect(await find(account)).toMatchObject({
      status: 'paused',
      reason: 'SECOND_PAUSE',
      reasonDetail: 'Paused for 6 hours.',
      pauseEndsAt: new Date(secondsOn(10).getTime() + 6 * 3_600_000),
    });
    await says('LOCKED', secondsOn(15));
    expect(await find(account)).toMatchObject({ status: 'paused', locked: true });
    await says('APPROVED', secondsOn(20));
    expect(await find(account)).toMatchObject({
      status: 'approved',
      reason: null,
      reasonDetail: null,
      pauseEndsAt: null,
      locked: false,
    });
  });

  it('shows a category to come until it has come, and never an old notice', async () => {
    const account = await anAccount();
    await save(account, 'm9', { status: 'APPROVED' });
    const notice = { new_category: 'UTILITY', correct_category: 'MARKETING', category_update_timestamp: 1_795_435_200 };
    await report(account.tenantId, 'm9', { category: notice });
    expect(await find(account)).toMatchObject({
      category: 'utility',
      categoryNext: 'marketing',
      categoryNextAt: new Date(1_795_435_200_000),
    });
    const done = { previous_category: 'UTILITY', new_category: 'MARKETING' };
    await report(account.tenantId, 'm9', { category: done }, secondsOn(30));
    const held = { category: 'marketing', categoryBefore: 'utility', categoryNext: null, categoryNextAt: null };
    expect(await find(account)).toMatchObject(held);
    expect(await report(account.tenantId, 'm9', { category: notice }, secondsOn(20))).toMatchObject({
      verdict: 'stale',
    });
    expect(await find(account)).toMatchObject(held);
  });

  it('that is deleted stays with its history, and its name is blocked if it was approved', async () => {
    const account = await anAccount();
    const template = await save(account, 'm10', { status: 'APPROVED', created: true });
    const { tenantId } = account;
    await connected.db.inTenant(tenantId, (tx) =>
      templates.deleted(tx, template, { at: secondsOn(10), gone: true, source: 'tenant' }),
    );
    const inTenant = <T>(work: (tx: Tx) => Promise<T>) => connected.db.inTenant(tenantId, work);
    expect(await inTenant((tx) => templates.findByMetaId(tx, tenantId, 'm10'))).toBeNull();
    expect(await inTenant((tx) => templates.findById(tx, tenantId, template.templateId))).toMatchObject({
      status: 'deleted',
      reservedUntil: new Date(secondsOn(10).getTime() + 30 * 86_400_000),
    });
    const events = await inTenant((tx) => templates.eventsOf(tx, tenantId, template.templateId));
    expect(events.map((e) => [e.kind, e.source])).toEqual([
      ['create', 'tenant'],
      ['status', 'meta-answer'],
      ['delete', 'tenant'],
    ]);
    expect(await inTenant((tx) => templates.creationsSince(tx, tenantId, account.wabaId, noon))).toEqual([noon]);
  });

  it('that Meta tells was deleted has its name blocked as well, until 30 days after the first word of it', async () => {
    const account = await anAccount();
    const template = await save(account, 'm11', { status: 'APPROVED' });
    const { tenantId } = account;
    const blocked = new Date(secondsOn(20).getTime() + 30 * 86_400_000);
    await report(tenantId, 'm11', { status: { word: 'PENDING_DELETION' } }, secondsOn(20));
    expect((await find(account))?.reservedUntil).toEqual(blocked);
    await report(tenantId, 'm11', { status: { word: 'DELETED' } }, secondsOn(40));
    expect(await find(account)).toMatchObject({ status: 'deleted', reservedUntil: blocked });

    const other = await anAccount();
    await save(other, 'm12', { status: 'APPROVED' });
    await report(other.tenantId, 'm12', { status: { word: 'PENDING_DELETION' } }, secondsOn(20));
    const leaving = (await find(other)) as typeof template;
    await connected.db.inTenant(other.tenantId, (tx) =>
      templates.deleted(tx, leaving, { at: secondsOn(50), gone: true, source: 'meta-poll' }),
    );
    expect((await find(other))?.reservedUntil).toEqual(blocked);
    const rejected = await anAccount();
    await save(rejected, 'm13', { status: 'REJECTED' });
    await report(rejected.tenantId, 'm13', { status: { word: 'DELETED' } }, secondsOn(20));
    expect((await find(rejected))?.reservedUntil).toBeNull();
  });

  it('ends in the state with Meta’s newest time, in whatever order its reports come', async () => {
    const words = ['APPROVED', 'PAUSED', 'APPROVED', 'FLAGGED', 'DISABLED'];
    const orders = [
      [4, 3, 2, 1, 0],
      [2, 0, 4, 1, 3],
      [3, 4, 0, 2, 1, 4, 0],
    ];
    for (const [i, order] of orders.entries()) {
      const account = await anAccount();
      await save(account, `any${i}`);
      for (const nth of order) {
        await report(
          account.tenantId,
          `any${i}`,
          { status: { word: words[nth] as string } },
          secondsOn(10 * (nth + 1)),
        );
      }
      expect(await find(account)).toMatchObject({ status: 'disabled', statusAt: secondsOn(50) });
    }
  });
});

describe('a comparison with Meta’s list', () => {
  const [started, asked, over, next] = [secondsOn(1), secondsOn(2), secondsOn(3), secondsOn(3_600)] as const;

  async function aDueAccount() {
    const account = await anAccount();
    const { tenantId, wabaId } = account;
    const clock = new ManualClock(noon);
    const syncs = new TemplateSyncs(connected.db, clock);
    const change = (work: (tx: Tx) => Promise<void>) => connected.db.inTenant(tenantId, work);
    return {
      ask: (at: Date, now: Date) => {
        clock.advance(now.getTime() - clock.now().getTime());
        return change((tx) => syncs.ask(tx, tenantId, wabaId, at));
      },
      ended: (startedAt = started) =>
        change((tx) =>
          syncs.ended(tx, tenantId, wabaId, {
            startedAt,
            at: over,
            found: 1,
            drift: { imported: 1, gone: 0, changed: 0 },
            nextAt: next,
          }),
        ),
      failed: (startedAt = started) =>
        change((tx) =>
          syncs.failed(tx, tenantId, wabaId, { startedAt, at: over, error: 'Meta is away', failures: 2, nextAt: next }),
        ),
      sync: () => connected.db.inTenant(tenantId, (tx) => syncs.of(tx, tenantId, wabaId)),
    };
  }

  it.each(['ended', 'failed'] as const)(
    'that %s is followed by another when that was asked for meanwhile',
    async (how) => {
      const account = await aDueAccount();
      await account.ask(noon, noon);
      // A webhook that Meta sent before, and that came only now.
      await account.ask(secondsOn(-30), asked);
      await account[how]();
      expect(await account.sync()).toMatchObject({ dueAt: asked, startedAt: started });
      await account[how](over);
      expect(await account.sync()).toMatchObject({ dueAt: next, startedAt: over });
    },
  );

  it.each(['ended', 'failed'] as const)(
    'that %s is followed by the next one in its time when nobody asked',
    async (how) => {
      const account = await aDueAccount();
      await account[how]();
      expect(await account.sync()).toMatchObject({ dueAt: next });
      const again = await aDueAccount();
      await again.ask(noon, noon);
      await again[how]();
      expect(await again.sync()).toMatchObject({ dueAt: next });
    },
  );

  it('of which nothing was known when it began is followed by another as well', async () => {
    const account = await aDueAccount();
    await account.ask(noon, asked);
    await account.ended();
    expect(await account.sync()).toMatchObject({ dueAt: asked });
  });

  it('is asked for at the soonest of several times, and never later than it was due', async () => {
    const account = await aDueAccount();
    await account.ask(next, noon);
    expect(await account.sync()).toMatchObject({ dueAt: next });
    await account.ask(over, started);
    expect(await account.sync()).toMatchObject({ dueAt: over });
    await account.ask(next, asked);
    expect(await account.sync()).toMatchObject({ dueAt: over });
    await account.ask(next, secondsOn(10));
    expect((await account.sync())?.dueAt.getTime()).toBeLessThanOrEqual(secondsOn(10).getTime());
  });

  it('says what it found, or why it found nothing', async () => {
    const account = await aDueAccount();
    await account.failed();
    expect(await account.sync()).toMatchObject({ error: 'Meta is away', failures: 2, failedAt: over, syncedAt: null });
    await account.ended(over);
    expect(await account.sync()).toMatchObject({
      error: null,
      failures: 0,
      failedAt: over,
      syncedAt: over,
      found: 1,
      drift: { imported: 1, gone: 0, changed: 0 },
    });
  });
});
