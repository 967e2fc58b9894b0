import { eventually, http } from '../../../../test/support/app.js';
import { type Json, OnboardingStack } from '../../../../test/support/onboarding.js';

// The smallest PNG there is: one pixel.
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('the numbers of a merchant', () => {
  let stack: OnboardingStack;
  let token: string;
  let wabaId: string;
  let liveId: string;
  let nth = 0;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
    await stack.startWorker();
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    await stack.meta('DELETE', '/faults');
    ({ token } = await stack.merchant());
    const id = await stack.begin(token);
    const meta = await stack.meta('POST', '/embedded_signup', { business_name: 'Shop' });
    await stack.api('POST', `/signups/${id}/code`, { token, body: { code: meta.code } });
    await eventually(async () => (await stack.look(token, id)).state === 'live');
    wabaId = meta.waba_id;
    liveId = meta.phone_number_id;
  });

  const mexican = () => `+52551234${String(5000 + ++nth).padStart(4, '0')}`;
  const call = (method: string, path: string, body?: Json | null) =>
    stack.api(method, `/numbers${path}`, { token, ...(body ? { body } : {}) });
  const add = async (phone = mexican()): Promise<Json> => {
    const added = await call('POST', '', { waba_id: wabaId, phone, display_name: 'Flores' });
    expect([added.status, added.body.state]).toEqual([201, 'added']);
    return added.body;
  };
  const codeOf = async (id: string): Promise<string> =>
    (await stack.meta('GET', `/phone_numbers/${id}`)).verification_code;

  it('are added, verified with a code, registered with a PIN that is kept sealed, and taken off again', async () => {
    const { id } = await add();
    expect((await call('POST', `/${id}/register`, {})).body.error).toMatchObject({
      code: 'wrong_state',
      message: expect.stringContaining('Verify'),
    });
    expect((await call('POST', `/${id}/code`, { method: 'VOICE', language: 'es_MX' })).body.state).toBe('code-sent');
    const wrong = await call('POST', `/${id}/verify`, { code: '000000' });
    expect([wrong.status, wrong.body.error.code]).toEqual([400, 'wrong_code']);
    const code = await codeOf(id);
    const verified = await call('POST', `/${id}/verify`, { code: `${code.slice(0, 3)}-${code.slice(3)}` });
    expect(verified.body).toMatchObject({ state: 'verified' });
    const live = await call('POST', `/${id}/register`, { data_localization_region: 'BR' });
    expect(live.body).toMatchObject({
      state: 'live',
      status: 'CONNECTED',
      has_pin: true,
      data_localization_region: 'BR',
    });
    const { pin } = await stack.meta('GET', `/phone_numbers/${id}`);
    const { rows } = await stack.database.owner.query('SELECT * FROM phone_numbers WHERE meta_phone_number_id = $1', [
      id,
    ]);
    expect(rows[0].sealed_pin).toMatch(/^v1\./);
    expect(JSON.stringify(rows)).not.toContain(pin);
    expect((await call('POST', `/${id}/pin`, { pin: '246810' })).status).toBe(200);
    expect((await stack.meta('GET', `/phone_numbers/${id}`)).pin).toBe('246810');
    expect((await call('POST', `/${id}/deregister`)).body.state).toBe('off');
    // The PIN that was changed is the one we hold.
    expect((await call('POST', `/${id}/register`, {})).body).toMatchObject({ state: 'live', registrations_in_72_h: 3 });
    const told = (await stack.database.owner.query("SELECT body FROM tenant_events WHERE kind = 'number_update'")).rows
      .map((r) => JSON.parse(r.body).data)
      .filter((d) => d.phone_number_id === id);
    expect(told.map((d) => d.state)).toEqual(['added', 'code-sent', 'verified', 'live', 'off', 'live']);
  });

  it('are judged before Meta is asked, in the merchant’s language', async () => {
    const before = (await stack.meta('GET', `/calls?path=${wabaId}/phone_numbers`)).data.length;
    const refused = await stack.api('POST', '/numbers', {
      token,
      headers: { 'accept-language': 'es' },
      body: { waba_id: wabaId, phone: '+33 899 123 456', display_name: 'Flores' },
    });
    expect([refused.status, refused.body.error.code]).toEqual([422, 'premium_rate']);
    expect(refused.body.error.message).toContain('tarificación especial');
    const checked = await call('POST', '/check', { phone: '0052 55 1234 5678', used_in: 'another-provider' });
    expect(checked.body).toMatchObject({ eligible: true, verdict: 'migration', phone: '+525512345678', country: 'MX' });
    expect((await stack.meta('GET', `/calls?path=${wabaId}/phone_numbers`)).data.length).toBe(before);
  });

  it('of another customer are refused and nothing changes', async () => {
    const phone = mexican();
    await add(phone);
    const other = await stack.merchant();
    const check = await stack.api('POST', '/numbers/check', { token: other.token, body: { phone } });
    expect(check.body).toMatchObject({ eligible: false, verdict: 'another_customer' });
    expect((await stack.api('GET', `/numbers/${liveId}`, { token: other.token })).status).toBe(404);
    expect((await stack.api('POST', `/numbers/${liveId}/deregister`, { token: other.token })).status).toBe(404);
    expect((await call('GET', `/${liveId}`)).body.state).toBe('live');
  });

  it('that Meta has elsewhere are refused with what to do, and come when they are migrated', async () => {
    const phone = mexican();
    const elsewhere = await stack.meta('POST', '/embedded_signup', { business_name: 'Old', phone_number: phone });
    const refused = await call('POST', '', { waba_id: wabaId, phone, display_name: 'Flores' });
    expect([refused.status, refused.body.error.code]).toEqual([409, 'on_whatsapp']);
    const moved = await call('POST', '', { waba_id: wabaId, phone, display_name: 'Flores', migrate: true });
    expect(moved.body).toMatchObject({ state: 'added', migrates: true });
    const { id } = moved.body;
    await call('POST', `/${id}/code`, { method: 'SMS' });
    await call('POST', `/${id}/verify`, { code: await codeOf(id) });
    expect((await call('POST', `/${id}/register`, {})).body.state).toBe('live');
    expect((await stack.meta('GET', `/phone_numbers/${elsewhere.phone_number_id}`)).status).toBe('MIGRATED');
  });

  it('wait as long as Meta says, and are not sent to Meta before', async () => {
    const { id } = await add();
    await stack.meta('POST', '/faults', { path: '/request_code', mode: 'error', http_status: 400, code: 136024 });
    const first = await call('POST', `/${id}/code`, { method: 'SMS' });
    expect([first.status, first.body.error.code]).toEqual([429, 'code_not_sent']);
    expect(Number(first.headers.get('retry-after'))).toBe(12 * 3_600);
    const asked = (await stack.meta('GET', `/calls?path=${id}/request_code`)).data.length;
    expect((await call('POST', `/${id}/code`, { method: 'SMS' })).status).toBe(429);
    expect((await stack.meta('GET', `/calls?path=${id}/request_code`)).data.length).toBe(asked);
  });

  it('wait for each command by itself, whatever else Meta takes or puts off meanwhile', async () => {
    const { id } = await add();
    const putOff = (path: string, code: number) =>
      stack.meta('POST', '/faults', { path, mode: 'error', http_status: 400, code });
    const ask = () => call('POST', `/${id}/code`, { method: 'SMS' });
    const rename = () => call('POST', `/${id}/display-name`, { name: 'Flores y Té' });
    const calls = async () =>
      (await stack.meta('GET', `/calls?path=${id}`)).data.filter((c: Json) => c.method === 'POST');
    await putOff(`/${id}/request_code`, 136024);
    expect((await ask()).status).toBe(429);
    expect((await rename()).status).toBe(200);
    await putOff(`/${id}`, 133009);
    expect((await rename()).headers.get('retry-after')).toBe('3600');
    const before = (await calls()).length;
    const [again, renamed] = [await ask(), await rename()];
    expect([again.status, renamed.status]).toEqual([429, 429]);
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(11 * 3_600);
    expect(await calls()).toHaveLength(before);
    const { waits, wait_until } = (await call('GET', `/${id}`)).body;
    expect([Object.keys(waits).sort(), wait_until]).toEqual([['rename', 'request-code'], waits['request-code']]);
  });

  it('are registered and deregistered ten times in 72 hours at most, by our count before Meta’s', async () => {
    const { id } = await add();
    await call('POST', `/${id}/code`, { method: 'SMS' });
    await call('POST', `/${id}/verify`, { code: await codeOf(id) });
    const turns = ['register', 'deregister'];
    for (let i = 0; i < 10; i++) {
      expect((await call('POST', `/${id}/${turns[i % 2]}`, {})).status).toBe(200);
    }
    const calls = (await stack.meta('GET', `/calls?path=${id}/`)).data.length;
    const refused = await call('POST', `/${id}/register`, {});
    expect([refused.status, refused.body.error.code]).toEqual([429, 'registration_limit']);
    expect((await stack.meta('GET', `/calls?path=${id}/`)).data.length).toBe(calls);
  });

  it('keep their sealed PIN when somebody gives a wrong one', async () => {
    await call('POST', `/${liveId}/deregister`);
    const wrong = await call('POST', `/${liveId}/register`, { pin: '111111' });
    expect(wrong.body.error.code).toBe('wrong_pin');
    expect((await call('POST', `/${liveId}/register`, {})).body.state).toBe('live');
  });

  it('get another name once Meta approved it, and are registered again for it by themselves', async () => {
    await stack.meta('POST', '/settings', { template_review_ms: -1 });
    const asked = await call('POST', `/${liveId}/display-name`, { name: 'Flores y Té' });
    expect(asked.body).toMatchObject({ new_display_name: 'Flores y Té', new_name_status: 'PENDING_REVIEW' });
    await stack.meta('POST', `/phone_numbers/${liveId}`, { name_status: 'APPROVED' });
    await stack.database.owner.query('UPDATE wabas SET looked_at = NULL WHERE meta_waba_id = $1', [wabaId]);
    await eventually(async () => (await call('GET', `/${liveId}`)).body.display_name === 'Flores y Té', 60_000);
    await stack.meta('POST', '/settings', { template_review_ms: 0 });
    const { data } = (await stack.api('GET', '/reviews', { token })).body;
    expect(data[0]).toMatchObject({ waba_id: wabaId, paid_by: 'provider', account_review_status: 'APPROVED' });
  });

  it('have an account that is looked at within minutes while Meta reviews it, and each half hour after', async () => {
    const ago = (ms: number, review: string | null) =>
      stack.database.owner.query(
        'UPDATE wabas SET looked_at = $2, review_status = $3 WHERE meta_waba_id = $1 RETURNING waba_id',
        [wabaId, new Date(Date.now() - ms), review],
      );
    const due = async (): Promise<boolean> => {
      const now = Date.now();
      const { rows } = await stack.database.owner.query(
        'SELECT 1 FROM door_accounts_to_look_at($1, $2, $3) d JOIN wabas w USING (tenant_id, waba_id) WHERE w.meta_waba_id = $4',
        [new Date(now - 1_800_000), new Date(now - 120_000), new Date(now - 86_400_000), wabaId],
      );
      return rows.length > 0;
    };
    await ago(100_000, 'PENDING');
    expect(await due()).toBe(false);
    await ago(130_000, 'APPROVED');
    expect(await due()).toBe(false);
    await ago(130_000, 'PENDING');
    await eventually(async () => {
      const { data } = (await stack.api('GET', '/reviews', { token })).body;
      return data[0].account_review_status === 'APPROVED';
    });
  });

  it('are given up: deregistered, and free for anybody', async () => {
    expect((await call('DELETE', `/${liveId}`)).status).toBe(204);
    expect((await call('GET', `/${liveId}`)).body).toMatchObject({
      state: 'released',
      status: 'DELETED',
      has_pin: false,
    });
    expect((await stack.meta('GET', `/phone_numbers/${liveId}`)).status).toBe('DISCONNECTED');
    expect((await call('POST', `/${liveId}/register`, {})).status).toBe(409);
  });

  const connect = async (choices: Json): Promise<Json> => {
    const id = await stack.begin(token);
    const meta = await stack.meta('POST', '/embedded_signup', { business_name: 'Shop', ...choices });
    await stack.api('POST', `/signups/${id}/code`, { token, body: { code: meta.code } });
    await stack.api('POST', `/signups/${id}/event`, { token, body: meta.event });
    await eventually(async () => (await stack.look(token, id)).state === 'live');
    return meta;
  };

  it('that were given up are live again when they are connected again, and obey', async () => {
    expect((await call('DELETE', `/${liveId}`)).status).toBe(204);
    // Its PIN went with it: the merchant has turned it off in WhatsApp Manager.
    Object.assign(stack.sandbox.meta.world.get('phone_number', liveId) ?? {}, { pin: undefined });
    await connect({ waba_id: wabaId, phone_number_id: liveId });
    expect((await call('GET', `/${liveId}`)).body).toMatchObject({ state: 'live', status: 'CONNECTED' });
    expect((await call('POST', `/${liveId}/deregister`, {})).body.state).toBe('off');
  });

  it('that were given up stay so when another number of their account is connected', async () => {
    expect((await call('DELETE', `/${liveId}`)).status).toBe(204);
    const { phone_number_id: other } = await connect({ waba_id: wabaId });
    expect((await call('GET', `/${liveId}`)).body).toMatchObject({ state: 'released', status: 'DELETED' });
    expect((await call('GET', `/${other}`)).body.state).toBe('live');
    const { rows } = await stack.database.owner.query('SELECT meta_id FROM meta_routes WHERE meta_id = ANY ($1)', [
      [liveId, other],
    ]);
    expect(rows).toEqual([{ meta_id: other }]);
  });

  it('are named for a key together with their own account or not at all', async () => {
    const make = (waba_id: string) =>
      stack.api('POST', '/api-keys', { token, body: { name: 'till', waba_id, phone_number_id: liveId } });
    expect([(await make('1')).status, (await make(wabaId)).status]).toEqual([404, 201]);
  });

  it('have a profile within Meta’s limits', async () => {
    const profile = (body: Json | null) => call('POST', `/${liveId}/profile`, body);
    const set = await profile({ about: 'Té y más', websites: ['https://shop.example'], vertical: 'RETAIL' });
    expect(set.body.profile).toMatchObject({ about: 'Té y más', vertical: 'RETAIL' });
    const wrong = await profile({ about: 'x'.repeat(140), websites: ['a', 'b', 'c'], vertical: 'MAGIC', surprise: 1 });
    expect(Object.keys(wrong.body.error.fields).sort()).toEqual(['about', 'surprise', 'vertical', 'websites']);
    expect((await profile(null)).status).toBe(400);
    await stack.meta('POST', '/faults', { path: '/whatsapp_business_profile', mode: 'drop' });
    expect((await call('GET', `/${liveId}/profile`)).body).toMatchObject({
      stale: true,
      profile: { about: 'Té y más' },
    });
  });

  it('take a picture by what it is, and go on with an upload that broke', async () => {
    const send = (bytes: Buffer, name: string, type: string) => {
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(bytes)], { type }), name);
      return fetch(`${stack.app.url}/api/v1/numbers/${liveId}/profile/picture`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: form,
      });
    };
    await stack.meta('POST', '/faults', { path: '/upload:', mode: 'drop' });
    const taken = await send(PNG, 'logo.png', 'image/png');
    expect([taken.status, ((await taken.json()) as Json).profile.profile_picture_url]).toEqual([
      200,
      expect.any(String),
    ]);
    const disguised = await send(Buffer.from('<html><script>alert(1)</script></html>'), 'logo.png', 'image/png');
    expect([disguised.status, ((await disguised.json()) as Json).error.code]).toEqual([415, 'wrong_file_type']);
    const huge = await send(Buffer.concat([PNG, Buffer.alloc(5 * 1024 * 1024)]), 'logo.png', 'image/png');
    expect([huge.status, ((await huge.json()) as Json).error.code]).toEqual([413, 'file_too_large']);
  });

  it('have links and QR codes for a website', async () => {
    const { display_phone_number } = (await call('GET', `/${liveId}`)).body;
    const link = await call('GET', `/${liveId}/chat-link?text=${encodeURIComponent('¿Tienen té?')}`);
    expect(link.body.url).toBe(
      `https://wa.me/${display_phone_number.replace(/\D/g, '')}?text=${encodeURIComponent('¿Tienen té?')}`,
    );
    const made = await call('POST', `/${liveId}/qr-codes`, { text: 'I have a question', image: 'SVG' });
    expect(made.body).toMatchObject({ text: 'I have a question', url: expect.stringContaining('wa.me/message/') });
    expect((await call('GET', `/${liveId}/qr-codes`)).body.data).toHaveLength(1);
    expect((await call('DELETE', `/${liveId}/qr-codes/${made.body.code}`)).status).toBe(204);
    expect((await call('GET', `/${liveId}/qr-codes`)).body.data).toEqual([]);
  });

  it('are reached by a key of their own, which reaches nothing else', async () => {
    const second = await add();
    const made = await stack.api('POST', '/api-keys', { token, body: { name: 'one', phone_number_id: liveId } });
    const key = made.body.api_key;
    const ask = (path: string) => http('GET', `${stack.app.url}/api/v1${path}`, { token: key });
    expect((await ask(`/numbers/${liveId}`)).status).toBe(200);
    expect((await ask(`/numbers/${second.id}`)).status).toBe(403);
    expect((await ask('/numbers')).body.data.map((n: Json) => n.id)).toEqual([liveId]);
    expect((await ask('/me')).status).toBe(200);
  });

  it('are as many as the provider allows: one more is refused before Meta is asked, and nothing begins', async () => {
    const { tenant } = (await stack.api('GET', '/me', { token })).body;
    await stack.database.owner.query(
      `INSERT INTO tenant_limits (tenant_id, what, most, set_at) VALUES ($1, 'numbers', 1, now())`,
      [tenant.id],
    );
    const before = (await stack.meta('GET', `/calls?path=${wabaId}/phone_numbers`)).data.length;
    const refused = await call('POST', '', { waba_id: wabaId, phone: mexican(), display_name: 'Flores' });
    expect([refused.status, refused.body.error.code]).toEqual([403, 'limit_reached']);
    expect(refused.body.error.message).toContain('1 number, and 1 number are used');
    expect((await stack.api('POST', '/signups', { token, body: { kind: 'embedded' } })).status).toBe(403);
    expect((await stack.meta('GET', `/calls?path=${wabaId}/phone_numbers`)).data.length).toBe(before);
    expect((await stack.api('GET', '/me', { token })).body.tenant.limits).toContainEqual({
      what: 'numbers',
      most: 1,
      used: 1,
    });
  });
});
