import { call, until } from '../../tools/stack/api.js';
import type { Group } from '../harness/group.js';
import { load, type Measured } from '../harness/load.js';
import type { BenchMerchant } from '../harness/merchants.js';
import { allSubmitted } from '../harness/outbox.js';
import { customer, sendBody, sendHeaders } from '../harness/requests.js';
import { measure } from '../harness/rounds.js';

const CONNECTIONS = 64;
const NUMBERS = 8;
const LISTED_AT_ONCE = 10_000;
const SENDING = ['gateway', 'gateway-worker'] as const;

/** The same message as the gateway's API is given, with the words of each recipient. */
const COMPONENTS = [
  {
    type: 'body',
    parameters: [
      { type: 'text', text: '{{name|Ana}}' },
      { type: 'text', text: '{{order}}' },
    ],
  },
];

/** From the launch of a campaign to the last answer of Meta's, beside as many messages through the gateway's API. */
export const campaign: Group = {
  name: 'campaign',
  beyondLimits: true,
  run: async (bench, { rounds, share, say }) => {
    say('campaign …');
    const [merchant] = await bench.make(1, NUMBERS);
    if (!merchant) throw new Error('no merchant');
    const ours = async (size: number): Promise<Measured> => {
      await bench.clear();
      await bench.only(...SENDING, 'engagement', 'engagement-worker');
      const id = await drafted(bench.engagement, merchant, size);
      await bench.graph.set({ latencyMs: 0 });
      return timed(size, async () => {
        await call('POST', `${bench.engagement}/api/v1/campaigns/${id}/launch`, { token: merchant.apiKey });
        await allSubmitted(bench, size);
        // What is stopped before it noted what it handed over would hand it over again when it goes on.
        const { apiKey: token } = merchant;
        const state = async () =>
          (await call<{ state: string }>('GET', `${bench.engagement}/api/v1/campaigns/${id}`, { token })).state;
        await until('the campaign to be finished', async () => (await state()) === 'finished', 60_000);
      });
    };
    const oneByOne = async (size: number): Promise<Measured> => {
      await bench.clear();
      await bench.only(...SENDING);
      await bench.graph.set({ latencyMs: 0 });
      return timed(size, async () => {
        await load(bench.gateway, CONNECTIONS, size, (n) => ({
          path: `/v24.0/${merchant.numbers[n % NUMBERS]?.metaPhoneNumberId}/messages`,
          headers: sendHeaders(merchant),
          body: sendBody('template', n),
        }));
        await allSubmitted(bench, size);
      });
    };
    const lines = await measure(
      {
        name: 'campaign, from its launch to the last answer',
        size: 12_000,
        run: ours,
        baselines: [{ name: 'H', goal: 1, run: oneByOne }],
      },
      rounds,
      share,
    );
    await bench.clear();
    return lines;
  },
};

async function drafted(engagement: string, merchant: BenchMerchant, size: number): Promise<string> {
  const url = `${engagement}/api/v1/campaigns`;
  const token = merchant.apiKey;
  const { id } = await call<{ id: string }>('POST', url, {
    token,
    body: {
      name: 'Bench',
      phone_number_ids: merchant.numbers.map((n) => n.metaPhoneNumberId),
      audience: 'list',
      variants: [{ template: 'order_update', language: 'en_US', components: COMPONENTS }],
    },
  });
  for (let from = 0; from < size; from += LISTED_AT_ONCE) {
    const recipients = Array.from({ length: Math.min(LISTED_AT_ONCE, size - from) }, (_, i) => ({
      to: `+${customer(from + i)}`,
      attributes: { order: from + i },
    }));
    await call('POST', `${url}/${id}/recipients`, { token, body: { recipients } });
  }
  return id;
}

async function timed(size: number, work: () => Promise<void>): Promise<Measured> {
  const from = performance.now();
  await work();
  return { perSecond: size / ((performance.now() - from) / 1_000) };
}
