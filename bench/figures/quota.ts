import { Redis } from 'ioredis';
import type { Database } from '#libs/persistence';
import { TierReservation, type TierScope } from '#libs/tier-reservation';
import type { Wabas } from '#libs/wabas';
import type { Group } from '../harness/group.js';
import type { Measured } from '../harness/load.js';
import { measure } from '../harness/rounds.js';

const CUSTOMERS = 100_000;
const BATCH = 100;
/** Batches under way at once: as many numbers of a portfolio send at the same time. */
const AT_ONCE = 8;
const GOAL_PER_SECOND = 200_000;
const GOAL_BYTES = 80;
const PLAIN = 'bench:tier:plain';

// What one would write first: a sorted set of decimal ids by time. KEYS[1]; ARGV: now, cutoff, cap, customers …
const SORTED_SET = `
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
local used, cap, answer = redis.call('ZCARD', KEYS[1]), tonumber(ARGV[3]), {}
for i = 4, #ARGV do
  local known = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if known or used < cap then
    if not known then used = used + 1 end
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i])
    answer[#answer + 1] = ARGV[1]
  else
    answer[#answer + 1] = ''
  end
end
return answer`;

const scope: TierScope = { tenantId: 'bench', portfolioId: 'bench', cap: CUSTOMERS };
/** Mexican mobile numbers in no order. */
const customers = Array.from({ length: CUSTOMERS }, (_, n) => `521${5_500_000_000 + ((n * 7_919) % 9_999_991)}`);
const batches = Array.from({ length: CUSTOMERS / BATCH }, (_, n) => customers.slice(n * BATCH, (n + 1) * BATCH));

/** Places of the messaging limit, in batches, of a portfolio of 100,000 customers; and what a customer takes of memory. */
export const quota: Group = {
  name: 'quota',
  beyondLimits: true,
  run: async (bench, { rounds, share, say }) => {
    await bench.only();
    const redis = new Redis(bench.redisUrl, { keyPrefix: `{${bench.redisPrefix}}:` });
    try {
      const tier = new TierReservation(redis, nobodySentTo as unknown as Database, noNumbers as unknown as Wabas);
      const ours = (batch: readonly string[]) => tier.reserve(scope, batch, new Date());
      const plain = (batch: readonly string[]) =>
        redis.eval(SORTED_SET, 1, PLAIN, Date.now(), Date.now() - 86_400_000, CUSTOMERS, ...batch);
      say('quota …');
      await fill(ours);
      await fill(plain);
      const bytes = await bytesOf(redis, `tier:${scope.portfolioId}:counts`, `tier:${scope.portfolioId}:leaving`);
      const plainBytes = await bytesOf(redis, PLAIN);
      const lines = await measure(
        {
          name: `places of the messaging limit, batches of ${BATCH}`,
          size: 400_000,
          run: (size) => decide(size, ours),
          baselines: [{ name: 'sorted set', run: (size) => decide(size, plain) }],
        },
        rounds,
        share,
      );
      for (const line of lines) {
        const { product } = line.data as { product: Measured[] };
        const best = Math.max(...product.map((m) => m.perSecond));
        Object.assign(line, { goal: `≥ ${GOAL_PER_SECOND.toLocaleString('en')}/s`, met: best >= GOAL_PER_SECOND });
      }
      lines.push({
        figure: `memory of a counted customer, of ${CUSTOMERS.toLocaleString('en')}`,
        measured: `${bytes.toFixed(1)} bytes`,
        baseline: `sorted set: ${plainBytes.toFixed(1)} bytes`,
        ratio: (bytes / plainBytes).toFixed(2),
        goal: `≤ ${GOAL_BYTES} bytes`,
        met: bytes <= GOAL_BYTES,
        data: { bytes, plainBytes },
      });
      await redis.del(`tier:${scope.portfolioId}:counts`, `tier:${scope.portfolioId}:leaving`, PLAIN);
      return lines;
    } finally {
      redis.disconnect();
    }
  },
};

const nobodySentTo = { inTenant: async () => [] };
const noNumbers = {};

async function fill(take: (batch: readonly string[]) => Promise<unknown>): Promise<void> {
  for (const batch of batches) await take(batch);
}

/** So many decisions about customers of whom most were sent to before, as in a broadcast that was cut short. */
async function decide(size: number, take: (batch: readonly string[]) => Promise<unknown>): Promise<Measured> {
  let next = 0;
  const calls = Math.ceil(size / BATCH);
  const from = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < calls) await take(batches[next++ % batches.length] as string[]);
    }),
  );
  return { perSecond: (calls * BATCH) / ((performance.now() - from) / 1_000) };
}

async function bytesOf(redis: Redis, ...keys: string[]): Promise<number> {
  let bytes = 0;
  for (const key of keys) bytes += (await redis.memory('USAGE', `${redis.options.keyPrefix}${key}`, 'SAMPLES', 0)) ?? 0;
  return bytes / CUSTOMERS;
}
