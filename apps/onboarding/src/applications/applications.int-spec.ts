import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminModule } from '../../../../apps/admin/src/admin.module.js';
import { eventually, http, type RunningApp, startApp } from '../../../../test/support/app.js';
import { type Json, OnboardingStack, someStaff } from '../../../../test/support/onboarding.js';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

describe('an application', () => {
  let stack: OnboardingStack;
  let admin: RunningApp;
  let outbox: string;
  const staff: string[] = [];
  let nth = 0;
  beforeAll(async () => {
    outbox = mkdtempSync(join(tmpdir(), 'paloma-mail-'));
    stack = await OnboardingStack.start({ MAIL_OUTBOX_FOLDER: outbox });
    await stack.startWorker();
    admin = await startApp(AdminModule, stack.environment, { name: 'admin', describe: 'Admin.' });
    for (const email of ['ana@provider.example', 'ben@provider.example']) {
      staff.push(await someStaff(stack, admin, email, 'onboarding'));
    }
  });
  afterAll(async () => {
    await admin.close();
    await stack.stop();
    rmSync(outbox, { recursive: true });
  });

  const form = (more: Json = {}): Json => {
    nth++;
    return {
      company: `Florería ${nth}`,
      country: 'MX',
      registration_number: `FLO-${nth}`,
      website: `https://floreria${nth}.example`,
      contact_name: 'Ada',
      contact_email: `ada${nth}@floreria.example`,
      phone: `+52551234${6000 + nth}`,
      display_name: 'Flores y Té',
      monthly_messages: 2000,
      trade: 'Florist',
      use_cases: 'Order updates for customers',
      ...more,
    };
  };
  const start = (body: Json) =>
    stack.api('POST', '/applications/start', { body, headers: { 'x-forwarded-for': `203.0.113.${nth}` } });
  const letterTo = (to: string, about: string): Promise<Json> =>
    eventually(async () =>
      readdirSync(outbox)
        .filter((f) => f.endsWith('.json'))
        .sort()
        .map((f) => JSON.parse(readFileSync(join(outbox, f), 'utf8')))
        .findLast((l) => l.to === to && l.subject.includes(about)),
    );
  const confirm = async (email: string): Promise<string> => {
    const letter = await letterTo(email, 'received');
    const ticket = /#([\w-]+)/.exec(letter.text)?.[1];
    const password = 'correct horse battery';
    expect((await stack.api('POST', '/password/reset', { body: { ticket, password } })).status).toBe(200);
    return (await stack.api('POST', '/sessions', { body: { email, password } })).body.access_token;
  };
  const asStaff = (who: number, method: string, path: string, body?: Json) =>
    http(method, `${admin.url}/admin/v1/applications${path}`, {
      token: staff[who] as string,
      ...(body ? { body } : {}),
    });
  const send = (token: string, id: string, bytes: Buffer, name: string) => {
    const parts = new FormData();
    parts.append('file', new Blob([new Uint8Array(bytes)], { type: 'application/pdf' }), name);
    return fetch(`${stack.app.url}/api/v1/applications/${id}/documents`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: parts,
    });
  };

  it('goes from a public form through the queue to a live number, told to the merchant at each turn', async () => {
    const asked = form();
    const started = await start(asked);
    expect([started.status, started.body.state]).toEqual([201, 'unconfirmed']);
    const { id } = started.body;
    expect((await send(started.body.access_token, id, PDF, '../acta.pdf')).status).toBe(201);
    // Nobody sees an application whose address is not proven.
    expect((await asStaff(0, 'GET', '')).body.data).toEqual([]);
    const token = await confirm(asked.contact_email);
    const look = async (): Promise<Json> => (await stack.api('GET', `/applications/${id}`, { token })).body;
    expect((await look()).state).toBe('waiting');

    const queue = (await asStaff(0, 'GET', '')).body.data;
    expect(queue).toEqual([expect.objectContaining({ id, state: 'waiting', findings: [], clock_stands: false })]);
    expect(queue[0].seconds_left).toBeGreaterThan(47 * 3_600);
    expect((await asStaff(0, 'POST', `/${id}/approve`, { reason: 'too early' })).status).toBe(409);
    expect((await asStaff(0, 'POST', `/${id}/claim`)).body.claimed_by).toBe('ana@provider.example');
    expect((await asStaff(1, 'POST', `/${id}/decline`, { reason: 'not mine' })).status).toBe(409);
    const one = (await asStaff(1, 'GET', `/${id}`)).body;
    expect(one.documents).toEqual([expect.objectContaining({ name: 'acta.pdf', type: 'application/pdf' })]);
    const file = await fetch(`${admin.url}/admin/v1/applications/${id}/documents/${one.documents[0].id}`, {
      headers: { authorization: `Bearer ${staff[0]}` },
    });
    expect([file.headers.get('content-disposition'), Buffer.from(await file.arrayBuffer())]).toEqual([
      expect.stringContaining('attachment'),
      PDF,
    ]);

    await asStaff(0, 'POST', `/${id}/ask`, { reason: 'Which register is that number from?' });
    const question = await letterTo(asked.contact_email, 'question');
    expect(question.text).toContain('Which register');
    expect((await asStaff(0, 'GET', `/${id}`)).body.clock_stands).toBe(true);
    await stack.api('POST', `/applications/${id}/answer`, { token, body: { answer: 'The one of Mexico City.' } });
    expect((await asStaff(0, 'GET', `/${id}`)).body).toMatchObject({ state: 'claimed', clock_stands: false });
    expect((await asStaff(0, 'POST', `/${id}/approve`, { reason: 'all papers seen' })).body.state).toBe('approved');

    const signup = await eventually(async () => {
      const { signup_id } = await look();
      const found = signup_id && (await stack.look(token, signup_id));
      return found && found.state === 'waiting-for-merchant' && found;
    }, 60_000);
    expect(signup).toMatchObject({ kind: 'classic', next_action: { who: 'merchant', kind: 'verify' } });
    const number = signup.phone_number_id;
    await stack.api('POST', `/numbers/${number}/code`, { token, body: { method: 'SMS', language: 'es_MX' } });
    const { verification_code: code } = await stack.meta('GET', `/phone_numbers/${number}`);
    expect((await stack.api('POST', `/numbers/${number}/verify`, { token, body: { code } })).status).toBe(200);
    await eventually(async () => (await stack.look(token, signup.id)).state === 'live', 60_000);
    expect(await stack.done('POST', '/owned_whatsapp_business_accounts')).toHaveLength(1);

    const { rows } = await stack.database.owner.query(
      "SELECT body FROM tenant_events WHERE kind = 'application_update' ORDER BY body::jsonb -> 'data' ->> 'at'",
    );
    expect(rows.map((r) => JSON.parse(r.body).data.state)).toEqual([
      'waiting',
      'in_review',
      'question',
      'in_review',
      'approved',
    ]);
    const audit = await stack.database.owner.query(
      "SELECT action FROM audit_log WHERE action LIKE 'application.%' ORDER BY entry_id",
    );
    expect(audit.rows.map((r) => r.action)).toEqual(['application.claim', 'application.ask', 'application.approve']);
    await letterTo(asked.contact_email, 'approved');
  });

  it('that somebody has claimed who is gone is taken over, or given to a colleague who may decide', async () => {
    const asked = form();
    const { id } = (await start(asked)).body;
    await confirm(asked.contact_email);
    await asStaff(0, 'POST', `/${id}/claim`);
    const reassign = (to?: string) => asStaff(1, 'POST', `/${id}/reassign`, { reason: 'on holiday', to });
    expect((await reassign('nobody@provider.example')).status).toBe(400);
    expect((await reassign()).body).toMatchObject({ state: 'claimed', claimed_by: 'ben@provider.example' });
    expect((await asStaff(0, 'POST', `/${id}/approve`, { reason: 'mine' })).status).toBe(409);
    expect((await reassign('Ana@provider.example')).body.claimed_by).toBe('ana@provider.example');
    expect((await asStaff(0, 'POST', `/${id}/decline`, { reason: 'no papers' })).body.state).toBe('declined');
    expect((await reassign()).status).toBe(409);
    const { rows } = await stack.database.owner.query(
      `SELECT after->>'claimed_by' AS to FROM audit_log WHERE action = 'application.reassign' ORDER BY seq`,
    );
    expect(rows.map((r) => r.to)).toEqual(['ben@provider.example', 'ana@provider.example']);
  });

  it.each(['drop_after_accept', 'drop', 'error'] as const)(
    'that is approved makes one account and one number, though each call fails once (%s)',
    async (mode) => {
      const asked = form();
      const { id } = (await start(asked)).body;
      const token = await confirm(asked.contact_email);
      const accounts = (await stack.done('POST', '/owned_whatsapp_business_accounts')).length;
      for (const path of ['/owned_whatsapp_business_accounts', '/phone_numbers']) {
        // Reading the list comes first: the fault is for the call that makes.
        await stack.meta('POST', '/faults', {
          path,
          mode: 'delay',
          delay_ms: 0,
          count: path === '/phone_numbers' ? 2 : 1,
        });
        await stack.meta('POST', '/faults', {
          path,
          mode,
          ...(mode === 'error' ? { http_status: 500, code: 131000 } : {}),
        });
      }
      await asStaff(0, 'POST', `/${id}/claim`);
      await asStaff(0, 'POST', `/${id}/approve`, { reason: 'fine' });
      const signup = await eventually(async () => {
        const { signup_id } = (await stack.api('GET', `/applications/${id}`, { token })).body;
        const found = signup_id && (await stack.look(token, signup_id));
        return found && found.state === 'waiting-for-merchant' && found;
      }, 60_000);
      expect((await stack.done('POST', '/owned_whatsapp_business_accounts')).length).toBe(accounts + 1);
      expect(await stack.done('POST', `/${signup.waba_id}/phone_numbers`)).toHaveLength(1);
    },
  );

  it('is shown with what the screening saw: a twin and a forbidden trade', async () => {
    const first = form();
    await start(first);
    await confirm(first.contact_email);
    const asked = form({
      registration_number: String(first.registration_number).toLowerCase().replace('-', ' '),
      trade: 'Casino en línea',
    });
    const { id } = (await start(asked)).body;
    await confirm(asked.contact_email);
    expect((await asStaff(0, 'GET', `/${id}`)).body.findings).toEqual([
      { what: 'duplicate', by: 'registration_number' },
      { what: 'forbidden_trade', trade: 'GAMBLING', word: 'casino' },
    ]);
    await asStaff(0, 'POST', `/${id}/claim`);
    await asStaff(0, 'POST', `/${id}/decline`, { reason: 'Meta allows no gambling.' });
    expect((await letterTo(asked.contact_email, 'declined')).text).toContain('Meta allows no gambling.');
    expect((await asStaff(0, 'POST', `/${id}/approve`, { reason: 'after all' })).status).toBe(409);
  });

  it('refuses a disguised and an oversize document, and another tenant’s hands', async () => {
    const { id, access_token: token } = (await start(form())).body;
    const disguised = await send(token, id, Buffer.from('MZ\x90\x00 a program'), 'invoice.pdf');
    expect([disguised.status, ((await disguised.json()) as Json).error.code]).toEqual([415, 'wrong_file_type']);
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    for (const bytes of [
      Buffer.from('PK\x03\x04'),
      Buffer.from(svg),
      Buffer.from(`<!doctype html>${svg}`),
      Buffer.alloc(0),
    ]) {
      expect((await send(token, id, bytes, 'papers.pdf')).status).toBe(415);
    }
    const huge = await send(token, id, Buffer.concat([PDF, Buffer.alloc(10 * 1024 * 1024)]), 'big.pdf');
    expect([huge.status, ((await huge.json()) as Json).error.code]).toEqual([413, 'file_too_large']);
    const other = await stack.merchant();
    expect((await send(other.token, id, PDF, 'theirs.pdf')).status).toBe(404);
    expect((await stack.api('GET', `/applications/${id}`, { token: other.token })).status).toBe(404);
    const { rows } = await stack.database.owner.query(
      'SELECT count(*)::int AS n FROM application_documents WHERE application_id = $1',
      [id],
    );
    expect(rows[0].n).toBe(0);
    expect(stack.logged.filter((l) => l.msg === 'a document was refused').map((l) => l.why)).toEqual(
      expect.arrayContaining(['wrong_file_type', 'file_too_large']),
    );
    // Nor may staff without the permission.
    await stack.database.owner.query("UPDATE staff_users SET role = 'billing' WHERE email = 'ben@provider.example'");
    expect((await asStaff(1, 'GET', '')).status).toBe(403);
  });

  it('hands its documents to staff as a download, whatever else they may be read as', async () => {
    const { id, access_token: token } = (await start(form())).body;
    // A PDF by its first bytes, a page by the rest; and a name that wants out of its folder and its header.
    const both = Buffer.concat([PDF, Buffer.from('<html><script>alert(1)</script></html>')]);
    const { id: documentId } = (await (
      await send(token, id, both, '..\\..\\a"; x\r\nSet-Cookie: a=b.pdf')
    ).json()) as Json;
    const file = await fetch(`${admin.url}/admin/v1/applications/${id}/documents/${documentId}`, {
      headers: { authorization: `Bearer ${staff[0]}` },
    });
    expect(file.status).toBe(200);
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename[^\r\n]*$/);
    expect([file.headers.get('content-type'), file.headers.get('x-content-type-options')]).toEqual([
      'application/pdf',
      'nosniff',
    ]);
    expect(file.headers.get('set-cookie')).toBeNull();
  });

  it('takes ten documents at most, also when they come at once', async () => {
    const { id, access_token: token } = (await start(form())).body;
    const sent = await Promise.all(Array.from({ length: 14 }, (_, i) => send(token, id, PDF, `paper ${i}.pdf`)));
    expect(sent.map((s) => s.status).sort()).toEqual([...Array(10).fill(201), ...Array(4).fill(409)]);
  });

  it('is one application, also when its form is sent twice at once', async () => {
    const { token } = await stack.merchant();
    const body = form();
    const twice = await Promise.all([1, 2].map(() => stack.api('POST', '/applications', { token, body })));
    expect(twice.map((t) => t.status).sort()).toEqual([201, 409]);
    expect((await stack.api('GET', '/applications', { token })).body.data).toHaveLength(1);
    const { data } = (await stack.api('GET', '/applications', { token })).body;
    await stack.api('POST', `/applications/${data[0].id}/withdraw`, { token });
    expect((await stack.api('POST', '/applications', { token, body })).status).toBe(201);

    const stranger = form();
    const started = await Promise.all([start(stranger), start(stranger)]);
    expect(started.map((t) => t.status).sort()).toEqual([201, 409]);
  });

  it.each([
    ['a line break in the company', { company: 'Flores\r\nBcc: a@b.example' }],
    ['a name that reads backwards', { display_name: '\u202eserolF' }],
    ['a company without end', { company: 'x'.repeat(1_000_000) }],
    ['use cases without end', { use_cases: 'x'.repeat(2_001) }],
    ['a website that is a script', { website: 'javascript:alert(1)' }],
    ['a country that is none', { country: 'ZZ' }],
    ['a country in small letters', { country: 'mx' }],
    ['a number of messages that is none', { monthly_messages: 1e300 }],
  ])('is refused with %s', async (_, given) => {
    const { status } = await start(form(given));
    expect([400, 413]).toContain(status);
  });
});
