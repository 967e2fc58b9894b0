import { letGo } from '#libs/outbox';
import { eventually, http, type RunningApp } from '../../../../test/support/app.js';
import { connect, type TestDatabase } from '../../../../test/support/database.js';
import { aMerchant, customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
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

const send = (shop: Merchant, body: unknown) => stage.send(shop, body);
const read = (shop: Merchant, ref: string) => stage.read(shop, ref);
const until = (shop: Merchant, ref: string, status: string) => stage.until(shop, ref, status, 60_000);
const headroom = async (shop: Merchant) =>
  (await http('GET', `${gateway.url}/api/v1/phone-numbers/${shop.metaPhoneNumberId}/headroom`, { token: shop.apiKey }))
    .body.messaging_limit;

/** What the admin app does, without its audit log. */
const holdTo = async (shop: Merchant, customers: number | null): Promise<void> => {
  await database.owner.query(
    `UPDATE portfolios SET held_to = $2::integer,
            held_until = CASE WHEN $2::integer IS NULL THEN NULL ELSE now() + interval '1 day' END WHERE tenant_id = $1`,
    [shop.tenantId, customers],
  );
  if (customers !== null) return;
  const staff = await connect(database.staffUrl);
  await staff.db.inTenant(shop.tenantId, (tx) => letGo(tx, shop.tenantId, new Date()));
  await staff.close();
};

describe('a messaging limit that the provider holds below Meta’s', () => {
  it('lets so many customers through and replies, holds the others, and sends them when it ends', async () => {
    const shop = await aMerchant(gateway.app);
    await customerWrote(database, shop, '16505551234');
    let refs: string[] = [];
    await stage.whileHeld(shop, async () => {
      refs = [await send(shop, templateTo('+16505550001')), await send(shop, templateTo('+16505550002'))];
      await holdTo(shop, 1);
    });
    await eventually(async () => {
      const both = await Promise.all(refs.map((ref) => read(shop, ref)));
      return both.filter((m) => JSON.stringify(m.history).includes('tier_exhausted')).length === 1;
    }, 60_000);
    const room = await eventually(async () => {
      const told = await headroom(shop);
      return told.limit === 1 && told;
    });
    expect(room).toMatchObject({ used: 1, room: 0, held_until: expect.any(String) });
    await until(shop, await send(shop, textTo('16505551234')), 'submitted');
    await holdTo(shop, null);
    for (const ref of refs) await until(shop, ref, 'submitted');
    await eventually(async () => (await headroom(shop)).held_until === null);
  });
});
