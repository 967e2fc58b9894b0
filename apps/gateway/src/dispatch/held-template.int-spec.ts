import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import type { TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, type Merchant, templateTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import type { GraphStandIn } from '../../../../test/support/graph-stand-in.js';

const stage = new GatewayStage();
let database: TestDatabase;
let graph: GraphStandIn;
let gateway: RunningApp;

beforeAll(async () => {
  ({ database, graph, gateway } = await stage.start());
});
afterAll(() => stage.stop());
beforeEach(() => {
  graph.calls.length = 0;
  graph.answer = () => graph.taken();
});

const trySend = (shop: Merchant, to: string) => stage.trySend(shop, templateTo(to));
const read = (shop: Merchant, ref: string) => stage.read(shop, ref);
/** What the admin app does, without its audit log. */
const holdUntil = (shop: Merchant, until: Date | null) =>
  database.owner.query('UPDATE templates SET held_until = $2 WHERE tenant_id = $1', [shop.tenantId, until]);

describe('a template that the provider holds back', () => {
  it('is refused with who holds it and until when; what was accepted waits, and goes out when it ends', async () => {
    const shop = await aMerchant(gateway.app);
    const until = new Date(Date.now() + 86_400_000);
    let waiting = '';
    await stage.whileHeld(shop, async () => {
      waiting = (await trySend(shop, '+16505550001')).body.messages[0].id;
      await holdUntil(shop, until);
    });
    await eventually(async () => (await read(shop, waiting)).status === 'parked', 60_000);
    const refused = await eventually(async () => {
      const answer = await trySend(shop, '+16505550002');
      return answer.status !== 200 && answer;
    }, 60_000);
    const shown = await http('GET', `${gateway.url}/api/v1/templates?name=order_update`, { token: shop.apiKey });
    expect(shown.body.data).toMatchObject([{ status: 'approved', sendable: false, held_until: until.toISOString() }]);
    expect(refused.body.error).toMatchObject({
      code: 132015,
      error_data: { details: expect.stringContaining(`held back by your provider until ${until.toISOString()}`) },
    });
    expect(graph.calls.filter(({ body }) => JSON.stringify(body ?? '').includes('16505550001'))).toEqual([]);
    await holdUntil(shop, null);
    await eventually(async () => (await read(shop, waiting)).status === 'submitted', 60_000);
    await eventually(async () => (await trySend(shop, '+16505550003')).status === 200, 60_000);
  }, 180_000);
});
