import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import { type Json, OnboardingStack } from '../../../../test/support/onboarding.js';

/** From the sandbox through a real gateway: signed webhooks, intake, the tenant's events, the signup. */
describe('what Meta tells the gateway of an account', () => {
  let stack: OnboardingStack;
  let gateway: RunningApp;
  let token: string;
  let tenantId: string;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
    gateway = await stack.startGateway();
    await stack.startWorker();
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    await stack.meta('DELETE', '/faults');
    ({ token, tenantId } = await stack.merchant());
  });

  const dialog = (choices: Json = {}) => stack.meta('POST', '/embedded_signup', { business_name: 'Shop', ...choices });
  const code = (id: string, meta: Json) =>
    stack.api('POST', `/signups/${id}/code`, { token, body: { code: meta.code } });
  const until = (id: string, holds: (signup: Json) => unknown): Promise<Json> =>
    eventually(async () => {
      const signup = await stack.look(token, id);
      return holds(signup) ? signup : undefined;
    }, 20_000).catch(async (error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(await stack.look(token, id))}`);
    });
  const told = (signup: Json): string[] => signup.news.map((n: Json) => n.told);
  const step = (signup: Json, name: string): Json => signup.steps.find((s: Json) => s.step === name);
  /** As Meta words it (account_update, 2025-12-05): the entry is of the partner, `waba_info` names the account. */
  const metaTells = (meta: Json, event: string, { waba_info = {}, ...more }: Json = {}) =>
    change(meta, 'account_update', {
      event,
      waba_info: { waba_id: meta.waba_id, owner_business_id: meta.business_id, ...waba_info },
      ...more,
    });
  const change = (meta: Json, field: string, value: Json) =>
    stack.meta('POST', '/webhooks', {
      signature: 'valid',
      body: {
        object: 'whatsapp_business_account',
        entry: [
          {
            id: field === 'account_update' ? stack.environment.META_BUSINESS_ID : meta.waba_id,
            time: Math.ceil(stack.sandbox.meta.world.now() / 1_000),
            changes: [{ field, value }],
          },
        ],
      },
    });
  const connect = async (): Promise<{ id: string; meta: Json }> => {
    const id = await stack.begin(token);
    const meta = await dialog();
    await code(id, meta);
    await until(id, (s) => s.state === 'live');
    return { id, meta };
  };

  it('proves that events reach us, although PARTNER_ADDED came before anybody knew the account', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    // It was posted when the dialog was finished; the code comes only after it has arrived.
    await eventually(async () => {
      const { rows } = await stack.database.owner.query(
        "SELECT 1 FROM meta_events WHERE body::text LIKE '%' || $1 || '%'",
        [meta.waba_id],
      );
      return rows.length > 0;
    });
    await code(id, meta);
    const live = await until(id, (s) => s.state === 'live' && told(s).includes('PARTNER_ADDED'));
    expect(step(live, 'hear-from-meta').state).toBe('done');
  });

  /** A signup whose registration Meta has put off. */
  async function putOff(refusal: number): Promise<{ id: string; meta: Json; until: string }> {
    const id = await stack.begin(token);
    const meta = await dialog();
    const path = `/${meta.phone_number_id}/register`;
    await stack.meta('POST', '/faults', { path, mode: 'error', http_status: 400, code: refusal, count: 2 });
    await code(id, meta);
    const waiting = await until(id, (s) => s.state === 'waiting-for-meta' && s.next_action.at);
    return { id, meta, until: waiting.next_action.at };
  }

  it('wakes a signup that waits for Meta when access is given again', async () => {
    const { id, meta } = await putOff(133015);
    await stack.meta('DELETE', '/faults');
    await metaTells(meta, 'ACCOUNT_RECONNECTED');
    await until(id, (s) => s.state === 'live');
  });

  it('does not wake one that has used up its registrations: only time helps there', async () => {
    const { id, meta, until: at } = await putOff(133016);
    expect(new Date(at).getTime()).toBeGreaterThan(Date.now() + 71 * 3_600_000);
    await metaTells(meta, 'ACCOUNT_RECONNECTED');
    const signup = await until(id, (s) => told(s).includes('ACCOUNT_RECONNECTED'));
    expect([signup.state, signup.next_action.at]).toEqual(['waiting-for-meta', at]);
  });

  it.each([
    ['PARTNER_REMOVED', 'partner_removed'],
    ['ACCOUNT_DELETED', 'account_deleted'],
  ])('disconnects a live number on %s, and a new code connects it again', async (event, cause) => {
    const { id, meta } = await connect();
    await stack.meta('POST', '/clock', { advance_ms: 2_000 });
    await metaTells(meta, event);
    const off = await until(id, (s) => s.state === 'disconnected');
    expect(step(off, 'exchange-code').cause.code).toBe(cause);
    const { rows } = await stack.database.owner.query('SELECT sealed_token FROM wabas WHERE tenant_id = $1', [
      tenantId,
    ]);
    expect(rows).toEqual([{ sealed_token: null }]);
    const again = await dialog({
      business_id: meta.business_id,
      waba_id: meta.waba_id,
      phone_number_id: meta.phone_number_id,
    });
    await code(id, again);
    await until(id, (s) => s.state === 'live');
  });

  it('takes no account off because the app of its other partner goes', async () => {
    const { id, meta } = await connect();
    await stack.meta('POST', '/clock', { advance_ms: 2_000 });
    const theirs = { waba_info: { partner_app_id: '900000000000009' } };
    for (const event of ['PARTNER_APP_UNINSTALLED', 'PARTNER_REMOVED']) await metaTells(meta, event, theirs);
    // Until both have been read, whatever was made of them.
    await eventually(async () => {
      const { rows } = await stack.database.owner.query(
        `SELECT 1 FROM signup_news JOIN tenant_events e USING (tenant_id, event_id)
          WHERE tenant_id = $1 AND e.body::text LIKE '%900000000000009%'`,
        [tenantId],
      );
      return rows.length === 2;
    }, 60_000);
    const signup = await stack.look(token, id);
    expect([signup.state, told(signup)]).toEqual(['live', expect.not.arrayContaining(['PARTNER_REMOVED'])]);
    const { rows } = await stack.database.owner.query(
      `SELECT n.status, w.sealed_token IS NOT NULL AS ours FROM phone_numbers n
         JOIN wabas w USING (tenant_id, waba_id) WHERE n.tenant_id = $1`,
      [tenantId],
    );
    expect(rows).toEqual([{ status: 'CONNECTED', ours: true }]);
    const ours = { waba_info: { partner_app_id: stack.environment.META_APP_ID } };
    await metaTells(meta, 'PARTNER_APP_UNINSTALLED', ours);
    await until(id, (s) => s.state === 'disconnected');
  });

  it('never registers a number that the WhatsApp Business app has signed out: only the dialog connects it again', async () => {
    const id = await stack.begin(token);
    const meta = await dialog({ event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING' });
    await stack.api('POST', `/signups/${id}/event`, { token, body: meta.event });
    await code(id, meta);
    await until(id, (s) => s.state === 'live');
    const number = meta.phone_number_id;
    const state = async () => (await stack.api('GET', `/numbers/${number}`, { token })).body.state;
    expect(await state()).toBe('coexisting');
    await stack.meta('POST', '/clock', { advance_ms: 2_000 });
    await metaTells(meta, 'ACCOUNT_OFFBOARDED');
    await eventually(async () => (await state()) === 'off', 60_000);
    const asked = async () => {
      const { data } = await stack.meta('GET', `/calls?path=/${number}/`);
      return data.filter((c: Json) => /(register|request_code)$/.test(c.path));
    };
    const { api_key: key } = (await stack.api('POST', '/api-keys', { token, body: { name: 'shop' } })).body;
    const pin = '246810';
    for (const [edge, body] of [
      ['register', { pin }],
      ['code', { method: 'SMS' }],
    ] as const) {
      const { status, body: said } = await stack.api('POST', `/numbers/${number}/${edge}`, { token, body });
      expect([status, said.error.code, said.error.message]).toEqual([
        409,
        'wrong_state',
        expect.stringContaining('embedded signup'),
      ]);
    }
    for (const edge of ['register', 'request_code', 'deregister']) {
      const body = { messaging_product: 'whatsapp', pin, code_method: 'SMS', language: 'en_US' };
      const refused = await http('POST', `${gateway.url}/v24.0/${number}/${edge}`, { token: key, body });
      expect([edge, refused.status, refused.body.error.code]).toEqual([edge, 400, 100]);
      expect(refused.body.error.error_data.details).toContain('WhatsApp Business app');
    }
    expect(await asked()).toEqual([]);
    expect((await stack.api('DELETE', `/numbers/${number}`, { token })).status).toBe(204);
    expect(await asked()).toEqual([]);
  });

  it('gives a badge to the number that Meta made official, and takes none from another', async () => {
    const { id, meta } = await connect();
    const body = { waba_id: meta.waba_id, phone: '+525512349001', display_name: 'Shop' };
    const other = (await stack.api('POST', '/numbers', { token, body })).body;
    const decides = async (of: string, alert_type: string): Promise<Json[]> => {
      const alert_info = { alert_severity: 'INFORMATIONAL', alert_status: 'NONE', alert_type, alert_description: '' };
      await change(meta, 'account_alerts', { entity_type: 'PHONE_NUMBER', entity_id: of, alert_info });
      await until(id, (s) => told(s).includes(alert_type));
      const { rows } = await stack.database.owner.query(
        'SELECT meta_phone_number_id AS id, official FROM phone_numbers WHERE tenant_id = $1 ORDER BY phone_number_id',
        [tenantId],
      );
      return rows;
    };
    const badges = [
      { id: meta.phone_number_id, official: true },
      { id: other.id, official: false },
    ];
    expect(await decides(meta.phone_number_id, 'OBA_APPROVED')).toEqual(badges);
    expect(await decides(other.id, 'OBA_REJECTED')).toEqual(badges);
  });

  it('disconnects every number of an account that was taken back, whatever a browser says of it', async () => {
    const first = await connect();
    const { waba_id, business_id } = first.meta;
    const second = await stack.begin(token);
    await code(second, await dialog({ waba_id, business_id }));
    await until(second, (s) => s.state === 'live');
    const claimed = await stack.begin(token);
    const event = { type: 'WA_EMBEDDED_SIGNUP', event: 'FINISH', data: { waba_id } };
    expect((await stack.api('POST', `/signups/${claimed}/event`, { token, body: event })).body.waba_id).toBe(waba_id);
    await stack.meta('POST', '/clock', { advance_ms: 2_000 });
    await metaTells(first.meta, 'PARTNER_REMOVED');
    for (const id of [first.id, second]) {
      const off = await until(id, (s) => s.state === 'disconnected');
      expect(step(off, 'exchange-code').cause.code).toBe('partner_removed');
    }
    const unproven = await stack.look(token, claimed);
    expect([unproven.state, unproven.news]).toEqual(['waiting-for-merchant', []]);
  });

  it('is shown to the merchant in plain words: restrictions, violations, a review', async () => {
    const { id, meta } = await connect();
    await metaTells(meta, 'ACCOUNT_RESTRICTION', {
      restriction_info: [{ restriction_type: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION' }],
    });
    await metaTells(meta, 'ACCOUNT_VIOLATION', { violation_info: { violation_type: 'ALCOHOL' } });
    await stack.meta('POST', `/wabas/${meta.waba_id}`, { review_status: 'APPROVED' });
    const signup = await until(id, (s) => told(s).length >= 4);
    expect(told(signup).sort()).toEqual(['ACCOUNT_RESTRICTION', 'ACCOUNT_VIOLATION', 'APPROVED', 'PARTNER_ADDED']);
    for (const { text, told: word } of signup.news) expect(text).not.toContain(word);
    expect(signup.state).toBe('live');
  });

  it('does not touch the account of another tenant', async () => {
    const { id } = await connect();
    const other = await stack.merchant();
    const mine = { token, tenantId };
    ({ token, tenantId } = other);
    const theirs = await connect();
    await stack.meta('POST', '/clock', { advance_ms: 2_000 });
    await metaTells(theirs.meta, 'PARTNER_REMOVED');
    await until(theirs.id, (s) => s.state === 'disconnected');
    expect((await stack.look(mine.token, id)).state).toBe('live');
  });

  it('leaves one count of registrations: ten in 72 hours, by signup, by this API and through the Cloud API together', async () => {
    const { meta } = await connect();
    const number = meta.phone_number_id;
    const { api_key: key } = (await stack.api('POST', '/api-keys', { token, body: { name: 'shop' } })).body;
    const cloud = (edge: string) =>
      http('POST', `${gateway.url}/v24.0/${number}/${edge}`, { token: key, body: { messaging_product: 'whatsapp' } });
    const count = async () => (await stack.api('GET', `/numbers/${number}`, { token })).body.registrations_in_72_h;
    expect(await count()).toBe(1);
    for (let turn = 0; turn < 4; turn++) {
      expect((await cloud('deregister')).status).toBe(200);
      expect((await stack.api('POST', `/numbers/${number}/register`, { token, body: {} })).status).toBe(200);
    }
    expect((await cloud('deregister')).status).toBe(200);
    expect(await count()).toBe(10);
    const asked = (await stack.meta('GET', `/calls?path=${number}/register`)).data.length;
    const refused = await cloud('register');
    expect([refused.status, refused.body.error.code]).toEqual([429, 133016]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(71 * 3_600);
    const here = await stack.api('POST', `/numbers/${number}/register`, { token, body: {} });
    expect([here.status, here.body.error.code]).toEqual([429, 'registration_limit']);
    expect((await stack.meta('GET', `/calls?path=${number}/register`)).data).toHaveLength(asked);
  });
});
