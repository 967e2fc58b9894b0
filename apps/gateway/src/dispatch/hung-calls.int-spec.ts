import { jest } from '@jest/globals';
import { OutboxLanes } from '#libs/outbox';
import { eventually, http } from '../../../../test/support/app.js';
import { aMerchant, type Merchant, templateTo } from '../../../../test/support/gateway.js';
import { GatewayStage } from '../../../../test/support/gateway-stage.js';
import { Channels } from '../channels/channels.js';

const [HANGING, OTHER] = ['+16505550001', '+16505550002'];

const stage = new GatewayStage();
let answerNow = () => {};

/** Meta answers calls for one customer when it is told to, all others at once. */
const hangFor = (customer: string): void => {
  const wait = new Promise<void>((resolve) => {
    answerNow = resolve;
  });
  stage.graph.answer = (call) =>
    call.body.to === customer ? ({ ...(stage.graph.taken() as object), wait } as never) : stage.graph.taken();
};
const sentTo = (shop: Merchant, customer: string): number =>
  stage.graph.calls.filter((c) => c.path === `/${shop.metaPhoneNumberId}/messages` && c.body.to === customer).length;

beforeEach(() => {
  stage.graph.calls.length = 0;
  stage.graph.answer = () => stage.graph.taken();
});
afterEach(() => answerNow());
afterAll(() => stage.stop());

describe('a number with one call that Meta does not answer', () => {
  beforeAll(async () => {
    await stage.start();
  });

  it('sends what is accepted meanwhile for other customers', async () => {
    const shop = await aMerchant(stage.gateway.app);
    hangFor(HANGING);
    const claims = jest.spyOn(stage.worker.app.get(OutboxLanes), 'claim');
    const hanging = await stage.send(shop, templateTo(HANGING));
    await eventually(async () => sentTo(shop, HANGING) === 1);
    // The dispatcher has looked again, found nothing more, and waits for the answer.
    await eventually(async () => ((await claims.mock.results.at(-1)?.value) as unknown[] | undefined)?.length === 0);
    claims.mockRestore();
    const code = await stage.send(shop, templateTo(OTHER));
    await stage.until(shop, code, 'submitted');
    expect(await stage.read(shop, hanging)).toMatchObject({ status: 'sending' });
    answerNow();
    await stage.until(shop, hanging, 'submitted');
  });

  it('waits for it, and asks nobody meanwhile, where it is the one that tries whether Meta is well', async () => {
    const shop = await aMerchant(stage.gateway.app);
    hangFor(HANGING);
    const { answer } = stage.graph;
    let refusals = 1;
    stage.graph.answer = (call) => (refusals-- > 0 ? stage.graph.refused(130429, 429) : answer(call));
    const ref = await stage.send(shop, templateTo(HANGING));
    await eventually(async () => sentTo(shop, HANGING) === 2, 30_000);
    const looks = jest.spyOn(stage.worker.app.get(Channels), 'byId');
    for (let i = 0; i < 5; i++) expect(await stage.read(shop, ref)).toMatchObject({ status: 'sending' });
    expect(looks.mock.calls.length).toBeLessThan(5);
    looks.mockRestore();
    answerNow();
    await stage.until(shop, ref, 'submitted');
  }, 60_000);

  it('that rests is tried again when its rest is over, although something is scheduled for tomorrow', async () => {
    const shop = await aMerchant(stage.gateway.app);
    const sweep = jest.spyOn(stage.worker.app.get(OutboxLanes), 'numbersWithWork').mockResolvedValue([]);
    try {
      const sendAt = new Date(Date.now() + 86_400_000).toISOString();
      const scheduled = await http('POST', `${stage.gateway.url}/api/v1/messages`, {
        token: shop.apiKey,
        body: { phone_number_id: shop.metaPhoneNumberId, send_at: sendAt, ...templateTo(OTHER) },
      });
      expect(scheduled.status).toBeLessThan(300);
      // Once this one is sent the number has nothing to do for long, and a timer that says so.
      await stage.until(shop, await stage.send(shop, templateTo(OTHER)), 'submitted');
      let refusals = 1;
      stage.graph.answer = () => (refusals-- > 0 ? stage.graph.refused(130429, 429) : stage.graph.taken());
      const again = await stage.send(shop, templateTo(HANGING));
      expect(await stage.until(shop, again, 'submitted', 30_000)).toMatchObject({ attempts: 2 });
    } finally {
      sweep.mockRestore();
    }
  }, 60_000);
});
