import { AdminModule } from '../../../../apps/admin/src/admin.module.js';
import { http, type RunningApp, startApp } from '../../../../test/support/app.js';
import { OnboardingStack, someStaff } from '../../../../test/support/onboarding.js';

describe('a look of the provider’s staff into a merchant’s account', () => {
  let stack: OnboardingStack;
  let admin: RunningApp;
  let staff: string;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
    admin = await startApp(AdminModule, stack.environment, { name: 'admin' });
    staff = await someStaff(stack, admin, 'sam@provider.example', 'support');
  });
  afterAll(async () => {
    await admin.close();
    await stack.stop();
  });

  it('is seen by the merchant with its reason and each call, and ended by it at once', async () => {
    const { token, tenantId } = await stack.merchant();
    const granted = await http('POST', `${admin.url}/admin/v1/tenants/${tenantId}/support-accesses`, {
      token: staff,
      body: { reason: 'ticket 7', minutes: 30 },
    });
    expect(granted.status).toBe(201);
    const look = (method: string, path: string, body?: object) =>
      stack.api(method, path, { token: granted.body.token, ...(body ? { body } : {}) });
    expect((await look('GET', '/signups')).status).toBe(200);
    expect((await look('POST', '/signups', { kind: 'embedded' })).status).toBe(403);
    // Not even an administrator's access reaches people, keys or this list.
    for (const path of ['/api-keys', '/users', '/support-accesses', '/me']) {
      expect([401, 403]).toContain((await look('GET', path)).status);
    }

    const mine = (await stack.api('GET', '/support-accesses', { token })).body.data;
    expect(mine).toMatchObject([{ who: 'sam@provider.example', reason: 'ticket 7', writes: false, ended_at: null }]);
    const uses = (await stack.api('GET', `/support-accesses/${mine[0].id}/uses`, { token })).body.data;
    expect(uses).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ method: 'GET', path: '/api/v1/signups', allowed: true }),
        expect.objectContaining({ method: 'POST', path: '/api/v1/signups', allowed: false }),
      ]),
    );

    expect((await stack.api('DELETE', `/support-accesses/${mine[0].id}`, { token })).status).toBe(204);
    expect((await look('GET', '/signups')).status).toBe(401);
    expect((await stack.api('DELETE', `/support-accesses/${mine[0].id}`, { token })).status).toBe(404);
  });

  it('is nobody else’s business', async () => {
    const [one, other] = [await stack.merchant(), await stack.merchant()];
    const { body } = await http('POST', `${admin.url}/admin/v1/tenants/${one.tenantId}/support-accesses`, {
      token: staff,
      body: { reason: 'ticket 8' },
    });
    expect((await stack.api('GET', '/support-accesses', { token: other.token })).body.data).toEqual([]);
    expect((await stack.api('GET', `/support-accesses/${body.id}/uses`, { token: other.token })).status).toBe(404);
    expect((await stack.api('DELETE', `/support-accesses/${body.id}`, { token: other.token })).status).toBe(404);
  });
});
