import { ApiKeyAuthenticator } from '#libs/tenants';
import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import { type Json, OnboardingStack } from '../../../../test/support/onboarding.js';

/** What a process remembers of keys does not end by itself: only news of a key makes it ask again. */
function neverForgets(process: RunningApp): void {
  const { remembered } = process.app.get(ApiKeyAuthenticator) as unknown as { remembered: Map<string, Json> };
  for (const key of remembered.values()) key.until = Number.POSITIVE_INFINITY;
}

describe('an API key', () => {
  let stack: OnboardingStack;
  let second: Awaited<ReturnType<OnboardingStack['another']>>;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
    second = await stack.another();
  });
  afterAll(async () => {
    await second.close();
    await stack.stop();
  });

  it('does what its scopes name and nothing else', async () => {
    const { token } = await stack.merchant();
    const make = (body: Json) => stack.api('POST', '/api-keys', { token, body: { name: 'k', ...body } });
    const { api_key } = (await make({ scopes: ['messages'] })).body;
    expect((await stack.api('GET', '/me', { token: api_key })).body.api_key.scopes).toEqual(['messages']);
    const refused = await stack.api('GET', '/signups', { token: api_key });
    expect([refused.status, refused.body.error.message]).toEqual([403, expect.stringContaining('onboarding')]);
    expect((await make({ scopes: ['everything'] })).status).toBe(400);
    expect((await make({ phone_number_id: '1' })).status).toBe(404);
    expect((await make({ waba_id: null, phone_number_id: null })).status).toBe(201);
  });

  it('makes no other keys, and says who does', async () => {
    const { token } = await stack.merchant();
    const { api_key } = (await stack.api('POST', '/api-keys', { token, body: { name: 'k' } })).body;
    const refused = await stack.api('POST', '/api-keys', { token: api_key, body: { name: 'child' } });
    expect([refused.status, refused.body.error.message]).toEqual([401, expect.stringContaining('signed-in person')]);
    expect((await stack.api('GET', '/api-keys', { token })).body.data).toHaveLength(1);
  });

  it('ends at an instant that is still to come, or is not made', async () => {
    const { token } = await stack.merchant();
    const make = (expires_at: string) => stack.api('POST', '/api-keys', { token, body: { name: 'k', expires_at } });
    for (const never of ['2020-01-01T00:00:00Z', '2027-W10', 'tomorrow']) {
      const { status, body } = await make(never);
      expect([never, status, Object.keys(body.error.fields)]).toEqual([never, 400, ['expires_at']]);
    }
    expect((await make('2999-01-01T00:00:00Z')).status).toBe(201);
  });

  it('is replaced by a successor while both work, but never by two', async () => {
    const { token } = await stack.merchant();
    const old = (await stack.api('POST', '/api-keys', { token, body: { name: 'till', scopes: ['onboarding'] } })).body;
    const rotate = (id: string) => stack.api('POST', `/api-keys/${id}/rotate`, { token, body: {} });
    const fresh = (await rotate(old.id)).body;
    for (const key of [old.api_key, fresh.api_key]) {
      expect((await stack.api('GET', '/signups', { token: key })).status).toBe(200);
    }
    expect([(await rotate(old.id)).status, (await rotate(fresh.id)).status]).toEqual([409, 409]);
    await stack.api('DELETE', `/api-keys/${old.id}`, { token });
    expect((await rotate(fresh.id)).status).toBe(201);
    const { data } = (await stack.api('GET', '/api-keys', { token })).body;
    expect(data[1]).toMatchObject({ replaces: old.id, scopes: ['onboarding'], name: 'till' });
    await eventually(async () => {
      const list = (await stack.api('GET', '/api-keys', { token })).body.data;
      return list[1].last_used_at !== null;
    });
  });

  it('stops at once in every process when it is revoked', async () => {
    const { token } = await stack.merchant();
    for (let round = 0; round < 5; round++) {
      const key = (await stack.api('POST', '/api-keys', { token, body: { name: `r${round}` } })).body;
      const elsewhere = () => http('GET', `${second.url}/api/v1/me`, { token: key.api_key });
      expect((await elsewhere()).status).toBe(200);
      neverForgets(second);
      await stack.api('DELETE', `/api-keys/${key.id}`, { token });
      await eventually(async () => (await elsewhere()).status === 401);
    }
  });
});
