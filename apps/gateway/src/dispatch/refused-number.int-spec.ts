import { Wake } from '#libs/queues';
import { eventually, http } from '../../../../test/support/app.js';
import { aMerchant, type Merchant, templateTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import type { GraphCall } from '../../../../test/support/graph-stand-in.js';

const stage = new GatewayStage();
beforeAll(() => stage.start());
afterAll(() => stage.stop());
beforeEach(() => {
  stage.graph.calls.length = 0;
  stage.graph.answer = () => stage.graph.taken();
});

const isSend = (call: GraphCall) => call.path.endsWith('/messages');
const sends = () => stage.graph.calls.filter(isSend);
const refuseSends = (code: number, status: number) => {
  stage.graph.answer = (call) =>
    isSend(call) ? { status, body: { error: { message: 'x', code } } } : { body: { success: true } };
};
const wake = (shop: Merchant) =>
  stage.gateway.app.get(Wake, { strict: false }).lane('gateway.dispatch', {
    tenantId: shop.tenantId,
    phoneNumberId: shop.phoneNumberId,
  });
const told = async (shop: Merchant): Promise<string[]> =>
  (
    await stage.database.owner.query(
      `SELECT told FROM account_events WHERE tenant_id = $1 AND topic = 'refusal' ORDER BY at`,
      [shop.tenantId],
    )
  ).rows.map((row) => row.told);
/** The hold of the number ends, and its dispatcher looks. */
const timePasses = async (shop: Merchant) => {
  await stage.database.owner.query(
    `UPDATE account_events SET detail = detail || jsonb_build_object('until', now()::text)
      WHERE tenant_id = $1 AND topic = 'refusal' AND told <> 'LIFTED'`,
    [shop.tenantId],
  );
  await wake(shop);
};
const countOf = async (shop: Merchant, status: string): Promise<number> =>
  Number(
    (
      await stage.database.owner.query('SELECT count(*) FROM messages WHERE tenant_id = $1 AND status = $2', [
        shop.tenantId,
        status,
      ])
    ).rows[0].count,
  );
const MANY = 120;
/** A broadcast over a number that Meta refuses: what was called has failed, the rest waits. @returns how many wait */
const held = async (shop: Merchant, code: number, status: number): Promise<number> => {
  refuseSends(code, status);
  await stage.whileHeld(shop, async () => {
    for (let i = 0; i < MANY; i++) await stage.send(shop, templateTo(`+1650555${3_100 + i}`));
  });
  await eventually(async () => (await told(shop)).length === 1, 60_000);
  await eventually(
    async () =>
      (await countOf(shop, 'failed')) + (await countOf(shop, 'accepted')) === MANY && (await headroom(shop)).refused,
    60_000,
  );
  const waiting = await countOf(shop, 'accepted');
  expect(waiting).toBeGreaterThan(0);
  expect(waiting).toBeLessThanOrEqual(MANY - 3);
  return waiting;
};
const headroom = async (shop: Merchant) =>
  (await http('GET', `${stage.gateway.url}/api/v1/headroom`, { token: shop.apiKey })).body.data[0];

describe('a number that Meta refuses altogether', () => {
  it('is held, says why, tries with one message after a growing while, and goes on when Meta takes it', async () => {
    const shop = await aMerchant(stage.gateway.app, { throughput: 'STANDARD' });
    const waiting = await held(shop, 131031, 403);
    expect((await headroom(shop)).refused).toMatchObject({
      code: 131031,
      title: 'Account has been locked',
      advice: expect.stringContaining('WhatsApp Manager'),
    });
    const refused = await eventually(async () => {
      const answer = await stage.trySend(shop, templateTo('+16505553200'));
      return answer.status === 403 && answer;
    });
    expect(refused.body.error).toMatchObject({
      code: 131031,
      error_data: { details: expect.stringContaining('WhatsApp Manager') },
    });

    const before = sends().length;
    await timePasses(shop);
    await eventually(async () => (await told(shop)).length === 2, 60_000);
    expect(sends().length).toBe(before + 1);
    const { rows } = await stage.database.owner.query(
      `SELECT detail ->> 'tries' AS tries, (detail ->> 'until')::timestamptz - at AS gap FROM account_events
        WHERE tenant_id = $1 AND topic = 'refusal' ORDER BY at DESC LIMIT 1`,
      [shop.tenantId],
    );
    expect(rows[0]).toMatchObject({ tries: '2', gap: { minutes: 5 } });

    stage.graph.answer = () => stage.graph.taken();
    stage.graph.calls.length = 0;
    await timePasses(shop);
    await eventually(async () => (await countOf(shop, 'submitted')) === waiting - 1, 60_000);
    expect(sends()).toHaveLength(waiting - 1);
    await eventually(async () => (await headroom(shop)).refused === null);
  }, 180_000);

  it('sends again at once when it is registered again', async () => {
    const shop = await aMerchant(stage.gateway.app, { throughput: 'STANDARD' });
    const waiting = await held(shop, 133010, 400);
    const refused = await eventually(async () => {
      const answer = await stage.trySend(shop, templateTo('+16505553200'));
      return answer.status === 400 && answer;
    });
    expect(refused.body.error).toMatchObject({
      code: 133010,
      error_data: { details: expect.stringContaining('Register the number again') },
    });
    stage.graph.answer = (call) => (isSend(call) ? stage.graph.taken() : { body: { success: true } });
    const registered = await http('POST', `${stage.gateway.url}/v24.0/${shop.metaPhoneNumberId}/register`, {
      token: shop.apiKey,
      body: { messaging_product: 'whatsapp', pin: '123456' },
    });
    expect(registered.status).toBe(200);
    expect(await told(shop)).toEqual(['133010', 'LIFTED']);
    await wake(shop);
    await eventually(async () => (await countOf(shop, 'submitted')) === waiting, 60_000);
  }, 120_000);

  it('is not held for one message that Meta refuses so, nor for some among others', async () => {
    const shop = await aMerchant(stage.gateway.app, { throughput: 'STANDARD' });
    for (let i = 0; i < 5; i++) {
      refuseSends(131031, 403);
      await stage.until(shop, await stage.send(shop, templateTo(`+1650555340${i}`)), 'failed', 60_000);
      stage.graph.answer = () => stage.graph.taken();
      await stage.until(shop, await stage.send(shop, templateTo(`+1650555350${i}`)), 'submitted', 60_000);
    }
    expect(await told(shop)).toEqual([]);
  }, 120_000);

  it.each([
    ['with Meta’s code while it is held', 131031, async (shop: Merchant) => held(shop, 131031, 403)],
    [
      'as run out while it is not connected',
      131043,
      async (shop: Merchant) => {
        await stage.whileHeld(shop, async () => {
          await stage.send(shop, templateTo('+16505553300'));
          await stage.database.owner.query(
            `UPDATE phone_numbers SET status = 'DISCONNECTED' WHERE phone_number_id = $1`,
            [shop.phoneNumberId],
          );
        });
        return 1;
      },
    ],
  ])(
    'fails what runs out %s',
    async (_, code, waiting) => {
      const shop = await aMerchant(stage.gateway.app, { throughput: 'STANDARD' });
      const many = await waiting(shop);
      await stage.database.owner.query('UPDATE messages SET expires_at = now() WHERE tenant_id = $1', [shop.tenantId]);
      await wake(shop);
      await eventually(async () => (await countOf(shop, 'expired')) === many, 60_000);
      const { rows } = await stage.database.owner.query(
        `SELECT e.body FROM tenant_events e WHERE e.tenant_id = $1 AND e.kind = 'status'`,
        [shop.tenantId],
      );
      const codes = rows.map(({ body }) => JSON.parse(body).entry[0].changes[0].value.statuses[0].errors[0].code);
      expect(codes.length).toBeGreaterThanOrEqual(many);
      expect(new Set(codes)).toEqual(new Set([code]));
    },
    120_000,
  );
});
