import { letGo } from '#libs/outbox';
import { type SuspensionLevel, Tenants } from '#libs/tenants';
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

const trySend = (shop: Merchant, body: unknown) => stage.trySend(shop, body);
const send = (shop: Merchant, body: unknown) => stage.send(shop, body);
const read = (shop: Merchant, ref: string) => stage.read(shop, ref);
const until = (shop: Merchant, ref: string, status: string) => stage.until(shop, ref, status, 60_000);
const waits = (shop: Merchant, ref: string) =>
  eventually(async () => JSON.stringify((await read(shop, ref)).history).includes('tenant_suspended'), 60_000);

/** What the admin app does, without its audit log. */
const off = async (shop: Merchant, level: SuspensionLevel | null): Promise<void> => {
  await database.owner.query('UPDATE tenants SET status = $2, marketing_off = $3 WHERE tenant_id = $1', [
    shop.tenantId,
    level === 'all' ? 'locked' : level === 'sending' ? 'suspended' : 'active',
    level !== null,
  ]);
  if (level !== null) return;
  const staff = await connect(database.staffUrl);
  await staff.db.inTenant(shop.tenantId, (tx) => letGo(tx, shop.tenantId, new Date()));
  await staff.close();
};

describe('what the provider switched off', () => {
  it('marketing is refused at the door and held where it waits, others go on, and what was held goes out again', async () => {
    const shop = await aMerchant(gateway.app);
    let waiting = '';
    await stage.whileHeld(shop, async () => {
      waiting = await send(shop, templateTo('+16505550001', 'spring_sale'));
      await off(shop, 'marketing');
    });
    await waits(shop, waiting);
    const refused = await eventually(async () => {
      const answer = await trySend(shop, templateTo('+16505550002', 'spring_sale'));
      return answer.status === 403 && answer;
    });
    expect(refused.body.error).toMatchObject({
      code: 131031,
      error_data: { details: expect.stringContaining('marketing') },
    });
    await until(shop, await send(shop, templateTo('+16505550003')), 'submitted');
    expect((await read(shop, waiting)).status).toBe('accepted');
    await off(shop, null);
    await until(shop, waiting, 'submitted');
  });

  it('sending is held whatever it is, replies as well', async () => {
    const shop = await aMerchant(gateway.app);
    await customerWrote(database, shop, '16505551234');
    let waiting: string[] = [];
    await stage.whileHeld(shop, async () => {
      waiting = [await send(shop, textTo('16505551234')), await send(shop, templateTo('+16505550001'))];
      await off(shop, 'sending');
    });
    for (const ref of waiting) await waits(shop, ref);
    expect(graph.calls.filter((c) => c.path.endsWith(`/${shop.metaPhoneNumberId}/messages`))).toEqual([]);
    await off(shop, null);
    for (const ref of waiting) await until(shop, ref, 'submitted');
  });

  it('everything lets the tenant in nowhere, and says why', async () => {
    const shop = await aMerchant(gateway.app);
    await off(shop, 'all');
    const answer = await eventually(async () => {
      const listed = await http('GET', `${gateway.url}/api/v1/messages`, { token: shop.apiKey });
      return listed.status === 403 && listed;
    });
    expect(JSON.stringify(answer.body)).toContain('switched this account off');
    // The founding of a tenant is another's business, and of this one nothing is lost.
    expect(await gateway.app.get(Tenants).listApiKeys(shop.tenantId)).not.toEqual([]);
  });
});
