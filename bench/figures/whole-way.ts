import { call, until } from '../../tools/stack/api.js';
import type { Bench } from '../harness/bench-stack.js';
import type { Group } from '../harness/group.js';
import { load, type Measured } from '../harness/load.js';
import type { BenchMerchant } from '../harness/merchants.js';
import { sendBody, sendHeaders } from '../harness/requests.js';
import { measure } from '../harness/rounds.js';

const CONNECTIONS = 64;
const NUMBERS = 8;
/** Told to the tenant of each message: sent, delivered, read. */
const EVENTS = 3;

/** Accept, Meta, three status webhooks, three posts to the tenant, a usage fact: everything at once on this machine. */
export const wholeWay: Group = {
  name: 'whole-way',
  beyondLimits: false,
  run: async (bench, { rounds, share, say }) => {
    say('the whole way …');
    const [merchant] = await bench.make(1, NUMBERS);
    if (!merchant) throw new Error('no merchant');
    await call('POST', `${bench.gateway}/api/v1/webhooks`, { token: merchant.apiKey, body: { url: bench.endpoint } });
    const raw = await bench.baseline('raw-pool');
    const [server, worker] = [await bench.baseline('conventional-server'), await bench.baseline('conventional-worker')];
    const statusesTo = (url: string, path: string, headers: Record<string, string> = {}) =>
      bench.graph.set({
        latencyMs: 0,
        statuses: {
          url,
          path,
          headers,
          appSecret: bench.appSecret,
          wabaOf: Object.fromEntries(merchant.numbers.map((n) => [n.metaPhoneNumberId, merchant.metaWabaId])),
        },
      });
    const numberOf = (n: number) => merchant.numbers[n % NUMBERS] ?? merchant.numbers[0];
    const ours = async (size: number): Promise<Measured> => {
      await bench.clear();
      bench.all();
      await statusesTo(bench.gateway, '/meta/webhooks');
      return allTheWay(bench, size, () =>
        load(bench.gateway, CONNECTIONS, size, (n) => ({
          path: `/v24.0/${numberOf(n).metaPhoneNumberId}/messages`,
          headers: sendHeaders(merchant),
          body: sendBody('template', n),
        })),
      );
    };
    const jobEach = async (size: number): Promise<Measured> => {
      await bench.clear();
      await bench.only();
      await statusesTo(server.url, '/webhooks', { 'x-tenant': merchant.tenantId });
      return allTheWay(bench, size, () =>
        load(server.url, CONNECTIONS, size, (n) => ({
          path: '/messages',
          headers: { ...sendHeaders(merchant), ...idsOf(merchant, numberOf(n).phoneNumberId) },
          body: sendBody('template', n),
        })),
      );
    };
    const rawPool = async (size: number): Promise<Measured> => {
      await bench.only();
      await bench.graph.set({ latencyMs: 0 });
      const path = `/v24.0/${merchant.numbers[0].metaPhoneNumberId}/messages`;
      const body = { count: size * 3, body: sendBody('template', 0), path, connections: CONNECTIONS };
      return call('POST', `${raw.url}/run`, { body });
    };
    const lines = await measure(
      {
        name: 'whole way',
        size: 6_000,
        run: ours,
        baselines: [
          { name: 'C', goal: 0.06, run: rawPool },
          { name: 'G', goal: 3, run: (size) => jobEach(Math.ceil(size / 4)) },
        ],
      },
      rounds,
      share,
    );
    for (const process of [raw, server, worker]) process.stop();
    bench.all();
    await call('DELETE', `${bench.gateway}/api/v1/webhooks/${await endpointOf(bench, merchant)}`, {
      token: merchant.apiKey,
    });
    await bench.clear();
    return lines;
  },
};

const idsOf = (merchant: BenchMerchant, phoneNumberId: string) => ({
  'x-tenant': merchant.tenantId,
  'x-number': phoneNumberId,
});

async function endpointOf({ db }: Bench, { tenantId }: BenchMerchant): Promise<string> {
  const { rows } = await db.query('SELECT endpoint_id FROM webhook_endpoints WHERE tenant_id = $1', [tenantId]);
  return rows[0].endpoint_id;
}

/** From the first request to the last post and the last usage fact. */
async function allTheWay(bench: Bench, size: number, send: () => Promise<unknown>): Promise<Measured> {
  await call('POST', `${bench.endpoint}/_reset`);
  const from = performance.now();
  await send();
  await until(
    'all events at the tenant',
    async () => (await call<{ events: number }>('GET', `${bench.endpoint}/_counts`)).events >= size * EVENTS,
    300_000,
  );
  await until(
    'all usage facts',
    async () => (await bench.db.query('SELECT count(*)::int AS n FROM usage_facts')).rows[0].n >= size,
    60_000,
  );
  return { perSecond: size / ((performance.now() - from) / 1_000) };
}
