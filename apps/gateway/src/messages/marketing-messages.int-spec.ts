import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import { aMerchant, customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import type { GraphStandIn } from '../../../../test/support/graph-stand-in.js';

const stage = new GatewayStage();
let graph: GraphStandIn;
let gateway: RunningApp;
let shop: Merchant;

beforeAll(async () => {
  ({ graph, gateway } = await stage.start());
  shop = await aMerchant(gateway.app);
});
afterAll(() => stage.stop());

let lastCustomer = 16505552000;
const customer = () => `+${++lastCustomer}`;
const post = (body: unknown, path = 'marketing_messages', headers?: Record<string, string>) =>
  http('POST', `${gateway.url}/v24.0/${shop.metaPhoneNumberId}/${path}`, {
    token: shop.apiKey,
    body,
    ...(headers ? { headers } : {}),
  });
const sale = (to: string, more: object = {}) => ({ ...templateTo(to, 'spring_sale'), ...more });
const calledFor = (to: string) => eventually(async () => graph.calls.find(({ body }) => body?.to === to), 60_000);

describe('a marketing message', () => {
  it.each([
    ['with what the caller chose', { product_policy: 'STRICT', message_activity_sharing: true }],
    ['by the Cloud API where it cannot go its way, if the caller says nothing', {}],
  ])("goes by Meta's own path, %s", async (_, chosen) => {
    const to = customer();
    const answer = await post(sale(to, chosen));
    expect(answer).toMatchObject({
      status: 200,
      body: { messages: [{ id: expect.stringMatching(/^wamid\./), message_status: 'accepted' }] },
    });
    const call = await calledFor(to);
    expect(call.path).toBe(`/${shop.metaPhoneNumberId}/marketing_messages`);
    expect(call.body).toEqual({
      ...sale(to),
      recipient_type: 'individual',
      product_policy: 'CLOUD_API_FALLBACK',
      ...chosen,
      biz_opaque_callback_data: expect.any(String),
    });
  });

  it('goes with many others', async () => {
    const [marketing, plain] = [customer(), customer()];
    const answer = await http('POST', `${gateway.url}/api/v1/messages/batches`, {
      token: shop.apiKey,
      body: {
        phone_number_id: shop.metaPhoneNumberId,
        messages: [sale(marketing, { product_policy: 'STRICT' }), sale(plain)],
      },
    });
    expect(answer.body.data).toMatchObject([{ status: 'accepted' }, { status: 'accepted' }]);
    expect((await calledFor(marketing)).path).toBe(`/${shop.metaPhoneNumberId}/marketing_messages`);
    expect((await calledFor(plain)).path).toBe(`/${shop.metaPhoneNumberId}/messages`);
  });

  it('is sent once, however often it is asked for with one key', async () => {
    const to = customer();
    const key = { 'idempotency-key': `sale-${to}` };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        eventually(async () => {
          const answer = await post(sale(to), 'marketing_messages', key);
          return answer.status === 200 && answer;
        }, 30_000),
      ),
    );
    expect(new Set(answers.map(({ body }) => body.messages[0].id)).size).toBe(1);
    await calledFor(to);
    expect(graph.calls.filter(({ body }) => body?.to === to)).toHaveLength(1);
  });

  it.each([
    ['a text', () => textTo(customer()), 131055, 'type: must be template'],
    [
      'a read receipt',
      () => ({ messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.X' }),
      131055,
      'type: must be template',
    ],
    ['a template of another category', () => templateTo(customer()), 134100, 'of category utility'],
    ['a policy that there is none of', () => sale(customer(), { product_policy: 'MAYBE' }), 131009, 'product_policy'],
    ['sharing that is no choice', () => sale(customer(), { message_activity_sharing: 'yes' }), 131009, 'true or false'],
  ])('is refused when it is %s', async (_, body, code, says) => {
    const answer = await post(body());
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code, error_data: { details: expect.stringContaining(says) } } },
    });
  });

  it('goes by the other path when Meta moved its template while it waited, unless it may go by its own only', async () => {
    const moved = await aMerchant(gateway.app);
    const accept = async (body: object) => {
      const url = `${gateway.url}/v24.0/${moved.metaPhoneNumberId}/marketing_messages`;
      return (await http('POST', url, { token: moved.apiKey, body })).body.messages[0].id as string;
    };
    const [any, strict] = [customer(), customer()];
    let refused = '';
    await stage.whileHeld(moved, async () => {
      await accept(sale(any, { message_activity_sharing: true }));
      refused = await accept(sale(strict, { product_policy: 'STRICT' }));
      await stage.database.owner.query(`UPDATE templates SET category = 'utility' WHERE tenant_id = $1`, [
        moved.tenantId,
      ]);
    });
    const call = await calledFor(any);
    expect(call.path).toBe(`/${moved.metaPhoneNumberId}/messages`);
    expect(call.body).toEqual({
      ...sale(any),
      recipient_type: 'individual',
      biz_opaque_callback_data: expect.any(String),
    });
    const { history } = await stage.until(moved, refused, 'failed', 60_000);
    expect(JSON.stringify(history)).toContain('134100');
    expect(graph.calls.filter(({ body }) => body?.to === strict)).toEqual([]);
  });

  it('has choices that are left out by who writes them as null', async () => {
    const to = customer();
    await customerWrote(stage.database, shop, to.slice(1));
    const body = textTo(to, 'Hi', { product_policy: null, message_activity_sharing: null });
    expect((await post(body, 'messages')).status).toBe(200);
    const call = await calledFor(to);
    expect([call.path, 'product_policy' in call.body]).toEqual([`/${shop.metaPhoneNumberId}/messages`, false]);
  });

  it('has choices that count on its own path only', async () => {
    const answer = await post(sale(customer(), { product_policy: 'STRICT' }), 'messages');
    expect(answer).toMatchObject({
      status: 400,
      body: {
        error: { code: 100, error_data: { details: expect.stringContaining('product_policy: counts on /marketing') } },
      },
    });
  });
});
