import { jest } from '@jest/globals';
import { eventually, http } from '../../../../test/support/app.js';
import type { Merchant } from '../../../../test/support/gateway.js';
import { textTo } from '../../../../test/support/gateway.js';
import { CUSTOMER, OnPremisesStage, PASSWORD } from '../../../../test/support/on-premises.js';
import { CheckHealth } from './check-health.js';

const stage = new OnPremisesStage();
let shop: Merchant;

let check: () => Promise<void>;
beforeAll(async () => {
  await stage.start();
  const checks = stage.worker.app.get(CheckHealth, { strict: false });
  check = checks.check.bind(checks);
  // The worker looks now and then by itself; here it looks when it is asked to.
  jest.spyOn(checks, 'check').mockResolvedValue();
});
afterAll(() => stage.stop());
beforeEach(async () => {
  shop = await stage.merchant();
});

const secretsOf = async () =>
  (
    await stage.database.owner.query('SELECT * FROM on_premises_clients WHERE tenant_id = $1', [shop.tenantId])
  ).rows.map((row) => JSON.stringify(row));
/** The next periodic look, now. */
const look = async () => {
  await stage.database.owner.query(`UPDATE on_premises_clients SET check_due_at = '2000-01-01'`);
  await check();
};
const health = async () => (await stage.api(shop, 'GET', '')).body.health;

describe('a tenant that puts its number on an On-Premises client', () => {
  it('has it logged in, with a password of its own, looked at, and its callbacks directed here', async () => {
    const set = await stage.onPremises(shop);
    expect(set).toMatchObject({
      phone_number_id: shop.metaPhoneNumberId,
      state: 'active',
      user_name: 'admin',
      has_ca: false,
      template_namespace: expect.stringMatching(/\w/),
      health: { state: 'connected', last_error: null, nodes: [{ name: '', gateway_status: 'connected' }] },
    });
    expect((await stage.clientAtSandbox(shop)).settings.webhooks.url).toMatch(
      `${stage.gateway.url}/on-premises/webhooks/${shop.metaPhoneNumberId}?token=`,
    );
    expect((await stage.api(shop, 'GET', '')).body).toEqual(set);
  });

  it('finds no secret in any answer, and none is stored in clear', async () => {
    const set = await stage.onPremises(shop);
    const token = new URL((await stage.clientAtSandbox(shop)).settings.webhooks.url).searchParams.get(
      'token',
    ) as string;
    expect(token.length).toBeGreaterThan(40);
    for (const text of [JSON.stringify(set), ...(await secretsOf())]) {
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain(token);
    }
  });

  it('may repeat the call, and change what it likes', async () => {
    await stage.onPremises(shop);
    const { url } = stage.wish(shop);
    const again = await stage.api(shop, 'PUT', '', stage.wish(shop, { url: `${url}/v1/`, template_namespace: 'mine' }));
    expect([again.status, again.body.url, again.body.template_namespace]).toEqual([200, url, 'mine']);
    expect(await secretsOf()).toHaveLength(1);
  });

  it('is told why nothing was changed', async () => {
    await stage.client(shop);
    const closed = stage.wish(shop, { url: 'http://127.0.0.1:1' });
    const cases: [object, number, string][] = [
      [stage.wish(shop, { password: 'wrong', new_password: undefined }), 422, 'client_refused'],
      [closed, 502, 'client_unreachable'],
      [stage.wish(shop, { new_password: 'weak' }), 400, 'invalid_request'],
      [stage.wish(shop, { url: 'http://10.0.0.1:9090' }), 400, 'invalid_request'],
      [stage.wish(shop, { url: 'http://169.254.169.254' }), 400, 'invalid_request'],
      [stage.wish(shop, { url: 'ftp://client.example' }), 400, 'invalid_request'],
      [stage.wish(shop, { ca_pem: 'no certificate' }), 400, 'invalid_request'],
    ];
    for (const [wish, status, code] of cases) {
      const answer = await stage.api(shop, 'PUT', '', wish);
      expect([answer.status, answer.body.error.code]).toEqual([status, code]);
    }
    expect((await stage.api(shop, 'GET', '')).status).toBe(404);
    expect(await secretsOf()).toEqual([]);
  });

  it('cannot see or change the client of another', async () => {
    await stage.onPremises(shop);
    const stranger = { ...(await stage.merchant()), metaPhoneNumberId: shop.metaPhoneNumberId };
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PUT', '', stage.wish(shop)],
      ['DELETE', '', undefined],
    ] as const) {
      expect((await stage.api(stranger, method, path, body)).status).toBe(404);
    }
    expect((await stage.api(stranger, 'POST', '/move-to-cloud', {})).body.error.code).toBe('unknown_object');
    expect((await stage.api(shop, 'GET', '')).body.state).toBe('active');
  });

  it('takes it off again: the number then sends nothing, and the old address takes nothing', async () => {
    await stage.onPremises(shop);
    const { url } = (await stage.clientAtSandbox(shop)).settings.webhooks;
    expect((await stage.api(shop, 'DELETE', '')).status).toBe(204);
    expect((await stage.clientAtSandbox(shop)).settings.webhooks.url).toBe('');
    expect((await http('POST', url, { body: { statuses: [] } })).status).toBe(404);
    const refused = await eventually(async () => {
      const answer = await stage.sendRaw(shop, textTo(CUSTOMER));
      return answer.status !== 200 && answer;
    });
    expect(refused.body.error.code).toBe(133010);
    expect((await stage.api(shop, 'GET', '')).status).toBe(404);
  });
});

