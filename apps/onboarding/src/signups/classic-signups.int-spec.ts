import { newId } from '#libs/ids';
import { Database } from '#libs/persistence';
import { LiveSettings } from '#libs/provider-settings';
import { AdminModule } from '../../../../apps/admin/src/admin.module.js';
import { GATEWAY } from '../../../../apps/gateway/src/gateway.js';
import { GatewayWorkerModule } from '../../../../apps/gateway/src/gateway-worker.module.js';
import { eventually, http, type RunningApp, startApp } from '../../../../test/support/app.js';
import { customerWrote, textTo } from '../../../../test/support/gateway.js';
import { type Json, OnboardingStack, someStaff } from '../../../../test/support/onboarding.js';
import { Signups } from './signups.js';

const PARTNER = '300000000000001';
const CUSTOMER = '16505551234';

/** What the provider carries out for an approved application, with its own token. */
describe('a signup without Meta’s dialog', () => {
  let stack: OnboardingStack;
  let token: string;
  let tenantId: string;
  let nth = 0;
  beforeAll(async () => {
    stack = await OnboardingStack.start();
    await stack.startWorker();
  });
  afterAll(() => stack.stop());
  beforeEach(async () => {
    await stack.meta('DELETE', '/faults');
    ({ token, tenantId } = await stack.merchant());
  });

  /** As staff's approval begins it. @returns its id */
  const begin = (applicationId = newId(new Date())): Promise<string> => {
    const wanted = { phone: `+5255123${String(40_000 + ++nth)}`, displayName: 'Flores' };
    return stack.app.app
      .get(Database)
      .inTenant(tenantId, (tx) =>
        stack.app.app.get(Signups).beginIn(tx, tenantId, { kind: 'classic', facts: { applicationId, wanted } }),
      );
  };
  const until = (id: string, holds: (signup: Json) => unknown): Promise<Json> =>
    eventually(async () => {
      const signup = await stack.look(token, id);
      return holds(signup) ? signup : undefined;
    }, 30_000).catch(async (error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(await stack.look(token, id))}`);
    });
  const waitsForProof = (id: string) => until(id, (s) => s.next_action.kind === 'verify');
  const prove = async (number: string): Promise<void> => {
    await stack.api('POST', `/numbers/${number}/code`, { token, body: { method: 'SMS', language: 'es_MX' } });
    const { verification_code: code } = await stack.meta('GET', `/phone_numbers/${number}`);
    expect((await stack.api('POST', `/numbers/${number}/verify`, { token, body: { code } })).status).toBe(200);
  };
  const held = async (id: string): Promise<Json> =>
    (
      await stack.database.owner.query(
        'SELECT state, facts, sealed_code, sealed_token, round FROM signups WHERE signup_id = $1',
        [id],
      )
    ).rows[0];

  it('takes neither a code nor an event of the dialog, and is what it was', async () => {
    // Of somebody else here: it is on no tenant's list, and the provider's token reaches it.
    const theirs = await stack.meta('POST', '/embedded_signup', { business_name: 'Somebody else' });
    const id = await begin();
    const waiting = await waitsForProof(id);
    const before = await held(id);
    for (const waba of [theirs.waba_id, '1']) {
      const event = { type: 'WA_EMBEDDED_SIGNUP', event: 'FINISH', data: { waba_id: waba } };
      expect((await stack.api('POST', `/signups/${id}/event`, { token, body: event })).status).toBe(409);
    }
    const code = await stack.api('POST', `/signups/${id}/code`, { token, body: { code: theirs.code } });
    expect([code.status, code.body.error.code]).toEqual([409, 'conflict']);
    expect(await held(id)).toEqual(before);
    await prove(waiting.phone_number_id);
    const live = await until(id, (s) => s.state === 'live');
    expect(live).toMatchObject({ waba_id: waiting.waba_id, phone_number_id: waiting.phone_number_id });
  });

  it('waits while Meta does not show the account that was made for it, and never takes another', async () => {
    const applicationId = newId(new Date());
    const own = await stack.meta('POST', '/wabas', {
      business_id: PARTNER,
      name: `Flores ${applicationId.slice(-12)}`,
    });
    // The newest account that the provider's token reaches, with a number that is verified.
    const theirs = await stack.meta('POST', '/embedded_signup', { business_name: 'Somebody else' });
    await stack.meta('POST', '/faults', {
      path: `/${own.id}`,
      mode: 'error',
      http_status: 400,
      code: 100,
      subcode: 33,
    });
    const id = await begin(applicationId);
    const waiting = await waitsForProof(id);
    expect(waiting.waba_id).toBe(own.id);
    expect((await stack.meta('GET', '/faults')).data).toEqual([]);
    const { rows } = await stack.database.owner.query('SELECT meta_id FROM meta_routes WHERE tenant_id = $1', [
      tenantId,
    ]);
    expect(rows.map((r) => r.meta_id)).not.toContain(theirs.waba_id);
  });

  it('that Meta refuses is the provider’s to mend and can be tried again: there is no dialog to open', async () => {
    const applicationId = newId(new Date());
    const own = await stack.meta('POST', '/wabas', {
      business_id: PARTNER,
      name: `Flores ${applicationId.slice(-12)}`,
    });
    await stack.meta('POST', '/faults', { path: `/${own.id}`, mode: 'error', http_status: 401, code: 190 });
    const id = await begin(applicationId);
    const failed = await until(id, (s) => s.state === 'failed');
    expect(failed.next_action).toMatchObject({ who: 'provider', kind: 'retry' });
    expect(failed.steps.find((s: Json) => s.cause).cause.code).toBe('token_lost');
    expect(JSON.stringify(failed)).not.toContain('Connect again');
    expect((await stack.api('POST', `/signups/${id}/retry`, { token })).status).toBe(200);
    await waitsForProof(id);
  });

  it('goes on once Meta shows its number verified, though nobody was there to hear of it', async () => {
    const id = await begin();
    const { phone_number_id: number } = await waitsForProof(id);
    // The process died between Meta's answer and ours.
    Object.assign(stack.sandbox.meta.world.get('phone_number', number) ?? {}, { codeVerificationStatus: 'VERIFIED' });
    await stack.database.owner.query('UPDATE wabas SET looked_at = NULL WHERE tenant_id = $1', [tenantId]);
    await until(id, (s) => s.state === 'live');
  });

  it('goes on when its number is verified through the Cloud API, or is looked at after an answer was lost', async () => {
    const gateway = await startApp(GATEWAY.module as never, stack.environment, { ...GATEWAY });
    try {
      const id = await begin();
      const { phone_number_id: number } = await waitsForProof(id);
      const { api_key: key } = (await stack.api('POST', '/api-keys', { token, body: { name: 'shop' } })).body;
      const cloud = (edge: string, body: Json) =>
        http('POST', `${gateway.url}/v24.0/${number}/${edge}`, { token: key, body });
      expect((await cloud('request_code', { code_method: 'SMS', language: 'es_MX' })).status).toBe(200);
      const { verification_code: code } = await stack.meta('GET', `/phone_numbers/${number}`);
      expect((await cloud('verify_code', { code })).status).toBe(200);
      await until(id, (s) => s.state === 'live');
    } finally {
      await gateway.close();
    }
    const id = await begin();
    const { phone_number_id: number } = await waitsForProof(id);
    await stack.api('POST', `/numbers/${number}/code`, { token, body: { method: 'SMS', language: 'es_MX' } });
    const { verification_code: code } = await stack.meta('GET', `/phone_numbers/${number}`);
    await stack.meta('POST', '/faults', { path: `/${number}/verify_code`, mode: 'drop_after_accept' });
    expect((await stack.api('POST', `/numbers/${number}/verify`, { token, body: { code } })).status).toBe(502);
    expect((await stack.api('GET', `/numbers/${number}?refresh=true`, { token })).body.state).toBe('verified');
    await until(id, (s) => s.state === 'live');
  });

  describe('after the provider has replaced its token', () => {
    let admin: RunningApp;
    let staff: string;
    let secret = 'sandbox-system-user-token';
    beforeAll(async () => {
      admin = await startApp(AdminModule, stack.environment, { name: 'admin' });
      staff = await someStaff(stack, admin, 'ana@provider.example', 'administrator');
    });
    afterAll(() => admin.close());

    /** A new token in the settings; Meta refuses the one before. */
    async function replace(...others: RunningApp[]): Promise<void> {
      const old = secret;
      secret = `another-system-user-token-${++nth}`;
      await stack.meta('POST', '/tokens', { value: secret });
      const changed = await http('PUT', `${admin.url}/admin/v1/settings/meta-secrets/system_user_token`, {
        token: staff,
        body: { secret, reason: 'the old one leaked' },
      });
      expect(changed.status).toBeLessThan(300);
      stack.sandbox.meta.world.tokens.delete(old);
      for (const process of [stack.app, ...others]) await process.app.get(LiveSettings).look();
      await stack.inWorker(LiveSettings).look();
    }

    it('goes on where it waited', async () => {
      const id = await begin();
      const { phone_number_id: number } = await waitsForProof(id);
      await replace();
      await prove(number);
      await until(id, (s) => s.state === 'live');
    });

    it('is live and sends as before', async () => {
      const id = await begin();
      const { phone_number_id: number } = await waitsForProof(id);
      await prove(number);
      await until(id, (s) => s.state === 'live');
      const gateway = await startApp(GATEWAY.module as never, stack.environment, { ...GATEWAY });
      const worker = await startApp(GatewayWorkerModule, stack.environment, { name: 'gateway-worker' });
      try {
        const { rows } = await stack.database.owner.query(
          'SELECT phone_number_id AS "phoneNumberId" FROM phone_numbers WHERE tenant_id = $1',
          [tenantId],
        );
        await customerWrote(stack.database, { ...rows[0], tenantId }, CUSTOMER);
        const message = { type: 'text', text: { body: 'Hi' } };
        await stack.meta('POST', '/inbound', { phone_number_id: number, from: CUSTOMER, message });
        const { api_key: key } = (await stack.api('POST', '/api-keys', { token, body: { name: 'shop' } })).body;
        await replace(gateway, worker);
        const sent = await http('POST', `${gateway.url}/v24.0/${number}/messages`, {
          token: key,
          body: textTo(CUSTOMER),
        });
        expect([sent.status, sent.body.error]).toEqual([200, undefined]);
        await eventually(
          async () => (await stack.meta('GET', `/messages?phone_number_id=${number}`)).data.length === 1,
          60_000,
        );
      } finally {
        await worker.close();
        await gateway.close();
      }
    });
  });
});
