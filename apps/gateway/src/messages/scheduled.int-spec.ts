import { messageIdOf } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import type { TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import type { GraphStandIn } from '../../../../test/support/graph-stand-in.js';

const CUSTOMER = '16505551234';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const stage = new GatewayStage();
let database: TestDatabase;
let graph: GraphStandIn;
let gateway: RunningApp;
let shop: Merchant;

beforeAll(async () => {
  ({ database, graph, gateway } = await stage.start());
});
afterAll(() => stage.stop());
beforeEach(async () => {
  shop = await aMerchant(gateway.app);
  await customerWrote(database, shop, CUSTOMER);
  graph.calls.length = 0;
});

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const post = (body: object) =>
  http('POST', `${gateway.url}/v24.0/${shop.metaPhoneNumberId}/messages`, { token: shop.apiKey, body });
const native = (method: string, path: string, body?: unknown, token = shop.apiKey) =>
  http(method, `${gateway.url}/api/v1/messages${path}`, { token, body });
const sends = () => graph.calls.filter((c) => c.path === `/${shop.metaPhoneNumberId}/messages`);
/** The hours until then pass. */
const itIsTime = (ref: string) =>
  database.owner.query(`UPDATE messages SET not_before = now() - interval '1 ms' WHERE message_id = $1`, [
    messageIdOf(ref),
  ]);
const until = (ref: string, status: string) =>
  eventually(async () => {
    const { body } = await native('GET', `/${ref}`);
    return body.status === status ? body : false;
  });

describe('a scheduled message', () => {
  it('waits until its time and is sent then, without a word of the schedule to Meta', async () => {
    const sendAt = inMs(3 * HOUR);
    const answer = await post({ ...templateTo(CUSTOMER), send_at: sendAt });
    expect(answer.status).toBe(200);
    const ref = answer.body.messages[0].id;
    const now = await post(textTo(CUSTOMER, 'this goes first'));
    await until(now.body.messages[0].id, 'submitted');
    expect((await native('GET', `/${ref}`)).body).toMatchObject({ status: 'accepted', not_before: sendAt });
    await itIsTime(ref);
    await until(ref, 'submitted');
    expect(sends()).toHaveLength(2);
    expect(JSON.stringify(sends())).not.toContain('send_at');
  });

  it('is sent by itself when its time comes', async () => {
    const answer = await native('POST', '', {
      ...templateTo(CUSTOMER),
      phone_number_id: shop.metaPhoneNumberId,
      send_at: inMs(1_000),
    });
    expect([answer.status, answer.body]).toMatchObject([201, { status: 'accepted', recipient: CUSTOMER }]);
    expect((await until(answer.body.ref, 'submitted')).id).toBe(answer.body.id);
  });

  it('lives as long from its time on as another from now on', async () => {
    const { body } = await post({ ...templateTo(CUSTOMER), send_at: inMs(10 * DAY) });
    const message = (await native('GET', `/${body.messages[0].id}`)).body;
    expect(Date.parse(message.expires_at) - Date.parse(message.not_before)).toBe(26 * HOUR);
  });

  it('may be 30 days ahead and no more, and not in the past', async () => {
    expect((await post({ ...templateTo(CUSTOMER), send_at: inMs(30 * DAY - 60_000) })).status).toBe(200);
    for (const send_at of [inMs(30 * DAY + 60_000), inMs(-HOUR), 'soon']) {
      const { status, body } = await post({ ...templateTo(CUSTOMER), send_at });
      expect([status, body.error.code]).toEqual([400, 131009]);
      expect(body.error.error_data.details).toMatch(/^send_at: /);
    }
  });

  it('may be free-form only while the window will be open', async () => {
    expect((await post(textTo(CUSTOMER, 'later', { send_at: inMs(23 * HOUR) }))).status).toBe(200);
    const { status, body } = await post(textTo(CUSTOMER, 'too late', { send_at: inMs(25 * HOUR) }));
    expect([status, body.error.code]).toEqual([400, 131047]);
    expect(body.error.error_data.details).toMatch(/before send_at/);
  });

  it('waits, when its time has come, for a template that is paused', async () => {
    const { body } = await post({ ...templateTo(CUSTOMER), send_at: inMs(HOUR) });
    const ref = body.messages[0].id;
    await gateway.app.get(Database).inTenant(shop.tenantId, (tx) =>
      gateway.app.get(Templates).applyReport(tx, shop.tenantId, {
        metaTemplateId: shop.templates.order_update?.metaTemplateId ?? '',
        at: new Date(),
        source: 'meta-webhook',
        status: { word: 'PAUSED' },
      }),
    );
    await itIsTime(ref);
    expect((await until(ref, 'parked')).history.at(-1).detail).toEqual({ reason: 'template_paused' });
    expect(sends()).toEqual([]);
  });

  it('counts against the messaging limit when the window that was open at acceptance has closed', async () => {
    shop = await aMerchant(gateway.app, { limit: 'TIER_50' });
    await customerWrote(database, shop, CUSTOMER);
    const { body } = await post({ ...templateTo(CUSTOMER), send_at: inMs(HOUR) });
    const ref = body.messages[0].id;
    await customerWrote(database, shop, CUSTOMER, 25 * HOUR);
    await itIsTime(ref);
    await until(ref, 'submitted');
    const { rows } = await database.owner.query('SELECT in_window FROM messages WHERE message_id = $1', [
      messageIdOf(ref),
    ]);
    expect(rows).toEqual([{ in_window: false }]);
  });
});

describe('a message that waits', () => {
  it('can be cancelled, says so in its history and is never sent', async () => {
    const { body } = await post({ ...templateTo(CUSTOMER), send_at: inMs(HOUR) });
    const ref = body.messages[0].id;
    expect(await native('DELETE', `/${ref}`)).toMatchObject({ status: 200, body: { ref, status: 'cancelled' } });
    await itIsTime(ref);
    await until((await post(textTo(CUSTOMER))).body.messages[0].id, 'submitted');
    const message = (await native('GET', `/${ref}`)).body;
    expect(message.history.map((e: { kind: string }) => e.kind)).toEqual(['accepted', 'cancelled']);
    expect(sends()).toHaveLength(1);
    expect((await native('DELETE', `/${ref}`)).status).toBe(409);
  });

  it('cannot be cancelled once Meta has it', async () => {
    const ref = (await post(textTo(CUSTOMER))).body.messages[0].id;
    await until(ref, 'submitted');
    expect(await native('DELETE', `/${ref}`)).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
  });

  it('cannot be cancelled by another tenant', async () => {
    const { body } = await post({ ...templateTo(CUSTOMER), send_at: inMs(HOUR) });
    const stranger = await aMerchant(gateway.app);
    const ref = body.messages[0].id;
    expect((await native('DELETE', `/${ref}`, undefined, stranger.apiKey)).status).toBe(404);
    expect((await native('GET', `/${ref}`)).body.status).toBe('accepted');
  });

  it('is sent or cancelled, never both, when both are asked at once', async () => {
    const refs: string[] = [];
    for (let i = 0; i < 20; i++) refs.push((await post(textTo(CUSTOMER, String(i)))).body.messages[0].id);
    const cancelled = (await Promise.all(refs.map((ref) => native('DELETE', `/${ref}`)))).filter(
      (a) => a.status === 200,
    ).length;
    await eventually(async () => {
      const all = await Promise.all(refs.map(async (ref) => (await native('GET', `/${ref}`)).body.status));
      return all.every((s) => s === 'submitted' || s === 'cancelled');
    });
    expect(sends()).toHaveLength(20 - cancelled);
  });
});

describe('the native call', () => {
  it.each([
    ['no number', {}, 'missing_parameter', 400],
    ['the number of nobody', { phone_number_id: '1' }, 'unknown_object', 400],
  ])('is refused in the native envelope: %s', async (_, more, code, status) => {
    const answer = await native('POST', '', { ...templateTo(CUSTOMER), ...more });
    expect(answer).toMatchObject({ status, body: { error: { code, request_id: expect.any(String) } } });
  });
});
