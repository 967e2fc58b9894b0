import { messageIdOf } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { Templates } from '#libs/templates';
import { eventually } from '../../../../test/support/app.js';
import { aMerchant, type Merchant, templateTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import { Channels, isLive } from '../channels/channels.js';
import { FollowTemplate } from './follow-template.js';
import { SettleDoubts } from './settle-doubts.js';

// Who holds the only connection and wants another waits for itself: whatever does so is never done here.
const stage = new GatewayStage();
let shop: Merchant;

beforeAll(async () => {
  await stage.startWithoutWorker();
  stage.environment.DATABASE_POOL_SIZE = '1';
  stage.worker = await stage.anotherWorker();
});
afterAll(() => stage.stop());
beforeEach(async () => {
  stage.graph.answer = () => stage.graph.taken();
  shop = await aMerchant(stage.gateway.app);
});

/** Meta takes the number away, and the worker knows: of such a number nothing is remembered, so all is asked anew. */
const numberIsLost = async () => {
  await stage.database.owner.query(`UPDATE phone_numbers SET status = 'DISCONNECTED' WHERE tenant_id = $1`, [
    shop.tenantId,
  ]);
  await eventually(async () => {
    const channel = await stage.worker.app.get(Channels).byId(shop.tenantId, shop.phoneNumberId);
    return channel && !isLive(channel);
  });
};
const told = (word: string) =>
  stage.gateway.app.get(Database).inTenant(shop.tenantId, (tx) =>
    stage.gateway.app.get(Templates).applyReport(tx, shop.tenantId, {
      metaTemplateId: shop.templates.order_update?.metaTemplateId ?? '',
      at: new Date(),
      source: 'meta-webhook',
      status: { word },
    }),
  );

describe('a worker with one connection to PostgreSQL', () => {
  it('stores that Meta refused a message of a number that was lost meanwhile', async () => {
    let answerNow = () => {};
    const wait = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    stage.graph.answer = () => ({ ...(stage.graph.refused(131026) as object), wait }) as never;
    const ref = await stage.send(shop, templateTo('+16505550001'));
    await stage.until(shop, ref, 'sending');
    await numberIsLost();
    answerNow();
    await stage.until(shop, ref, 'failed', 25_000);
  });

  it('fails what waited for a template that Meta disabled', async () => {
    let ref = '';
    await stage.whileHeld(shop, async () => {
      ref = await stage.send(shop, templateTo('+16505550001'));
      await told('PAUSED');
    });
    await stage.until(shop, ref, 'parked', 25_000);
    await numberIsLost();
    await told('DISABLED');
    await stage.worker.app.get(FollowTemplate).ofWaba(shop.tenantId, shop.wabaId);
    await stage.until(shop, ref, 'failed');
  });

  it('gives up a broadcast of which nobody ever heard', async () => {
    stage.graph.answer = () => 'drop';
    const ref = await stage.send(shop, templateTo('+16505550001', 'spring_sale'));
    await stage.until(shop, ref, 'unknown');
    await numberIsLost();
    await stage.database.owner.query(
      `UPDATE messages SET status_at = now() - interval '2 days' WHERE tenant_id = $1 AND message_id = $2`,
      [shop.tenantId, messageIdOf(ref)],
    );
    await stage.worker.app.get(SettleDoubts).look();
    await stage.until(shop, ref, 'failed');
  });
});
