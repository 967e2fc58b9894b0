import { eventually } from '../../../../test/support/app.js';
import { OnboardingStack } from '../../../../test/support/onboarding.js';

describe('a merchant’s account', () => {
  let stack: OnboardingStack;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
  });
  afterAll(() => stack.stop());

  const account = { company: 'Sample Shop', country: 'MX', email: 'Ada@Shop.example', password: 'ten characters' };

  it('is founded, and its owner signs in whatever the case of the address', async () => {
    const founded = await stack.api('POST', '/accounts', { body: account });
    expect(founded.status).toBe(201);
    const signedIn = await stack.api('POST', '/sessions', {
      body: { email: 'ada@shop.EXAMPLE', password: account.password },
    });
    expect(signedIn.status).toBe(200);
    expect(signedIn.body).toMatchObject({
      access_token: expect.any(String),
      expires_in: expect.any(Number),
      tenant: { id: founded.body.tenant.id, name: 'Sample Shop' },
    });
    const me = await stack.api('GET', '/me', { token: signedIn.body.access_token });
    expect(me.body).toMatchObject({
      tenant: { id: founded.body.tenant.id, country: 'MX', status: 'active' },
      user: { email: 'ada@shop.example', role: 'owner' },
    });
    expect(JSON.stringify([founded.body, signedIn.body, me.body])).not.toMatch(/argon2|ten characters/);
  });

  it('is not founded twice with one address, and the refusal tells nothing of the other', async () => {
    const again = await stack.api('POST', '/accounts', { body: { ...account, company: 'Another' } });
    expect(again.status).toBe(409);
    expect(again.body.error.code).toBe('address_taken');
    expect(JSON.stringify(again.body)).not.toContain('Sample Shop');
  });

  it('is founded once when many ask for one address at the same moment', async () => {
    const asked = Array.from({ length: 8 }, () =>
      stack.api('POST', '/accounts', { body: { ...account, email: 'race@shop.example' } }),
    );
    const answers = (await Promise.all(asked)).map((a) => a.status).sort();
    expect(answers).toEqual([201, ...Array(7).fill(409)]);
  });

  it('gets one answer for an unknown address and a wrong password', async () => {
    const answers = await Promise.all([
      stack.api('POST', '/sessions', { body: { email: 'nobody@shop.example', password: 'ten characters' } }),
      stack.api('POST', '/sessions', { body: { email: account.email, password: 'other characters' } }),
    ]);
    const [unknown, wrong] = answers.map(({ status, body }) => ({ status, ...body.error, request_id: undefined }));
    expect(unknown).toEqual(wrong);
    expect(unknown).toMatchObject({ status: 401, code: 'wrong_credentials' });
  });

  it.each([
    ['a short password', { password: 'nine chars'.slice(0, 9) }, 'password'],
    ['no address', { email: 'ada' }, 'email'],
    ['a blank company', { company: '  ' }, 'company'],
    ['a country that is none', { country: 'XX' }, 'country'],
  ])('is not founded with %s, and the field is named', async (_, change, field) => {
    const refused = await stack.api('POST', '/accounts', {
      body: { ...account, email: 'new@shop.example', ...change },
    });
    expect(refused.status).toBe(400);
    expect(Object.keys(refused.body.error.fields)).toEqual([field]);
  });

  it('has API keys that are shown once, work, and stop when they are revoked', async () => {
    const { token, tenantId } = await stack.merchant();
    const made = await stack.api('POST', '/api-keys', { token, body: { name: 'Web shop' } });
    expect(made.status).toBe(201);
    const key = made.body.api_key;
    expect((await stack.api('GET', '/me', { token: key })).body).toMatchObject({
      tenant: { id: tenantId },
      api_key: { id: made.body.id },
    });
    const list = await stack.api('GET', '/api-keys', { token });
    expect(list.body.data).toEqual([expect.objectContaining({ id: made.body.id, name: 'Web shop', revoked_at: null })]);
    expect(JSON.stringify(list.body)).not.toContain(key);
    const other = await stack.merchant();
    expect((await stack.api('DELETE', `/api-keys/${made.body.id}`, { token: other.token })).status).toBe(404);
    expect((await stack.api('POST', '/api-keys', { token: key, body: { name: 'by a key' } })).status).toBe(401);
    expect((await stack.api('DELETE', `/api-keys/${made.body.id}`, { token })).status).toBe(204);
    await eventually(async () => (await stack.api('GET', '/me', { token: key })).status === 401);
    expect((await stack.api('DELETE', `/api-keys/${made.body.id}`, { token })).status).toBe(404);
  });

  it('makes one API key, shown twice, when the call that makes it is repeated with its Idempotency-Key', async () => {
    const { token } = await stack.merchant();
    const make = () =>
      stack.api('POST', '/api-keys', { token, headers: { 'idempotency-key': 'till-1' }, body: { name: 'Till' } });
    const [once, twice] = [await make(), await make()];
    expect([twice.status, twice.body]).toEqual([201, once.body]);
    expect((await stack.api('GET', '/api-keys', { token })).body.data).toHaveLength(1);
  });
});
