import { jest } from '@jest/globals';
import { OutboxLanes } from '#libs/outbox';
import { eventually, http, startApp } from '../../../../test/support/app.js';
import { aMerchant, customerWrote, type Merchant, templateTo, textTo } from '../../../../test/support/gateway.js';
import { GatewayStage, turnUntil } from '../../../../test/support/gateway-stage.js';
import { Channels } from '../channels/channels.js';
import { GatewayWorkerModule } from '../gateway-worker.module.js';
import { Dispatcher } from './dispatcher.js';

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
const laneOf = ({ tenantId, phoneNumberId }: Merchant) => ({ tenantId, phoneNumberId });

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
    await eventually(async () => sentTo(shop, HANGING) === 2, 60_000);
    const looks = jest.spyOn(stage.worker.app.get(Channels), 'byId');
    const since = performance.now();
    for (let i = 0; i < 5; i++) expect(await stage.read(shop, ref)).toMatchObject({ status: 'sending' });
    // It may look at the number itself once a second.
    expect(looks.mock.calls.length).toBeLessThan(5 + (performance.now() - since) / 1_000);
    looks.mockRestore();
    answerNow();
    await stage.until(shop, ref, 'submitted');
  });

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
      expect(await stage.until(shop, again, 'submitted', 60_000)).toMatchObject({ attempts: 2 });
    } finally {
      sweep.mockRestore();
    }
  });
});

describe('a number whose turn is over', () => {
  let dispatcher: Dispatcher;
  beforeAll(async () => {
    await stage.worker.close();
    // A worker that nobody wakes: its numbers are drained by hand.
    const apart = { ...stage.environment, REDIS_PREFIX: `${stage.environment.REDIS_PREFIX}-apart` };
    stage.worker = await startApp(GatewayWorkerModule, apart, { name: 'gateway-worker' });
    jest.spyOn(stage.worker.app.get(OutboxLanes), 'numbersWithWork').mockResolvedValue([]);
    dispatcher = stage.worker.app.get(Dispatcher, { strict: false });
  });
  const endless = turnUntil(() => false);

  it('gives its place to others with work left, none of it begun, and goes on after them', async () => {
    const shop = await aMerchant(stage.gateway.app);
    await customerWrote(stage.database, shop, HANGING.slice(1));
    const refs: string[] = [];
    for (const body of ['1', '2', '3']) refs.push(await stage.send(shop, textTo(HANGING, body)));
    expect(
      await dispatcher.drain(
        laneOf(shop),
        turnUntil(() => sentTo(shop, HANGING) > 0),
      ),
    ).toBe(0);
    const statuses = async () => (await Promise.all(refs.map((ref) => stage.read(shop, ref)))).map((m) => m.status);
    expect(await statuses()).toEqual(['submitted', 'accepted', 'accepted']);
    await dispatcher.drain(laneOf(shop), endless);
    expect(await statuses()).toEqual(['submitted', 'submitted', 'submitted']);
  });

  it('keeps it while a call hangs: its other customers do not wait for that call', async () => {
    const shop = await aMerchant(stage.gateway.app);
    hangFor(HANGING);
    await stage.send(shop, templateTo(HANGING));
    const draining = dispatcher.drain(
      laneOf(shop),
      turnUntil(() => sentTo(shop, HANGING) > 0),
    );
    await eventually(async () => sentTo(shop, HANGING) === 1);
    const code = await stage.send(shop, templateTo(OTHER));
    await stage.until(shop, code, 'submitted', 25_000);
    answerNow();
    await draining;
  });
});
