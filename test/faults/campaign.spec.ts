import { Redis } from 'ioredis';
import { currentEnvironment } from '#libs/config';
import { eventually, http } from '../support/app.js';
import { runningStack } from '../support/stack.js';

/** Recipients; more by hand with PALOMA_CAMPAIGN, for the figures in the documents. */
const RECIPIENTS = Number(currentEnvironment().PALOMA_CAMPAIGN ?? 3_000);
const LISTED_AT_ONCE = 10_000;
const customer = (i: number) => `52155${String(20_000_000 + i)}`;

const shop = () => runningStack().tenants[0];
const call = (method: string, path: string, body?: unknown) =>
  http(method, `${runningStack().engagement.url}/api/v1/campaigns${path}`, { token: shop().apiKey, body });
const control = (path: string, body: unknown) =>
  http('POST', `${runningStack().sandbox.url}/_sandbox${path}`, { body });
const pid = (name: string) => runningStack().pids[name]?.[0] as number;
const killed = async (name: string) => {
  const before = pid(name);
  process.kill(before, 'SIGKILL');
  await eventually(async () => pid(name) !== before, 60_000);
};
const see = async (id: string) => (await call('GET', `/${id}`)).body;
const portfolioOf = async (metaWabaId: string): Promise<string> => {
  const { body } = await http('GET', `${runningStack().sandbox.url}/_sandbox/state`);
  return body.wabas.find((w: { id: string }) => w.id === metaWabaId).business_id;
};

describe('a campaign on a house that breaks', () => {
  it('reaches each recipient once, as the sandbox’s record says, and costs what its preview said', async () => {
    await control(`/portfolios/${await portfolioOf(shop().wabaId)}`, { messaging_limit: 'TIER_UNLIMITED' });
    await control(`/phone_numbers/${shop().phoneNumberId}`, { throughput: 'HIGH' });
    const { body: drafted } = await call('POST', '', {
      name: 'Through the storm',
      phone_number_ids: [shop().phoneNumberId],
      audience: 'list',
      variants: [
        {
          template: 'order_update',
          language: 'en_US',
          components: [
            {
              type: 'body',
              parameters: [
                { type: 'text', text: '{{name|friend}}' },
                { type: 'text', text: '{{order}}' },
              ],
            },
          ],
        },
      ],
    });
    const { id } = drafted;
    for (let from = 0; from < RECIPIENTS; from += LISTED_AT_ONCE) {
      const recipients = Array.from({ length: Math.min(LISTED_AT_ONCE, RECIPIENTS - from) }, (_, i) => ({
        to: `+${customer(from + i)}`,
        attributes: { order: from + i },
      }));
      expect((await call('POST', `/${id}/recipients`, { recipients })).body).toEqual({
        added: recipients.length,
        repeated: 0,
      });
    }
    const preview = (await call('POST', `/${id}/preview`)).body;
    expect(preview).toMatchObject({
      audience: RECIPIENTS,
      recipients: RECIPIENTS,
      suppressed: 0,
      price: { unpriced: 0 },
    });

    expect((await call('POST', `/${id}/launch`)).body.state).toBe('freezing');
    const redis = new Redis(runningStack().redisUrl);
    for (const [part, name] of [
      [0.1, 'engagement-worker'],
      [0.3, 'gateway-worker'],
      [0.5, 'gateway'],
      [0.7, 'engagement-worker'],
    ] as const) {
      await eventually(async () => (await see(id)).progress?.accepted >= part * RECIPIENTS, 300_000);
      await killed(name);
      await redis.flushall();
    }
    redis.disconnect();
    await eventually(async () => (await see(id)).state === 'finished', 600_000);
    await eventually(async () => (await see(id)).progress.delivered === RECIPIENTS, 600_000);
    expect((await see(id)).progress).toMatchObject({
      audience: RECIPIENTS,
      accepted: RECIPIENTS,
      refused: 0,
      failed: 0,
      waiting: 0,
    });

    const { body } = await http(
      'GET',
      `${runningStack().sandbox.url}/_sandbox/messages?limit=1000000&phone_number_id=${shop().phoneNumberId}`,
    );
    const ours = new Set(Array.from({ length: RECIPIENTS }, (_, i) => customer(i)));
    const record = (body.data as { to: string }[]).map((m) => m.to.replace(/\D/g, '')).filter((to) => ours.has(to));
    expect([record.length, new Set(record).size]).toEqual([RECIPIENTS, RECIPIENTS]);

    const [price] = preview.price.totals;
    const cost = await eventually(async () => {
      const report = (await call('GET', `/${id}/report`)).body;
      return report.cost?.[0]?.quantity === String(RECIPIENTS) && report.cost;
    }, 300_000);
    expect(cost.map((c: { amount: string; currency: string }) => [Number(c.amount), c.currency])).toEqual([
      [Number(price.amount), price.currency],
    ]);
  }, 1_800_000);
});
