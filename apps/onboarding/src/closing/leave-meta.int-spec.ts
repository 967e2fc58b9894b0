import { eventually } from '../../../../test/support/app.js';
import { OnboardingStack } from '../../../../test/support/onboarding.js';

describe('a tenant whose grace is over', () => {
  let stack: OnboardingStack;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
    await stack.startWorker();
  });
  afterAll(() => stack.stop());
  beforeEach(() => stack.meta('DELETE', '/faults'));

  const sql = async (text: string, ...values: unknown[]) => (await stack.database.owner.query(text, values)).rows;

  /** A merchant with a live number, whose closing is due now. */
  async function closing() {
    const { token, tenantId } = await stack.merchant();
    const id = await stack.begin(token);
    const meta = await stack.meta('POST', '/embedded_signup', { business_name: 'Shop' });
    await stack.api('POST', `/signups/${id}/code`, { token, body: { code: meta.code } });
    await eventually(async () => (await stack.look(token, id)).state === 'live', 60_000);
    const due = async () => {
      await sql(`UPDATE tenants SET status = 'closing', closes_at = now() WHERE tenant_id = $1`, tenantId);
      await sql(
        `INSERT INTO closings (tenant_id, closing_id, state, stood, asked_by, asked_at, closes_at, due_at)
         VALUES ($1, gen_random_uuid(), 'grace', 'active', 'staff:a@b.example', now(), now(), now() - interval '1 minute')`,
        tenantId,
      );
    };
    const now = async () => (await sql('SELECT * FROM closings WHERE tenant_id = $1', tenantId))[0];
    return { tenantId, token, meta, due, now };
  }

  it('has its numbers deregistered and its accounts unsubscribed at Meta, and tokens and PINs forgotten', async () => {
    const { tenantId, token, meta, due, now } = await closing();
    await due();
    const closed = await eventually(async () => {
      const found = await now();
      return found.state === 'erasing' && found;
    }, 60_000);
    expect(closed.steps).toMatchObject([
      { did: 'deregister', of: meta.phone_number_id, outcome: 'done' },
      { did: 'unsubscribe', of: meta.waba_id, outcome: 'done' },
    ]);
    const calls = JSON.stringify((await stack.meta('GET', `/calls?path=${meta.waba_id}/subscribed_apps`)).data);
    expect(calls).toContain('DELETE');
    expect((await stack.meta('GET', `/phone_numbers/${meta.phone_number_id}`)).status).not.toBe('CONNECTED');
    expect(await sql('SELECT sealed_token FROM wabas WHERE tenant_id = $1', tenantId)).toEqual([
      { sealed_token: null },
    ]);
    expect(await sql('SELECT sealed_pin, status FROM phone_numbers WHERE tenant_id = $1', tenantId)).toEqual([
      { sealed_pin: null, status: 'DELETED' },
    ]);
    expect((await stack.api('GET', '/me', { token })).status).toBe(401);
  });

  it('does not wait for Meta longer than a few tries: what was given up is written down', async () => {
    const { meta, due, now } = await closing();
    await stack.meta('POST', '/faults', {
      path: `/${meta.waba_id}/subscribed_apps`,
      mode: 'error',
      http_status: 503,
      code: 2,
      count: 50,
    });
    await due();
    await eventually(async () => (await now()).attempts === 1, 60_000);
    expect((await now()).steps).toMatchObject([{ did: 'deregister', outcome: 'done' }]);
    await sql('UPDATE closings SET attempts = 5, due_at = now() WHERE closing_id = $1', (await now()).closing_id);
    const closed = await eventually(async () => {
      const found = await now();
      return found.state === 'erasing' && found;
    }, 60_000);
    expect(closed.steps).toMatchObject([
      { did: 'deregister', outcome: 'done' },
      { did: 'unsubscribe', of: meta.waba_id, outcome: 'given_up', said: expect.any(String) },
    ]);
  });
});
