import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import { REDIS, Wake } from '#libs/queues';
import { eventually } from '../../../../test/support/app.js';
import { aMerchant, type Merchant, templateTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import { Channels } from '../channels/channels.js';
import { ClaimMessages } from './claim-messages.js';
import { Throughput } from './throughput.js';

const stage = new GatewayStage();
beforeAll(() => stage.start());
afterAll(() => stage.stop());

const numberOf = async (shop: Merchant) => {
  const channel = await stage.gateway.app.get(Channels, { strict: false }).byId(shop.tenantId, shop.phoneNumberId);
  if (!channel) throw new Error('no number');
  return channel.number;
};
const sentBy = (shop: Merchant) => stage.graph.calls.filter((c) => c.path === `/${shop.metaPhoneNumberId}/messages`);

describe('a number that Meta asks to rest', () => {
  it('calls nothing more of what was claimed, and sends it once when it has rested', async () => {
    const shop = await aMerchant(stage.gateway.app);
    const { app } = stage.worker;
    const pace = app.get(Throughput, { strict: false }).paceOf(await numberOf(shop));
    const claims = app.get(ClaimMessages, { strict: false });
    const next = claims.next.bind(claims);
    let claimed = 0;
    const claiming = jest.spyOn(claims, 'next').mockImplementation(async (...asked) => {
      const ready = await next(...asked);
      // As if Meta's answer to another call came between the claim and the calls.
      if (asked[0].number.tenantId === shop.tenantId && ready.length > 0 && claimed === 0) {
        claimed = ready.length;
        pace.hear({ restMs: 3_600_000 }, performance.now());
      }
      return ready;
    });
    const refs: string[] = [];
    await stage.whileHeld(shop, async () => {
      for (let i = 0; i < 8; i++) refs.push(await stage.send(shop, templateTo(`+1650555300${i}`)));
    });
    await eventually(async () => claimed > 0, 60_000);
    for (const ref of refs) await stage.until(shop, ref, 'accepted', 60_000);
    expect(sentBy(shop)).toEqual([]);
    claiming.mockRestore();
    // The rest ends at once, also as other processes are told of it.
    await stage.whileHeld(shop, async () => {
      pace.pausedUntil = 0;
      await app.get<Redis>(REDIS, { strict: false }).del(`pace-seen:${shop.phoneNumberId}`);
    });
    await stage.gateway.app.get(Wake, { strict: false }).lane('gateway.dispatch', {
      tenantId: shop.tenantId,
      phoneNumberId: shop.phoneNumberId,
    });
    for (const ref of refs) await stage.until(shop, ref, 'submitted', 60_000);
    expect(
      sentBy(shop)
        .map(({ body }) => body.to)
        .sort(),
    ).toEqual(refs.map((_, i) => `+1650555300${i}`));
  }, 120_000);

  it('rests whichever process has it next', async () => {
    const shop = await aMerchant(stage.gateway.app);
    const number = await numberOf(shop);
    const second = await stage.anotherWorker();
    try {
      const [one, other] = [stage.worker, second].map(({ app }) => app.get(Throughput, { strict: false }));
      const pace = await (one as Throughput).takeOver(number);
      pace.hear({ restMs: 90_000 }, performance.now());
      await (one as Throughput).handOver(number);
      const told = await eventually(async () => {
        const seen = await (other as Throughput).takeOver(number);
        return seen.pausedUntil > 0 && seen;
      });
      expect(told.pausedUntil - performance.now()).toBeGreaterThan(60_000);
      expect(told.pausedUntil - performance.now()).toBeLessThanOrEqual(90_000);
      expect(told.isTrying).toBe(true);
    } finally {
      await second.close();
    }
  });
});
