import { jest } from '@jest/globals';
import { CLOCK, type Clock } from '#libs/clock';
import { newMessageRef } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { Wabas } from '#libs/wabas';
import { type Invoicing, invoicing, REASON } from '../../../../test/fixtures/billing/invoicing.js';
import { type Merchant, UTILITY } from '../../../../test/fixtures/billing/merchant.js';
import { eventually } from '../../../../test/support/app.js';
import { RunInvoices } from './run-invoices.js';

const OCTOBER = new Date('2026-10-20T12:00:00Z');

describe('issued invoices', () => {
  let { database, apps, call, asStaff, rate, invoicedShop, putOnPlan, issue, bytes, owed } = {} as Invoicing;
  let close: Invoicing['close'] | undefined;
  beforeAll(async () => {
    ({ database, apps, call, asStaff, rate, invoicedShop, putOnPlan, issue, bytes, owed, close } = await invoicing());
  });
  afterAll(() => close?.());

  it('sum up a month with fees and tax, round once, book what is owed to the cent, and close the month', async () => {
    const shop = await invoicedShop();
    await putOnPlan(shop, '2026-10-01', { currency: 'USD', monthly_fee: { tenant: '49', number: '15' } });
    const { db, wabas } = { db: apps.worker.app.get(Database), wabas: apps.worker.app.get(Wabas) };
    await db.inTenant(shop.tenantId, async (tx) => {
      const [number] = await wabas.phoneNumbers(tx, shop.tenantId);
      await wabas.savePhoneNumber(tx, shop.tenantId, { ...(number as never as object), status: 'CONNECTED' } as never);
    });
    await database.owner.query(`UPDATE phone_numbers SET created_at = '2026-09-01' WHERE tenant_id = $1`, [
      shop.tenantId,
    ]);
    const messages = [];
    for (let i = 0; i < 3; i++) messages.push(await shop.delivered({ deliveredAt: OCTOBER }));
    await shop.delivered({ deliveredAt: OCTOBER, pricing: { ...UTILITY, category: 'marketing' } });
    const november = await shop.delivered({ deliveredAt: new Date('2026-11-01T06:00:00Z') });
    await rate(shop);

    const answer = await issue(shop);
    expect([answer.status, answer.body]).toMatchObject([
      201,
      { data: [{ currency: 'USD', net: '64.07', tax: '13.45', total: '77.52', month: '2026-10' }] },
    ]);
    const [invoice] = answer.body.data;
    const document = JSON.parse((await bytes(shop, invoice.id, '')).toString());
    expect(document.lines).toMatchObject([
      { item: 'messages', category: 'marketing', quantity: 1, amount: '0.0397' },
      { item: 'messages', category: 'utility', quantity: 3, amount: '0.0255' },
      { item: 'tenant_fee', amount: '49' },
      { item: 'number_fee', quantity: 1, amount: '15' },
    ]);
    expect(document).toMatchObject({
      rounding: '0.0048',
      buyer: { name: 'Tienda Ñandú, S.A.' },
      tax: { kind: 'domestic', name: 'IVA', pct: '21' },
    });
    const opened = await call('GET', document.lines[1].charges_url, shop.apiKey);
    expect(opened.body.data.map((c: { message: string }) => c.message)).toEqual(messages.map(newMessageRef));
    // 77.52 of October and the message of November.
    expect(await owed(shop)).toMatchObject({
      receivable: '77.5285',
      tax_payable: '-13.45',
      revenue_fees: '-64',
      rounding: '-0.0048',
    });
    expect((await call('GET', '/api/v1/invoices/2026-10', shop.apiKey)).body).toMatchObject({
      status: 'issued',
      issued: [{ number: invoice.number }],
    });
    // One entry for fees, tax and rounding.
    const { movements } = (await call('GET', '/api/v1/statement?from=2026-10-01&to=2026-10-31', shop.apiKey)).body;
    expect(movements).toMatchObject([
      { kind: 'message', entries: 4, amount: '0.0652' },
      { kind: 'invoice', entries: 1, amount: '77.4548' },
    ]);

    // What comes late counts in the month that is open.
    const late = await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const draft = (await call('GET', '/api/v1/invoices/2026-11', shop.apiKey)).body;
    expect(draft).toMatchObject({ status: 'draft', lines: [{ quantity: 2 }] });
    const both = await call('GET', draft.lines[0].charges_url, shop.apiKey);
    expect(both.body.data).toMatchObject([
      { message: newMessageRef(late), local_day: '2026-10-20', booked_on: '2026-11-01' },
      { message: newMessageRef(november), local_day: '2026-11-01' },
    ]);
  });

  it('are the same bytes when rate cards, plan and profile have changed', async () => {
    const shop = await invoicedShop();
    for (let i = 0; i < 3; i++) await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const [invoice] = (await issue(shop)).body.data;
    const forms = ['', '/csv', '/pdf'];
    const before = await Promise.all(forms.map((form) => bytes(shop, invoice.id, form)));

    await database.owner.query('ALTER TABLE rates DISABLE TRIGGER append_only');
    await database.owner.query(`UPDATE rates SET price = 9.9 WHERE market = 'Mexico'`);
    await database.owner.query('ALTER TABLE rates ENABLE TRIGGER append_only');
    await asStaff('PUT', `/tenants/${shop.tenantId}/billing-profile`, {
      legal_name: 'Another name',
      country: 'FR',
      timezone: 'Europe/Paris',
      legal_entity: 'main',
      ...REASON,
    });
    await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const after = await Promise.all(forms.map((form) => bytes(shop, invoice.id, form)));
    expect(after.map((b, i) => b.equals(before[i] as Buffer))).toEqual([true, true, true]);
    expect(before[2]?.subarray(0, 5).toString()).toBe('%PDF-');
    expect(before[2]?.toString('latin1')).toContain('(D:20');
  });

  it('are refused to print when somebody changed the past', async () => {
    const shop = await invoicedShop();
    await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const [invoice] = (await issue(shop)).body.data;
    await database.owner.query('ALTER TABLE charges DISABLE TRIGGER append_only');
    await database.owner.query(`UPDATE charges SET unit_price = 0.001, amount = 0.001 WHERE tenant_id = $1`, [
      shop.tenantId,
    ]);
    await database.owner.query('ALTER TABLE charges ENABLE TRIGGER append_only');
    expect((await call('GET', `/api/v1/issued-invoices/${invoice.id}`, shop.apiKey)).status).toBe(500);
  });

  it('have numbers without gaps, also when several are issued at once and some fail', async () => {
    const shops = await Promise.all(Array.from({ length: 6 }, () => invoicedShop()));
    for (const shop of shops) {
      await shop.delivered({ deliveredAt: OCTOBER });
      await rate(shop);
    }
    const before = Number((await issue(shops[0] as Merchant)).body.data[0].number.slice(2));
    await database.owner.query(
      `ALTER TABLE invoices ADD CONSTRAINT test_refuses CHECK (tenant_id <> '${shops[1]?.tenantId}') NOT VALID`,
    );
    const answers = await Promise.all(shops.slice(1).map((shop) => issue(shop)));
    await database.owner.query('ALTER TABLE invoices DROP CONSTRAINT test_refuses');
    answers.push(await issue(shops[1] as Merchant));
    const numbers = answers.flatMap((a) => (a.status === 201 ? [Number(a.body.data[0].number.slice(2))] : []));
    expect(numbers.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5].map((n) => before + n));
  });

  it('are credited in part and in whole, never beyond, with the tax given back as it was taken', async () => {
    const shop = await invoicedShop();
    for (let i = 0; i < 100; i++) await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const [invoice] = (await issue(shop)).body.data;
    expect(invoice).toMatchObject({ net: '0.85', tax: '0.18', total: '1.03' });
    const credit = (net?: string) =>
      asStaff('POST', `/tenants/${shop.tenantId}/invoices/${invoice.id}/credit-notes`, {
        ...REASON,
        ...(net ? { net } : {}),
      });
    expect((await credit('0.86')).status).toBe(409);
    const part = await credit('0.35');
    expect(part.body).toMatchObject({
      kind: 'credit_note',
      net: '-0.35',
      tax: '-0.07',
      total: '-0.42',
      credits: invoice.id,
    });
    // The answer was lost, and staff ask again, once or at the same time: it is credited once.
    const again = await Promise.all([credit('0.35'), credit('0.350')]);
    expect(again.map((a) => a.status)).toEqual([409, 409]);
    expect(again[0]?.body.error.message).toContain(part.body.number);
    expect((await credit()).body).toMatchObject({ net: '-0.50', tax: '-0.11', total: '-0.61' });
    expect((await credit()).status).toBe(409);
    expect(Number((await owed(shop)).receivable)).toBe(0);
    expect((await bytes(shop, part.body.id, '/pdf')).length).toBeGreaterThan(1_000);
    const list = await call('GET', '/api/v1/issued-invoices', shop.apiKey);
    expect(list.body.data.map((i: { kind: string }) => i.kind)).toEqual(['credit_note', 'credit_note', 'invoice']);
  });

  it('bear no tax for a business in another state of the Union, and say why', async () => {
    const shop = await invoicedShop({ country: 'PT', tax_id: 'PT1', language: 'pt' });
    await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const [invoice] = (await issue(shop)).body.data;
    expect(invoice).toMatchObject({ net: '0.01', tax: '0.00' });
    expect((await bytes(shop, invoice.id, '/pdf')).toString('latin1').length).toBeGreaterThan(1_000);
    const document = JSON.parse((await bytes(shop, invoice.id, '')).toString());
    expect(document.tax).toMatchObject({ kind: 'reverse_charge', pct: '0' });
  });

  it.each([
    ['a month that is not over', '2999-12'],
    ['a month after one that is open and has charges', '2026-10'],
  ])('are not issued for %s', async (_, month) => {
    const shop = await invoicedShop();
    await shop.delivered({ deliveredAt: new Date('2026-09-20T12:00:00Z') });
    await rate(shop);
    expect((await issue(shop, month)).status).toBe(409);
  });

  it('are not issued while messages of the month wait to be rated, nor twice', async () => {
    const shop = await invoicedShop();
    // So that no worker rates it by itself.
    await database.owner.query(
      `INSERT INTO lane_leases (tenant_id, lane, holder, until)
       VALUES ($1, 'rate', gen_random_uuid(), now() + interval '1 hour')`,
      [shop.tenantId],
    );
    await shop.delivered({ deliveredAt: OCTOBER });
    expect((await issue(shop)).status).toBe(409);
    await rate(shop);
    expect((await issue(shop)).status).toBe(201);
    expect((await issue(shop)).status).toBe(409);
  });

  it('of another tenant do not exist', async () => {
    const [shop, other] = [await invoicedShop(), await invoicedShop()];
    await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const [invoice] = (await issue(shop)).body.data;
    for (const form of ['', '/csv', '/pdf']) {
      expect((await call('GET', `/api/v1/issued-invoices/${invoice.id}${form}`, other.apiKey)).status).toBe(404);
    }
    expect((await call('GET', '/api/v1/issued-invoices', other.apiKey)).body.data).toEqual([]);
  });

  it('of one month asked for by many at once are issued once', async () => {
    const shop = await invoicedShop();
    await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const answers = await Promise.all(Array.from({ length: 5 }, () => issue(shop)));
    expect(answers.map((a) => a.status).sort()).toEqual([201, 409, 409, 409, 409]);
    const { rows } = await database.owner.query('SELECT count(*)::int AS n FROM invoices WHERE tenant_id = $1', [
      shop.tenantId,
    ]);
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('are not there when the process dies in the middle of issuing, and take no number', async () => {
    const shop = await invoicedShop();
    await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const last = async () =>
      (await database.owner.query(`SELECT last_invoice FROM legal_entities WHERE entity = 'main'`)).rows[0]
        .last_invoice as number;
    const before = await last();
    // Somebody else holds the numbers of the entity, so issuing stands still after the books were written.
    await database.owner.query('BEGIN');
    await database.owner.query(`SELECT FROM legal_entities WHERE entity = 'main' FOR UPDATE`);
    const attempt = issue(shop);
    const stands = await eventually(async () => {
      // Within a transaction PostgreSQL shows what it showed before.
      await database.owner.query('SELECT pg_stat_clear_snapshot()');
      const { rows } = await database.owner.query(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows[0] as { pid: number } | undefined;
    });
    await database.owner.query('SELECT pg_terminate_backend($1)', [stands.pid]);
    await database.owner.query('COMMIT');
    expect((await attempt).status).toBe(503);
    expect(await last()).toBe(before);
    expect(Object.keys(await owed(shop))).not.toContain('rounding');
    expect((await issue(shop)).body.data).toMatchObject([{ number: `F-${String(before + 1).padStart(6, '0')}` }]);
  });

  it('come from an entity that is shown as it was given, so that what was read can be changed and handed in', async () => {
    const body = { name: 'Read', address: 'x', country: 'MX', tax_id: '1', contact: 'c', payment_details: 'CLABE 0' };
    const given = { ...body, taxes: [], invoice_prefix: 'R-', credit_prefix: 'RC-' };
    const saved = await asStaff('PUT', '/legal-entities/read', { ...given, ...REASON });
    expect(saved.body).toEqual({ entity: 'read', ...given });
    const { data } = (await asStaff('GET', '/legal-entities')).body;
    const { entity, ...read } = data.find((e: { entity: string }) => e.entity === 'read');
    expect((await asStaff('PUT', `/legal-entities/${entity}`, { ...read, contact: 'd', ...REASON })).status).toBe(200);
    const refused = await asStaff('PUT', '/legal-entities/read', { ...given, country: 'mx', ...REASON });
    expect(refused.body.error.fields.country).toEqual(['country must be a code of two capital letters, such as ES']);
  });

  it('are credited by the entity that issued them, also when another one bills the tenant by now', async () => {
    const shop = await invoicedShop();
    for (let i = 0; i < 12; i++) await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const [invoice] = (await issue(shop)).body.data;
    const body = { name: 'Other', address: 'x', country: 'MX', tax_id: '1', taxes: [], ...REASON };
    await asStaff('PUT', '/legal-entities/other', { ...body, invoice_prefix: 'O-', credit_prefix: 'OC-' });
    await asStaff('PUT', `/tenants/${shop.tenantId}/billing-profile`, {
      legal_name: 'Shop',
      country: 'MX',
      timezone: 'America/Mexico_City',
      legal_entity: 'other',
      ...REASON,
    });
    const path = `/tenants/${shop.tenantId}/invoices/${invoice.id}/credit-notes`;
    expect((await asStaff('POST', path, REASON)).body.number).toMatch(/^A-/);
    for (const net of ['-1', '0', '1e3', '9'.repeat(40), '0.001']) {
      const { status } = await asStaff('POST', path, { net, ...REASON });
      expect([net, status === 400 || status === 409]).toEqual([net, true]);
    }
  });

  it('of a month are drafted once when it is over, by however many workers, and issued by themselves when agreed', async () => {
    const [asked, byItself, nobody] = [
      await invoicedShop(),
      await invoicedShop({ issue_after_days: 3 }),
      await invoicedShop({ legal_entity: 'nobody' }),
    ];
    for (const shop of [asked, byItself, nobody]) {
      await shop.delivered({ deliveredAt: OCTOBER });
      await rate(shop);
    }
    const run = apps.worker.app.get(RunInvoices);
    // Also when November is over.
    const now = jest.spyOn(apps.worker.app.get<Clock>(CLOCK), 'now').mockReturnValue(new Date('2026-11-20T12:00:00Z'));
    const made = await Promise.all([run.runAll(), run.runAll(), run.runAll()]);
    expect(made.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(3);
    const drafts = async () => {
      const found: Record<string, unknown>[] = [];
      let next: string | null = '';
      while (next !== null) {
        const page: { body: { data: never[]; next: string | null } } = await asStaff(
          'GET',
          `/invoice-drafts/2026-10${next ? `?cursor=${next}` : ''}`,
        );
        found.push(...page.body.data);
        next = page.body.next;
      }
      return Object.fromEntries(found.map((d) => [d.tenant_id, d]));
    };
    const all = await drafts();
    expect(all[asked.tenantId]).toMatchObject({
      sums: [{ currency: 'USD', net: '0.01', tax: '0.00', total: '0.01' }],
      waits_for: null,
      issued_at: null,
    });
    expect(all[byItself.tenantId]).toMatchObject({ issued_at: expect.any(String) });
    expect(all[nobody.tenantId]).toMatchObject({ sums: [], waits_for: 'There is no legal entity nobody yet.' });
    expect((await call('GET', '/api/v1/issued-invoices', byItself.apiKey)).body.data).toHaveLength(1);
    expect((await call('GET', '/api/v1/issued-invoices', asked.apiKey)).body.data).toHaveLength(0);
    expect((await issue(asked)).status).toBe(201);
    expect((await drafts())[asked.tenantId]).toMatchObject({ issued_at: expect.any(String) });
    expect(await run.run(asked.tenantId)).toBe(false);
    now.mockRestore();
  });

  it('of a month are issued for all tenants in one run, which names who could not be billed', async () => {
    const shop = await invoicedShop();
    await shop.delivered({ deliveredAt: OCTOBER });
    await rate(shop);
    const open = await invoicedShop({ legal_entity: 'nobody' });
    const run = await asStaff('POST', '/invoice-runs', { month: '2026-10', ...REASON });
    expect(run.body.issued).toContainEqual({
      tenant_id: shop.tenantId,
      invoices: [expect.objectContaining({ net: '0.01' })],
    });
    expect(run.body.not_issued).toContainEqual({
      tenant_id: open.tenantId,
      why: 'There is no legal entity nobody yet.',
    });
  });
});