describe('how a client is', () => {
  it('is looked at again and again, and said to the tenant with its last error', async () => {
    await stage.onPremises(shop);
    await stage.control('POST', `/on_premises/${stage.nameOf(shop)}`, { gateway_status: 'disconnected' });
    await look();
    expect(await health()).toMatchObject({ state: 'disconnected', last_error: 'the client says: disconnected' });
    await stage.fault(shop, '/health', { mode: 'drop' });
    await look();
    expect(await health()).toMatchObject({ state: 'unreachable', nodes: [] });
    await stage.control('POST', `/on_premises/${stage.nameOf(shop)}`, { gateway_status: 'connected' });
    await look();
    expect(await health()).toMatchObject({ state: 'connected', last_error: expect.stringContaining('did not answer') });
    const metrics = await http('GET', `${stage.worker.url}/metrics`);
    expect(metrics.body).toMatch(/on_premises_clients\{state="active",health="connected"[^}]*\} [1-9]/);
  });

  it('shows every node of a setup with several', async () => {
    await stage.onPremises(shop);
    const nodes = [
      { name: 'a:1', role: 'primary_master', gateway_status: 'connected' },
      { name: 'b:1', role: 'coreapp', gateway_status: 'disconnected' },
    ];
    await stage.control('POST', `/on_premises/${stage.nameOf(shop)}`, { nodes });
    await look();
    expect(await health()).toMatchObject({ state: 'connected', nodes });
  });

  it('lets a number send that was never connected, but not one that Meta took back, unless the tenant sets it anew', async () => {
    const status = async (set?: string) => {
      const values = set ? [shop.tenantId, set] : [shop.tenantId];
      const sql = set
        ? 'UPDATE phone_numbers SET status = $2 WHERE tenant_id = $1 RETURNING status'
        : 'SELECT status FROM phone_numbers WHERE tenant_id = $1';
      return (await stage.database.owner.query(sql, values)).rows[0].status;
    };
    await stage.onPremises(shop);
    for (const [before, after] of [
      ['PENDING', 'CONNECTED'],
      ['DISCONNECTED', 'DISCONNECTED'],
      ['BANNED', 'BANNED'],
    ] as const) {
      await status(before);
      await look();
      expect([before, await status()]).toEqual([before, after]);
    }
    await status('DISCONNECTED');
    await stage.api(shop, 'PUT', '', stage.wish(shop));
    expect(await status()).toBe('CONNECTED');
  });

  it('includes that its callbacks come here: a client that forgot the address is told it again', async () => {
    await stage.onPremises(shop);
    const { url } = (await stage.clientAtSandbox(shop)).settings.webhooks;
    await stage.database.owner.query(`UPDATE on_premises_clients SET check_due_at = '2000-01-01'`);
    const fleet = stage.sandbox.meta.onPremises.client(stage.nameOf(shop));
    fleet.settings.reset();
    await look();
    expect((await stage.clientAtSandbox(shop)).settings.webhooks.url).toBe(url);
  });
});
