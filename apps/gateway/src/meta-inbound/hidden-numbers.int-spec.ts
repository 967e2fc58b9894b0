import { signBody } from '#libs/meta-cloud';
import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import type { TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, type Merchant, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import type { GraphStandIn } from '../../../../test/support/graph-stand-in.js';

const NOW = Math.floor(Date.now() / 1_000);
const PHONE = '16505550001';
const USER = 'US.13491208655302741918';

/** Since March 2026 a customer may hide the number; then webhooks carry a business-scoped user id instead. */
describe('a customer who hides the number', () => {
  const stage = new GatewayStage();
  let database: TestDatabase;
  let graph: GraphStandIn;
  let gateway: RunningApp;
  beforeAll(async () => {
    ({ database, graph, gateway } = await stage.start());
  });
  afterAll(() => stage.stop());

  const hear = async (shop: Merchant, value: object): Promise<void> => {
    const all = { messaging_product: 'whatsapp', metadata: { phone_number_id: shop.metaPhoneNumberId }, ...value };
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: shop.metaWabaId, changes: [{ field: 'messages', value: all }] }],
    });
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signBody(body, 'test-app-secret') };
    expect((await fetch(`${gateway.url}/meta/webhooks`, { method: 'POST', body, headers })).status).toBe(200);
    await eventually(async () => {
      const { rowCount } = await database.owner.query(
        `SELECT FROM meta_events WHERE tenant_id = $1 AND status = 'new'`,
        [shop.tenantId],
      );
      return rowCount === 0;
    });
  };
  let nth = 0;
  const wrote = (shop: Merchant, who: object, contact: object, at = NOW) =>
    hear(shop, {
      contacts: [{ profile: { name: 'Ada' }, ...contact }],
      messages: [{ ...who, id: `wamid.h${++nth}`, timestamp: String(at), type: 'text', text: { body: 'hi' } }],
    });
  const send = (shop: Merchant, body: unknown) =>
    http('POST', `${gateway.url}/${shop.metaPhoneNumberId}/messages`, { token: shop.apiKey, body });
  const byUserId = (userId: string) => ({ ...(textTo('') as object), to: undefined, recipient: userId });

  it('is answered by the user id, and its statuses find the message and the tenant', async () => {
    const shop = await aMerchant(gateway.app);
    expect((await send(shop, byUserId(USER))).body.error.code).toBe(131047);
    await wrote(shop, { from_user_id: USER }, { user_id: USER });
    const answer = await send(shop, byUserId(USER));
    expect(answer.body).toMatchObject({ contacts: [{ input: USER, user_id: USER }] });
    const ref = answer.body.messages[0].id;
    const [call] = await eventually(async () => {
      const calls = graph.calls.filter((c) => c.path === `/${shop.metaPhoneNumberId}/messages`);
      return calls.length > 0 && calls;
    });
    expect(call?.body).toMatchObject({ recipient: USER });
    expect(call?.body.to).toBeUndefined();
    await hear(shop, {
      contacts: [{ profile: { name: 'Ada' }, user_id: USER }],
      statuses: [
        {
          id: 'wamid.of.it',
          status: 'delivered',
          timestamp: String(NOW),
          recipient_user_id: USER,
          biz_opaque_callback_data: call?.body.biz_opaque_callback_data,
        },
      ],
    });
    const { body } = await http('GET', `${gateway.url}/api/v1/messages/${ref}`, { token: shop.apiKey });
    expect(body).toMatchObject({ status: 'delivered', recipient: USER });
    const told = await database.owner.query(
      `SELECT kind, customer FROM tenant_events WHERE tenant_id = $1 ORDER BY kind`,
      [shop.tenantId],
    );
    expect(told.rows).toEqual([
      { kind: 'message', customer: USER },
      { kind: 'status', customer: USER },
    ]);
  });

  it('can still be answered at the number that the tenant knows, while the window is open', async () => {
    const shop = await aMerchant(gateway.app);
    await wrote(shop, { from: PHONE, from_user_id: USER }, { wa_id: PHONE, user_id: USER }, NOW - 30 * 3_600);
    expect((await send(shop, textTo(PHONE))).body.error.code).toBe(131047);
    await wrote(shop, { from_user_id: USER }, { user_id: USER });
    expect((await send(shop, textTo(PHONE))).status).toBe(200);
    expect((await send(shop, byUserId(USER))).status).toBe(200);
    // Another customer's window is not touched.
    expect((await send(shop, textTo('16505550002'))).body.error.code).toBe(131047);
  });

  it('and gets another user id or number keeps the window', async () => {
    const shop = await aMerchant(gateway.app);
    await wrote(shop, { from: PHONE, from_user_id: USER }, { wa_id: PHONE, user_id: USER });
    const [newUser, newPhone] = [`${USER}9`, '16505550009'];
    const system = { type: 'user_changed_user_id', user_id: newUser, wa_id: newPhone, body: 'changed' };
    expect((await send(shop, byUserId(newUser))).body.error.code).toBe(131047);
    await hear(shop, {
      messages: [{ from: PHONE, from_user_id: USER, id: 'wamid.s', timestamp: String(NOW), type: 'system', system }],
    });
    expect((await send(shop, byUserId(newUser))).status).toBe(200);
    expect((await send(shop, textTo(newPhone))).status).toBe(200);
  });
});
