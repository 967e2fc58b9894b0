import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { currentEnvironment } from '#libs/config';
import { newId } from '#libs/ids';
import { Leases } from '#libs/leases';
import { eventually } from '../../../../test/support/app.js';
import { type Json, OnboardingStack } from '../../../../test/support/onboarding.js';
import { SIGNUP_CALLS, type SignupCall } from '../../../../test/support/signup-calls.js';
import { RunSignup } from './run-signup.js';
import { fromStep } from './signup-steps.js';

const SUBSCRIBE = '/subscribed_apps';
const REGISTER = '/register';

describe('an embedded signup', () => {
  let stack: OnboardingStack;
  let token: string;
  let tenantId: string;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
    await stack.startWorker();
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    await stack.meta('DELETE', '/faults');
    ({ token, tenantId } = await stack.merchant());
  });

  const dialog = (choices: Json = {}) => stack.meta('POST', '/embedded_signup', { business_name: 'Shop', ...choices });
  const code = (id: string, value: string) =>
    stack.api('POST', `/signups/${id}/code`, { token, body: { code: value } });
  const event = (id: string, body: Json) => stack.api('POST', `/signups/${id}/event`, { token, body });
  const until = (id: string, state: string, whose = token, withinMs?: number) =>
    eventually(async () => {
      const signup = await stack.look(whose, id);
      return signup.state === state && signup;
    }, withinMs).catch(async (error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(await stack.look(whose, id))}`);
    });
  const creditShared = async (wabaId: string): Promise<Json[]> =>
    (await stack.done('POST', '/whatsapp_credit_sharing_and_attach')).filter((c) => c.query.waba_id === wabaId);
  const step = (signup: Json, name: string): Json => signup.steps.find((s: Json) => s.step === name);
  const rows = async (table: string, of = tenantId): Promise<Json[]> =>
    (await stack.database.owner.query(`SELECT * FROM ${table} WHERE tenant_id = $1`, [of])).rows;

  it('goes live from code and event: token proven and sealed, app subscribed, number registered and imported', async () => {
    const id = await stack.begin(token);
    const meta = await dialog({ timezone: 'America/Mexico_City', currency: 'MXN', country: 'MX' });
    await event(id, meta.event);
    const exchanged = await code(id, meta.code);
    expect(step(exchanged.body, 'exchange-code').state).toBe('done');
    const live = await until(id, 'live');

    const states = Object.fromEntries(live.steps.map((s: Json) => [s.step, s.state]));
    // No number of the app to copy from, and nobody tells events to this test's callback.
    expect(states).toEqual({
      ...Object.fromEntries(live.steps.map((s: Json) => [s.step, 'done'])),
      'sync-app': 'skipped',
      'hear-from-meta': 'skipped',
    });
    expect(live.paid_by).toBe('provider');
    expect(await creditShared(meta.waba_id)).toHaveLength(1);
    expect(live).toMatchObject({ waba_id: meta.waba_id, phone_number_id: meta.phone_number_id });
    expect(live.next_action.kind).toBe('none');
    const [waba] = await rows('wabas');
    expect(waba).toMatchObject({ meta_waba_id: meta.waba_id, currency: 'MXN', timezone: 'America/Mexico_City' });
    const [number] = await rows('phone_numbers');
    expect(number).toMatchObject({
      meta_phone_number_id: meta.phone_number_id,
      status: 'CONNECTED',
      throughput_level: 'STANDARD',
      coexistence: false,
    });
    expect((await rows('portfolios'))[0]).toMatchObject({ meta_business_id: meta.business_id });

    // No secret is kept in clear: neither the token nor the PIN that Meta was given.
    const [register] = await stack.done('POST', `/${meta.phone_number_id}${REGISTER}`);
    expect(register?.body.pin).toMatch(/^\d{6}$/);
    const kept = JSON.stringify([waba, number, await rows('signups'), await rows('signup_steps')]);
    expect(waba?.sealed_token).toMatch(/^v1\./);
    expect(number?.sealed_pin).toMatch(/^v1\./);
    for (const secret of [
      meta.code,
      register?.body.pin,
      'sandbox-app-secret',
      ...stack.sandbox.meta.world.tokens.keys(),
    ]) {
      expect(kept).not.toContain(`"${secret}"`);
    }
    const [subscribe] = await stack.done('POST', `/${meta.waba_id}${SUBSCRIBE}`);
    expect(subscribe?.body.override_callback_uri).toBe(`${stack.environment.GATEWAY_PUBLIC_URL}/meta/webhooks`);
  });

  it('sees that the merchant pays with a card of its own, and shares no credit line then', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    const waba = stack.sandbox.meta.world.get('waba', meta.waba_id);
    if (waba) waba.fundingId = 'a card of the merchant';
    await code(id, meta.code);
    const live = await until(id, 'live');
    expect(live).toMatchObject({ paid_by: 'merchant', next_action: { who: 'nobody', kind: 'none' } });
    expect(await creditShared(meta.waba_id)).toEqual([]);
    const second = await stack.begin(token);
    const shop = await dialog();
    await code(second, shop.code);
    expect((await until(second, 'live')).paid_by).toBe('provider');
    // What pays for it by now is our own line.
    const again = await stack.begin(token);
    await code(again, (await dialog({ waba_id: shop.waba_id, phone_number_id: shop.phone_number_id })).code);
    expect((await until(again, 'live')).paid_by).toBe('provider');
  });

  it('does not take a card for our line that the merchant gave after Meta refused to share it', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    const path = '/whatsapp_credit_sharing_and_attach';
    await stack.meta('POST', '/faults', { path, mode: 'error', http_status: 400, code: 100 });
    await code(id, meta.code);
    expect(step(await until(id, 'failed'), 'share-credit').cause.code).toBe('credit_refused');
    const waba = stack.sandbox.meta.world.get('waba', meta.waba_id);
    if (waba) waba.fundingId = 'a card of the merchant';
    expect((await stack.api('POST', `/signups/${id}/retry`, { token })).status).toBe(200);
    expect((await until(id, 'live')).paid_by).toBe('merchant');
  });

  it('keeps the id of a time zone to which Meta gives no name, for staff to put right', async () => {
    const id = await stack.begin(token);
    await code(id, (await dialog({ timezone: '42' })).code);
    await until(id, 'live');
    expect((await rows('wabas'))[0]).toMatchObject({
      timezone: 'UTC',
      unnamed_timezone: '42',
      timezone_corrected: false,
    });
  });

  it('waits for the code when only the event came, and goes on when it comes', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    const waiting = (await event(id, meta.event)).body;
    expect(waiting).toMatchObject({ state: 'waiting-for-merchant', next_action: { kind: 'connect' } });
    expect(step(waiting, 'dialog').state).toBe('done');
    await code(id, meta.code);
    await until(id, 'live');
  });

  it('goes live from the code alone: the token tells its account', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    await code(id, meta.code);
    expect(await until(id, 'live')).toMatchObject({ waba_id: meta.waba_id, phone_number_id: meta.phone_number_id });
  });

  it('believes the token, not the browser, about whose account it is', async () => {
    const id = await stack.begin(token);
    const [mine, foreign] = [await dialog(), await dialog()];
    await event(id, foreign.event);
    await code(id, mine.code);
    expect(await until(id, 'live')).toMatchObject({ waba_id: mine.waba_id, phone_number_id: mine.phone_number_id });
  });

  it('explains a code that came too late, and a new code resumes the same signup', async () => {
    const id = await stack.begin(token);
    const late = await dialog();
    await stack.meta('POST', '/clock', { advance_ms: 31_000 });
    const answer = (await code(id, late.code)).body;
    expect(answer).toMatchObject({
      id,
      state: 'waiting-for-merchant',
      next_action: { who: 'merchant', kind: 'connect' },
    });
    expect(step(answer, 'exchange-code').cause).toMatchObject({
      code: 'code_expired',
      text: expect.stringContaining('30 seconds'),
      meta: { code: 100, subcode: 36007 },
    });
    const spanish = await stack.api('GET', `/signups/${id}`, {
      token,
      headers: { 'accept-language': 'es-MX,es;q=0.9' },
    });
    expect(step(spanish.body, 'exchange-code').cause.text).toContain('30 segundos');
    expect((await stack.api('POST', `/signups/${id}/retry`, { token })).body.error.code).toBe('waiting_for_merchant');

    const fresh = await dialog({
      business_id: late.business_id,
      waba_id: late.waba_id,
      phone_number_id: late.phone_number_id,
    });
    await code(id, fresh.code);
    expect(await until(id, 'live')).toMatchObject({ id, waba_id: late.waba_id });
  });

  it('takes the same code twice without asking Meta twice', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    await code(id, meta.code);
    const before = (await stack.done('GET', '/oauth/access_token')).length;
    const again = await code(id, meta.code);
    expect(again.status).toBe(200);
    expect((await stack.done('GET', '/oauth/access_token')).length).toBe(before);
    await until(id, 'live');
  });

  it('is answered when its code is exchanged, also where a worker took it up first', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    let lets = () => {};
    const taken = stack.inWorker(Leases).hold(tenantId, `signup:${id}`, () => new Promise<void>((go) => (lets = go)));
    await eventually(async () => (await rows('lane_leases')).some(({ lane }) => lane === `signup:${id}`));
    const exchanging = code(id, meta.code);
    await eventually(async () => (await stack.look(token, id)).state === 'working');
    lets();
    await taken;
    expect(step((await exchanging).body, 'exchange-code').state).toBe('done');
    await until(id, 'live');
  });

  it('remembers where the merchant left the dialog, and can be taken up again', async () => {
    const id = await stack.begin(token);
    const left = await dialog({ event: 'CANCEL', step: 'PHONE_NUMBER_SETUP' });
    const cancelled = (await event(id, left.event)).body;
    expect(cancelled).toMatchObject({
      state: 'cancelled',
      left: { step: 'PHONE_NUMBER_SETUP' },
      next_action: { kind: 'connect' },
    });
    const reported = await dialog({ event: 'CANCEL', error_message: 'it froze' });
    expect((await event(id, reported.event)).body.left.reported).toMatchObject({ message: 'it froze' });
    const meta = await dialog();
    await Promise.all([event(id, meta.event), code(id, meta.code)]);
    await until(id, 'live');
  });

  describe.each(['error', 'drop', 'drop_after_accept'] as const)('with a call that fails once (%s)', (mode) => {
    it.each([
      // By id where the worker calls the same path meanwhile, because it looks at accounts of other tests.
      ['reading the account', (m: Json) => `/${m.waba_id}`],
      ['reading its numbers', (m: Json) => `/${m.waba_id}/phone_numbers`],
      ['looking whether the app is subscribed', () => SUBSCRIBE],
      ['subscribing the app', () => SUBSCRIBE, 1],
      ['looking who pays', (m: Json) => `/${m.waba_id}`, 3],
      ['assigning the system user', () => '/assigned_users'],
      ['sharing the credit line', () => '/whatsapp_credit_sharing_and_attach'],
      ['registering the number', () => REGISTER],
      ['importing the numbers', (m: Json) => `/${m.waba_id}/phone_numbers`, 1],
      ['reading the profile', () => '/whatsapp_business_profile'],
    ])('ends live all the same, nothing done twice: %s', async (_, path, spare = 0) => {
      const id = await stack.begin(token);
      const meta = await dialog();
      await event(id, meta.event);
      // A fault names a path and no method: the first calls to it are let through by a delay of nothing.
      if (spare) await stack.meta('POST', '/faults', { path: path(meta), mode: 'delay', delay_ms: 0, count: spare });
      await stack.meta('POST', '/faults', {
        path: path(meta),
        mode,
        ...(mode === 'error' ? { http_status: 500, code: 131000 } : {}),
      });
      await code(id, meta.code);
      const live = await until(id, 'live');
      expect((await stack.meta('GET', '/faults')).data).toEqual([]);
      expect(Math.max(...live.steps.map((s: Json) => s.attempts))).toBe(2);
      expect(await stack.done('POST', `/${meta.waba_id}${SUBSCRIBE}`)).toHaveLength(1);
      expect(await stack.done('POST', `/${meta.phone_number_id}${REGISTER}`)).toHaveLength(1);
      expect(await creditShared(meta.waba_id)).toHaveLength(1);
      expect(await rows('wabas')).toHaveLength(1);
      expect(await rows('phone_numbers')).toHaveLength(1);
    });
  });

  it.each(['error', 'drop'] as const)(
    'exchanges the code a second time when the first try fails (%s)',
    async (mode) => {
      const id = await stack.begin(token);
      const meta = await dialog();
      await stack.meta('POST', '/faults', {
        path: '/oauth/access_token',
        mode,
        ...(mode === 'error' ? { http_status: 500, code: 2 } : {}),
      });
      const answer = (await code(id, meta.code)).body;
      expect(answer.state).toBe('working');
      expect(step(answer, 'exchange-code').cause.code).toBe('meta_unavailable');
      await until(id, 'live');
    },
  );

  it('asks for a new code when the answer to the exchange was lost, because a code works once', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    await stack.meta('POST', '/faults', { path: '/oauth/access_token', mode: 'drop_after_accept' });
    await code(id, meta.code);
    const waiting = await until(id, 'waiting-for-merchant');
    expect(step(waiting, 'exchange-code').cause.code).toBe('code_used');
    const again = await dialog({
      business_id: meta.business_id,
      waba_id: meta.waba_id,
      phone_number_id: meta.phone_number_id,
    });
    await code(id, again.code);
    await until(id, 'live');
  });

  it('stops with what to do when Meta refuses for good, and goes on after a retry', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    await stack.meta('POST', '/faults', { path: REGISTER, mode: 'error', http_status: 400, code: 133005 });
    await event(id, meta.event);
    await code(id, meta.code);
    const failed = await until(id, 'failed');
    expect(step(failed, 'register-number')).toMatchObject({
      state: 'failed',
      cause: { code: 'pin_mismatch', meta: { code: 133005, http_status: 400 } },
    });
    expect(failed.next_action).toMatchObject({
      who: 'merchant',
      kind: 'retry',
      text: expect.stringContaining('two-step'),
    });
    expect((await stack.api('POST', `/signups/${id}/retry`, { token })).status).toBe(200);
    await until(id, 'live');
    const pins = (await stack.meta('GET', `/calls?path=${meta.phone_number_id}${REGISTER}`)).data.map(
      (c: Json) => c.body.pin,
    );
    expect(new Set(pins).size).toBe(1);
  });

  it('keeps what a step brings that is at work when somebody tries again', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    await stack.meta('POST', '/faults', { path: '/oauth/access_token', mode: 'delay', delay_ms: 3_000 });
    const exchanging = code(id, meta.code);
    const exchanges = async () => (await stack.meta('GET', '/calls?path=/oauth/access_token')).data;
    await eventually(async () => (await exchanges()).some((c: Json) => c.fault === 'delay' && !c.status));
    const before = (await exchanges()).length;
    expect((await stack.api('POST', `/signups/${id}/retry`, { token })).status).toBe(200);
    expect(step((await exchanging).body, 'exchange-code')).toMatchObject({ state: 'done', attempts: 1 });
    await until(id, 'live');
    expect(await exchanges()).toHaveLength(before);
  });

  it('is not tried before Meta allows it, however often somebody asks', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    const path = `/${meta.phone_number_id}${REGISTER}`;
    await stack.meta('POST', '/faults', { path, mode: 'error', http_status: 400, code: 133008 });
    await code(id, meta.code);
    const { next_action: action } = await until(id, 'waiting-for-meta');
    expect(new Date(action.at).getTime()).toBeGreaterThan(Date.now() + 3_500_000);
    const asked = await stack.api('POST', `/signups/${id}/retry`, { token });
    expect([asked.status, asked.body.state, asked.body.next_action.at]).toEqual([200, 'waiting-for-meta', action.at]);
  });

  it('is tried at once when somebody asks while time is not all that helps', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    const path = `/${meta.phone_number_id}${REGISTER}`;
    await stack.meta('POST', '/faults', { path, mode: 'error', http_status: 400, code: 133015 });
    await code(id, meta.code);
    await until(id, 'waiting-for-meta');
    expect((await stack.api('POST', `/signups/${id}/retry`, { token })).status).toBe(200);
    expect(step(await until(id, 'live'), 'register-number').attempts).toBe(2);
  });

  it.each([
    // By id, where the path has one: the worker looks at accounts of other tests meanwhile.
    ['reading the account', (m: Json) => `/${m.waba_id}`],
    ['subscribing the app', (m: Json) => `/${m.waba_id}${SUBSCRIBE}`, 1],
    ['assigning the system user', (m: Json) => `/${m.waba_id}/assigned_users`],
    ['sharing the credit line', () => '/whatsapp_credit_sharing_and_attach'],
    ['registering the number', (m: Json) => `/${m.phone_number_id}${REGISTER}`],
    ['importing the numbers', (m: Json) => `/${m.waba_id}/phone_numbers`, 1],
  ])('stops when Meta refuses once (4xx), says so, and ends live after one retry: %s', async (_, path, spare = 0) => {
    const id = await stack.begin(token);
    const meta = await dialog();
    if (spare) await stack.meta('POST', '/faults', { path: path(meta), mode: 'delay', delay_ms: 0, count: spare });
    await stack.meta('POST', '/faults', { path: path(meta), mode: 'error', http_status: 400, code: 132000 });
    await event(id, meta.event);
    await code(id, meta.code);
    const failed = await until(id, 'failed');
    expect(failed.next_action.kind).toBe('retry');
    expect((await stack.api('POST', `/signups/${id}/retry`, { token })).status).toBe(200);
    await until(id, 'live');
    expect(await stack.done('POST', `/${meta.waba_id}${SUBSCRIBE}`)).toHaveLength(1);
    expect(await stack.done('POST', `/${meta.phone_number_id}${REGISTER}`)).toHaveLength(1);
    expect(await creditShared(meta.waba_id)).toHaveLength(1);
  });

  it.each(['error', 'drop', 'drop_after_accept'] as const)(
    'asks the app for contacts and history once each, though a call fails (%s)',
    async (mode) => {
      const id = await stack.begin(token);
      const meta = await dialog({ event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING' });
      await stack.meta('POST', '/faults', {
        path: '/smb_app_data',
        mode,
        ...(mode === 'error' ? { http_status: 500, code: 131000 } : {}),
      });
      await event(id, meta.event);
      await code(id, meta.code);
      const live = await until(id, 'live');
      expect(step(live, 'sync-app').state).toBe('done');
      const asked = await stack.done('POST', `/${meta.phone_number_id}/smb_app_data`);
      const kinds = asked
        .filter((c) => c.status === 200 || c.fault === 'drop_after_accept')
        .map((c) => c.body.sync_type);
      expect(kinds.sort()).toEqual(['history', 'smb_app_state_sync']);
    },
  );

  it('goes live although the app can no longer be asked for contacts, and says so', async () => {
    const id = await stack.begin(token);
    const meta = await dialog({ event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING' });
    await stack.meta('POST', '/faults', {
      path: '/smb_app_data',
      mode: 'error',
      http_status: 400,
      code: 2_593_108,
      count: 2,
    });
    await event(id, meta.event);
    await code(id, meta.code);
    const live = await until(id, 'live');
    expect(step(live, 'sync-app')).toMatchObject({ state: 'skipped', note: expect.stringContaining('24 hours') });
  });

  it('is told to the tenant’s webhook as it moves', async () => {
    const id = await stack.begin(token);
    const meta = await dialog();
    await event(id, meta.event);
    await code(id, meta.code);
    await until(id, 'live');
    const told = (await rows('tenant_events'))
      .map((r) => JSON.parse(r.body))
      .filter((b) => b.event === 'signup_update')
      .sort((a, b) => a.at.localeCompare(b.at));
    expect(told.map((b) => b.data.state)).toEqual(['working', 'live']);
    expect(told.at(-1)?.data).toMatchObject({ signup_id: id, waba_id: meta.waba_id, cause: null });
  });

  describe('when Meta tells of its account', () => {
    /** As the gateway tells a tenant what Meta posted. */
    async function metaTells(of: Json, field: string, value: Json, at = Date.now()): Promise<void> {
      const [waba] = (
        await stack.database.owner.query('SELECT tenant_id, waba_id FROM wabas WHERE meta_waba_id = $1', [of.waba_id])
      ).rows;
      const entry = { id: of.waba_id, time: Math.floor(at / 1_000), changes: [{ field, value }] };
      await stack.database.owner.query(
        'INSERT INTO tenant_events (tenant_id, event_id, kind, waba_id, body) VALUES ($1, $2, $3, $4, $5)',
        [
          waba.tenant_id,
          newId(new Date(at)),
          field,
          waba.waba_id,
          JSON.stringify({ object: 'whatsapp_business_account', entry: [entry] }),
        ],
      );
    }
    const connect = async (choices: Json = {}): Promise<{ id: string; meta: Json }> => {
      const id = await stack.begin(token);
      const meta = await dialog(choices);
      await event(id, meta.event);
      await code(id, meta.code);
      await until(id, 'live');
      return { id, meta };
    };
    const now = () => stack.sandbox.meta.world.now();

    it('shows it in plain words, and PARTNER_ADDED proves that events reach us', async () => {
      const { id, meta } = await connect();
      await metaTells(meta, 'account_update', { event: 'PARTNER_ADDED', waba_info: { waba_id: meta.waba_id } }, now());
      await metaTells(meta, 'account_review_update', { decision: 'APPROVED' }, now() + 1_000);
      const told = await eventually(async () => {
        const signup = await stack.look(token, id);
        return signup.news.length === 2 && signup;
      });
      expect(told.news.map((n: Json) => n.text)).toEqual([
        'Meta confirmed that you gave us access.',
        'Meta’s review approved the account.',
      ]);
      expect(step(told, 'hear-from-meta').state).toBe('done');
      expect((await rows('wabas'))[0]).toMatchObject({ review_status: 'APPROVED' });
    });

    it('disconnects a live number when the merchant takes the permission back, and a new code connects it again', async () => {
      const { id, meta } = await connect();
      const removed = { event: 'PARTNER_REMOVED', waba_info: { waba_id: meta.waba_id } };
      // News of before the permission was given says nothing of it.
      await metaTells(meta, 'account_update', removed, now() - 3_600_000);
      await eventually(async () => (await stack.look(token, id)).news.length === 1);
      expect((await stack.look(token, id)).state).toBe('live');
      await metaTells(meta, 'account_update', removed, now() + 2_000);
      const off = await until(id, 'disconnected');
      expect(off.next_action).toMatchObject({ who: 'merchant', kind: 'connect' });
      expect(step(off, 'exchange-code').cause.text).toContain('Meta Business Suite');
      expect((await rows('wabas'))[0]).toMatchObject({ sealed_token: null });
      expect((await rows('phone_numbers'))[0]).toMatchObject({ status: 'DISCONNECTED' });
      const again = await dialog({
        business_id: meta.business_id,
        waba_id: meta.waba_id,
        phone_number_id: meta.phone_number_id,
      });
      await code(id, again.code);
      await until(id, 'live');
      expect((await rows('phone_numbers'))[0]).toMatchObject({ status: 'CONNECTED' });
      expect((await rows('wabas'))[0]?.sealed_token).toMatch(/^v1\./);
    });

    it('wakes a signup that waits for Meta', async () => {
      const id = await stack.begin(token);
      const meta = await dialog();
      await stack.meta('POST', '/faults', { path: REGISTER, mode: 'error', http_status: 400, code: 133015 });
      await event(id, meta.event);
      await code(id, meta.code);
      const waiting = await until(id, 'waiting-for-meta');
      expect(waiting.next_action).toMatchObject({ who: 'meta', at: expect.any(String) });
      await metaTells(meta, 'account_review_update', { decision: 'APPROVED' }, now() + 2_000);
      await until(id, 'live');
    });
  });

  it('leaves a number that stays in the WhatsApp Business app unregistered', async () => {
    const id = await stack.begin(token);
    const meta = await dialog({ event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING' });
    await event(id, meta.event);
    await code(id, meta.code);
    const live = await until(id, 'live');
    expect(step(live, 'register-number').state).toBe('skipped');
    expect(live.coexistence).toBe(true);
    expect((await rows('phone_numbers'))[0]).toMatchObject({ coexistence: true, sealed_pin: null });
    expect((await stack.meta('GET', `/calls?path=${meta.phone_number_id}${REGISTER}`)).data).toEqual([]);
  });

  describe('by the WhatsApp Business app, whose dialog names no number', () => {
    const ofApp = (choices: Json = {}) => dialog({ event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING', ...choices });
    const synced = async (number: string): Promise<number> =>
      (await stack.done('POST', `/${number}/smb_app_data`)).length;

    it('connects and asks the app for the number that is new, beside one of the app that is live', async () => {
      const first = await stack.begin(token);
      const meta = await ofApp();
      await event(first, meta.event);
      await code(first, meta.code);
      await until(first, 'live');
      const id = await stack.begin(token);
      const again = await ofApp({ waba_id: meta.waba_id });
      expect(again.event.data).toEqual({ waba_id: meta.waba_id });
      await event(id, again.event);
      await code(id, again.code);
      expect(await until(id, 'live')).toMatchObject({ phone_number_id: again.phone_number_id, coexistence: true });
      expect(await synced(again.phone_number_id)).toBe(2);
    });

    it('leaves alone a number that waits to be registered, also when the code comes before the event', async () => {
      const { id: waba_id } = await stack.meta('POST', '/wabas', { name: 'Shop' });
      const left = await stack.meta('POST', '/phone_numbers', { waba_id, registered: false });
      const id = await stack.begin(token);
      const meta = await ofApp({ waba_id });
      const path = `/${waba_id}${SUBSCRIBE}`;
      await stack.meta('POST', '/faults', { path, mode: 'error', http_status: 400, code: 132000 });
      await code(id, meta.code);
      await until(id, 'failed');
      await event(id, meta.event);
      expect(await until(id, 'live')).toMatchObject({ phone_number_id: meta.phone_number_id, coexistence: true });
      expect(await synced(meta.phone_number_id)).toBe(2);
      expect(await stack.done('POST', `/${left.id}${REGISTER}`)).toEqual([]);
      expect((await event(id, meta.event)).body.state).toBe('live');
    });

    it('says that another number is live when the event comes too late, and a new code sets up the right one', async () => {
      const { id: waba_id } = await stack.meta('POST', '/wabas', { name: 'Shop' });
      const taken = await stack.meta('POST', '/phone_numbers', { waba_id, registered: false });
      const id = await stack.begin(token);
      const meta = await ofApp({ waba_id });
      await code(id, meta.code);
      const live = await until(id, 'live');
      expect(live).toMatchObject({ phone_number_id: taken.id, next_action: { kind: 'none' } });
      const told = (await event(id, meta.event)).body;
      expect(told).toMatchObject({ state: 'live', phone_number_id: taken.id });
      expect(told.next_action).toMatchObject({ who: 'merchant', kind: 'connect' });
      expect(told.next_action.text).toContain('another number');
      const again = await dialog({ waba_id, phone_number_id: meta.phone_number_id });
      expect((await code(id, again.code)).status).toBe(200);
      const right = await eventually(async () => {
        const signup = await stack.look(token, id);
        return signup.state === 'live' && signup.phone_number_id === meta.phone_number_id && signup;
      });
      expect(right).toMatchObject({ coexistence: true, next_action: { kind: 'none' } });
      expect(await synced(meta.phone_number_id)).toBe(2);
      expect((await code(id, `${again.code}x`)).status).toBe(409);
    });

    it('waits for the merchant while the account has no number of the app', async () => {
      const id = await stack.begin(token);
      const meta = await dialog();
      await event(id, {
        ...meta.event,
        event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING',
        data: { waba_id: meta.waba_id },
      });
      await code(id, meta.code);
      const waiting = await until(id, 'waiting-for-merchant');
      expect(step(waiting, 'prove-access').cause.code).toBe('no_number');
      const number = await ofApp({ waba_id: meta.waba_id });
      expect((await stack.api('POST', `/signups/${id}/retry`, { token })).status).toBe(200);
      expect(await until(id, 'live')).toMatchObject({ phone_number_id: number.phone_number_id });
    });
  });

  it('waits for a number when the dialog gave only an account, and finds it later', async () => {
    const id = await stack.begin(token);
    const meta = await dialog({ event: 'FINISH_ONLY_WABA' });
    await event(id, meta.event);
    await code(id, meta.code);
    const waiting = await until(id, 'waiting-for-merchant');
    expect(step(waiting, 'register-number').cause.code).toBe('no_number');
    const number = await dialog({ business_id: meta.business_id, waba_id: meta.waba_id });
    expect((await stack.api('POST', `/signups/${id}/retry`, { token })).status).toBe(200);
    expect(await until(id, 'live')).toMatchObject({ phone_number_id: number.phone_number_id });
  });

  it('is refused an account that another tenant has, and changes nothing at Meta', async () => {
    const first = await stack.begin(token);
    const meta = await dialog();
    await code(first, meta.code);
    await until(first, 'live');

    const other = await stack.merchant();
    const second = await stack.begin(other.token);
    const again = await dialog({
      business_id: meta.business_id,
      waba_id: meta.waba_id,
      phone_number_id: meta.phone_number_id,
    });
    await stack.api('POST', `/signups/${second}/code`, { token: other.token, body: { code: again.code } });
    const failed = await until(second, 'failed', other.token);
    expect(step(failed, 'save-account').cause).toMatchObject({ text: expect.stringContaining('another customer') });
    expect(failed.next_action.kind).toBe('support');
    expect(await rows('wabas', other.tenantId)).toEqual([]);
    expect(await rows('portfolios', other.tenantId)).toEqual([]);
    expect(await stack.done('POST', `/${meta.waba_id}${SUBSCRIBE}`)).toHaveLength(1);
  });

  it('is not moved by a code that somebody else has used, and nothing of them is shown', async () => {
    const first = await stack.begin(token);
    const meta = await dialog();
    await code(first, meta.code);
    await until(first, 'live');
    const thief = await stack.merchant();
    const second = await stack.begin(thief.token);
    const answer = await stack.api('POST', `/signups/${second}/code`, {
      token: thief.token,
      body: { code: meta.code },
    });
    expect(step(answer.body, 'exchange-code').cause.code).toBe('code_used');
    expect(JSON.stringify(answer.body)).not.toContain(meta.waba_id);
    expect(await rows('wabas', thief.tenantId)).toEqual([]);
    expect((await stack.look(token, first)).state).toBe('live');
  });

  it('cannot be seen or moved by another tenant', async () => {
    const id = await stack.begin(token);
    const other = await stack.merchant();
    const meta = await dialog();
    const tries = [
      await stack.api('GET', `/signups/${id}`, { token: other.token }),
      await stack.api('POST', `/signups/${id}/code`, { token: other.token, body: { code: meta.code } }),
      await stack.api('POST', `/signups/${id}/event`, { token: other.token, body: meta.event }),
      await stack.api('POST', `/signups/${id}/retry`, { token: other.token }),
    ];
    expect(tries.map((t) => t.status)).toEqual([404, 404, 404, 404]);
    expect((await stack.api('GET', '/signups', { token: other.token })).body.data).toEqual([]);
    expect(await stack.look(token, id)).toMatchObject({ state: 'waiting-for-merchant' });
    expect((await stack.api('GET', `/signups/${id}`)).status).toBe(401);
  });

  it('refuses what is no event of the dialog', async () => {
    const id = await stack.begin(token);
    for (const body of [{ type: 'OTHER', event: 'FINISH' }, { type: 'WA_EMBEDDED_SIGNUP', event: 'PARTY' }, {}]) {
      expect((await event(id, body)).status).toBe(400);
    }
    await event(id, {
      type: 'WA_EMBEDDED_SIGNUP',
      event: 'FINISH',
      data: { waba_id: '1/../me', phone_number_id: '2' },
    });
    expect(await stack.look(token, id)).not.toHaveProperty('waba_id');
  });

  it('can be stopped after every step, and every step be done again without harm', async () => {
    await stack.stopWorker();
    const signup = stack.app.app.get(RunSignup);
    const id = await stack.begin(token);
    const meta = await dialog();
    await event(id, meta.event);
    await code(id, meta.code);
    for (const name of fromStep('prove-access')) {
      await signup.runNow(tenantId, id, name);
      if (name === 'hear-from-meta') break;
      if (name === 'sync-app') continue;
      // As if the process had died after Meta had acted and before that was recorded.
      await stack.database.owner.query(
        "UPDATE signup_steps SET state = 'todo' WHERE signup_id = $1 AND step = $2 AND state = 'done'",
        [id, name],
      );
      await signup.runNow(tenantId, id, name);
      expect(step(await stack.look(token, id), name)).toMatchObject({ state: 'done', attempts: 2 });
    }
    expect(await stack.look(token, id)).toMatchObject({ state: 'live' });
    expect(await stack.done('POST', `/${meta.waba_id}${SUBSCRIBE}`)).toHaveLength(1);
    expect(await stack.done('POST', `/${meta.phone_number_id}${REGISTER}`)).toHaveLength(1);
    for (const table of ['portfolios', 'wabas', 'phone_numbers']) expect(await rows(table)).toHaveLength(1);
    await stack.startWorker();
  });

  it('is finished by a new worker when the old one was killed in the middle of a step, whichever it was', async () => {
    await stack.stopWorker();
    // A Redis prefix of its own: the killed worker's queue is lost with it, and only PostgreSQL knows of the signups.
    const doomed = startWorkerProcess({ ...stack.environment, LOG_LEVEL: 'info', REDIS_PREFIX: 'doomed' });
    try {
      const underWay = async (): Promise<number> =>
        (await stack.meta('GET', '/calls')).data.filter((c: Json) => c.fault === 'delay' && !c.status).length;
      const prepare = async (call: SignupCall) => {
        const { doing, path, before = 0, choices } = call;
        const id = await stack.begin(token);
        const meta = await dialog(choices);
        const delay = (delay_ms: number, count: number) =>
          stack.meta('POST', '/faults', { path: path(meta), mode: 'delay', delay_ms, count });
        if (before) await delay(0, before);
        // A little less than what the worker waits for Graph.
        await delay(28_000, 1);
        await event(id, meta.event);
        return { call, doing, id, meta };
      };
      const prepared = await Promise.all(SIGNUP_CALLS.map(prepare));
      const hang = (some: typeof prepared) => Promise.all(some.map(({ id, meta }) => code(id, meta.code)));
      // A credit line has one path for all, so whoever shall hang there goes alone.
      const isForAll = (call: SignupCall) => call.path({}) === call.path({ waba_id: '1', phone_number_id: '1' });
      const alone = prepared.filter(({ call }) => isForAll(call));
      await hang(alone);
      await eventually(async () => (await underWay()) === alone.length, 60_000);
      await hang(prepared.filter(({ call }) => !isForAll(call)));
      // Each is in the middle of its call when the worker dies; Meta acts on it all the same and nobody hears the answer.
      await eventually(async () => (await underWay()) === SIGNUP_CALLS.length, 60_000);
      doomed.kill('SIGKILL');
      await eventually(async () => (await underWay()) === 0, 60_000);
      for (const { doing, id } of prepared)
        expect([doing, (await stack.look(token, id)).state]).toEqual([doing, 'working']);
      // The dead worker's leases would run out by themselves in 15 s.
      await stack.database.owner.query("UPDATE lane_leases SET until = now() - interval '1 second'");
      await stack.startWorker();
      for (const { doing, id, meta } of prepared) {
        await until(id, 'live', token, 60_000);
        const { waba_id: waba, phone_number_id: number } = meta;
        const registered = await stack.done('POST', `/${number}${REGISTER}`);
        expect([doing, registered.length]).toEqual([doing, meta.event.event === 'FINISH' ? 1 : 0]);
        expect([doing, (await stack.done('POST', `/${waba}${SUBSCRIBE}`)).length]).toEqual([doing, 1]);
        expect([doing, (await creditShared(waba)).length]).toEqual([doing, 1]);
        // Whoever heard of it: the line that pays is ours.
        expect([doing, (await stack.look(token, id)).paid_by]).toEqual([doing, 'provider']);
      }
    } finally {
      doomed.kill('SIGKILL');
    }
  }, 300_000);
});

/** The worker as an operator starts it: the built program, in a process of its own. */
function startWorkerProcess(environment: Record<string, string>): ChildProcess {
  const program = join(import.meta.dirname, '../../../../dist/apps/onboarding/src/worker.js');
  return spawn(process.execPath, [program], { env: { ...currentEnvironment(), ...environment }, stdio: 'ignore' });
}
