import { Harness, type Json } from '../../testing/harness.js';

const harness = new Harness();
beforeAll(() => harness.start());
afterAll(() => harness.stop());
beforeEach(() => harness.fresh());

const signUp = async (body: Json = {}) => (await harness.control('POST', '/embedded_signup', body)).body;
const exchange = (code: string) =>
  harness.http(
    'GET',
    `/v23.0/oauth/access_token?client_id=sandbox-app&client_secret=sandbox-app-secret&code=${code}`,
    undefined,
    {},
  );

describe('onboarding a business', () => {
  it('gives a token for its account alone, once, for the code of the dialog', async () => {
    const signup = await signUp({ business_name: 'Café Ada', phone_number: '+15550007777' });
    expect(signup.event).toEqual({
      data: { phone_number_id: signup.phone_number_id, waba_id: signup.waba_id, business_id: signup.business_id },
      type: 'WA_EMBEDDED_SIGNUP',
      event: 'FINISH',
      version: 3,
    });
    const first = await exchange(signup.code);
    expect(first).toMatchObject({ status: 200, body: { token_type: 'bearer' } });
    expect(await exchange(signup.code)).toMatchObject({
      status: 400,
      body: { error: { code: 100, error_subcode: 36009 } },
    });

    const token = first.body.access_token;
    const debug = await harness.graph('GET', `/debug_token?input_token=${token}`, undefined, token);
    expect(debug.body.data.granular_scopes[0]).toEqual({
      scope: 'whatsapp_business_management',
      target_ids: [signup.waba_id],
    });
    expect((await harness.graph('GET', `/${signup.waba_id}`, undefined, token)).body).toMatchObject({
      name: 'Café Ada',
    });
    // Another business's objects answer as if they were not there.
    for (const id of [harness.waba.id, harness.number.id, '999'])
      expect(await harness.graph('GET', `/${id}`, undefined, token)).toMatchObject({
        status: 400,
        body: { error: { code: 100, error_subcode: 33 } },
      });
  });

  it('refuses a code that is older than 30 seconds', async () => {
    const { code } = await signUp();
    await harness.advance(30_000);
    expect(await exchange(code)).toMatchObject({ status: 400, body: { error: { code: 100, error_subcode: 36007 } } });
  });

  it('tells the partner that it was added, whatever the account is subscribed to', async () => {
    const { waba_id } = await signUp();
    const value = await harness.receiver.change('account_update');
    expect(value).toMatchObject({ event: 'PARTNER_ADDED', waba_info: { waba_id } });
    expect(harness.receiver.received[0]!.body.entry[0].id).toBe('300000000000001');
  });

  it('can be left, with the screen or the problem told', async () => {
    expect(await signUp({ event: 'CANCEL', step: 'PHONE_NUMBER_SETUP' })).toEqual({
      code: null,
      event: { data: { current_step: 'PHONE_NUMBER_SETUP' }, type: 'WA_EMBEDDED_SIGNUP', event: 'CANCEL', version: 3 },
    });
    expect((await signUp({ event: 'CANCEL', error_message: 'Stuck' })).event.data).toMatchObject({
      error_message: 'Stuck',
    });
  });

  it('can end without a number, or with one that stays in the Business app', async () => {
    const without = await signUp({ event: 'FINISH_ONLY_WABA' });
    expect(without.event.data).toEqual({ waba_id: without.waba_id });
    expect(without.phone_number_id).toBeUndefined();
    const both = await signUp({ event: 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING' });
    const { body } = await harness.graph('GET', `/${both.phone_number_id}?fields=is_on_biz_app,platform_type,status`);
    expect(body).toEqual({
      is_on_biz_app: true,
      platform_type: 'CLOUD_API',
      status: 'CONNECTED',
      id: both.phone_number_id,
    });
    const sync = () =>
      harness.graph('POST', `/${both.phone_number_id}/smb_app_data`, {
        messaging_product: 'whatsapp',
        sync_type: 'history',
      });
    expect((await sync()).status).toBe(200);
    expect((await sync()).body.error.code).toBe(2593107);
  });

  it('registers a number under its PIN', async () => {
    const { phone_number_id: id, waba_id } = await signUp();
    await harness.graph('POST', `/${waba_id}/subscribed_apps`);
    const register = (pin: string) => harness.graph('POST', `/${id}/register`, { messaging_product: 'whatsapp', pin });
    expect((await register('12345')).body.error.code).toBe(100);
    expect((await register('111111')).body).toEqual({ success: true });
    expect((await register('222222')).body.error.code).toBe(133005);
    expect((await harness.graph('GET', `/${id}?fields=status,is_pin_enabled`)).body).toEqual({
      status: 'CONNECTED',
      is_pin_enabled: true,
      id,
    });
    expect((await harness.graph('POST', `/${id}`, { pin: '333333' })).body).toEqual({ success: true });
    expect(await harness.receiver.change('security')).toMatchObject({ event: 'PIN_CHANGED' });
    expect((await register('333333')).body).toEqual({ success: true });
  });

  it('allows ten registrations in 72 hours', async () => {
    const register = () =>
      harness.graph('POST', `/${harness.number.id}/register`, { messaging_product: 'whatsapp', pin: '123456' });
    for (let i = 0; i < 10; i++) expect((await register()).status).toBe(200);
    expect((await register()).body.error.code).toBe(133016);
    await harness.advance(72 * 3_600_000);
    expect((await register()).status).toBe(200);
  });

  it('verifies a classic number by the code it was sent', async () => {
    const added = await harness.graph('POST', `/${harness.waba.id}/phone_numbers`, {
      cc: '1',
      phone_number: '5550009999',
      verified_name: 'Shop',
    });
    const { id } = added.body;
    const register = () => harness.graph('POST', `/${id}/register`, { messaging_product: 'whatsapp', pin: '111111' });
    expect((await register()).body.error.code).toBe(133006);
    await harness.graph('POST', `/${id}/request_code?code_method=SMS&language=en_US`);
    const { verification_code: code } = (await harness.control('GET', `/phone_numbers/${id}`)).body;
    expect((await harness.graph('POST', `/${id}/verify_code?code=000000`)).body.error.code).toBe(136025);
    expect((await harness.graph('POST', `/${id}/verify_code?code=${code}`)).body).toEqual({ success: true });
    expect((await register()).body).toEqual({ success: true });
    const again = await harness.graph('POST', `/${harness.waba.id}/phone_numbers`, {
      cc: '1',
      phone_number: '5550009999',
    });
    expect(again.body.error).toMatchObject({ code: 100, error_subcode: 2388012 });
  });

  it('attaches the credit line once, by the partner alone', async () => {
    const share = (currency: string, token?: string) =>
      harness.graph(
        'POST',
        `/930000000000001/whatsapp_credit_sharing_and_attach?waba_id=${harness.waba.id}&waba_currency=${currency}`,
        undefined,
        token,
      );
    const first = (await share('EUR')).body;
    expect(first).toEqual({ allocation_config_id: expect.any(String), waba_id: harness.waba.id });
    expect((await share('USD')).body.error.code).toBe(100);
    const { access_token } = (await harness.control('POST', '/tokens', { waba_ids: [harness.waba.id] })).body;
    expect((await share('EUR', access_token)).body.error.code).toBe(10);
    const waba = (await harness.graph('GET', `/${harness.waba.id}?fields=primary_funding_id,currency`)).body;
    expect(waba).toMatchObject({ primary_funding_id: first.allocation_config_id, currency: 'EUR' });
    expect((await harness.graph('GET', '/300000000000001/extendedcredits')).body.data).toEqual([
      { id: '930000000000001', legal_entity_name: 'Sandbox Partner' },
    ]);
  });

  it('moves a number to another account at registration', async () => {
    const target = (await harness.control('POST', '/wabas', { subscribed: true })).body;
    const migrate = () =>
      harness.graph('POST', `/${target.id}/phone_numbers`, {
        cc: '1',
        phone_number: harness.number.display_phone_number.slice(2),
        migrate_phone_number: true,
      });
    expect((await migrate()).body.error.error_subcode).toBe(2388001);
    harness.sandbox.meta.world.get('phone_number', harness.number.id)!.pin = undefined;
    const { id } = (await migrate()).body;
    await harness.graph('POST', `/${id}/request_code?code_method=SMS&language=en_US`);
    const { verification_code: code } = (await harness.control('GET', `/phone_numbers/${id}`)).body;
    await harness.graph('POST', `/${id}/verify_code?code=${code}`);
    expect((await harness.sendTemplate('+15550002222')).status).toBe(200);
    await harness.graph('POST', `/${id}/register`, { messaging_product: 'whatsapp', pin: '111111' });
    expect((await harness.sendTemplate('+15550002222')).body.error.code).toBe(133010);
  });
});

describe('a token', () => {
  it('is asked for on every call, and may be in the query', async () => {
    const without = await harness.graph('GET', `/${harness.waba.id}`, undefined, '');
    expect(without).toMatchObject({
      status: 401,
      body: { error: { code: 190, type: 'OAuthException', fbtrace_id: expect.any(String) } },
    });
    expect((await harness.graph('GET', `/${harness.waba.id}`, undefined, 'nonsense')).status).toBe(401);
    expect((await harness.http('GET', `/${harness.waba.id}?access_token=${harness.token}`, undefined, {})).status).toBe(
      200,
    );
  });

  it('ends when its time is over', async () => {
    const { access_token } = (await harness.control('POST', '/tokens', { expires_in_ms: 60_000 })).body;
    expect((await harness.graph('GET', `/${harness.waba.id}`, undefined, access_token)).status).toBe(200);
    await harness.advance(60_000);
    expect((await harness.graph('GET', `/${harness.waba.id}`, undefined, access_token)).body.error).toMatchObject({
      code: 190,
      error_subcode: 463,
    });
  });
});

describe('what a caller gets wrong', () => {
  it.each([
    ['an unknown edge', 'GET', '/feed', 2500],
    ['a method the edge has not', 'DELETE', '/phone_numbers', 100],
  ])('is answered in Meta’s envelope: %s', async (_, method, edge, code) => {
    const { status, body } = await harness.graph(method, `/${harness.waba.id}${edge}`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code,
      type: 'OAuthException',
      error_data: { messaging_product: 'whatsapp', details: expect.any(String) },
    });
  });

  it('is answered in Meta’s envelope: broken JSON', async () => {
    const response = await fetch(`${harness.sandbox.url}/v23.0/${harness.number.id}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${harness.token}` },
      body: '{"to":',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 100 } });
  });
});
