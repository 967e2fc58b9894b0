import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { Database } from '#libs/persistence';
import { admit, type CountedSend, countedAt, DAY_MS, leavingAt } from '#libs/tier-quota';
import type { Wabas } from '#libs/wabas';
import { testRedis } from '../../../../test/support/database.js';
import { TierReservation } from './tier-reservation.js';

const CAP = 4;
const CUSTOMERS = ['1', '2', '3', '4', '5', '6', '7'];

type Step = { afterMs: number; ask: string[] } | 'redis forgets';
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        afterMs: fc.integer({ min: 1, max: DAY_MS }),
        ask: fc.array(fc.constantFrom(...CUSTOMERS), { minLength: 1, maxLength: 6 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant('redis forgets' as const) },
  ),
  { minLength: 1, maxLength: 12 },
);

describe('the messaging limit in Redis', () => {
  const { url, prefix } = testRedis();
  const redis = new Redis(url, { keyPrefix: `{${prefix}}:` });
  afterAll(() => redis.disconnect());

  it('decides as the rule does over every send, whatever is asked when, and after Redis forgot', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (asked) => {
        const scope = { tenantId: 't', portfolioId: `p${run++}`, cap: CAP };
        const sends: CountedSend[] = [];
        let now = Date.UTC(2026, 10, 22);
        // PostgreSQL knows every send; it is what the counting begins from.
        const tx = {
          query: async () =>
            [...countedAt(sends, new Date(now))].map(([recipient, end]) => ({ recipient, at: new Date(end - DAY_MS) })),
        };
        const db = { inTenant: (_: string, work: (t: typeof tx) => unknown) => work(tx) } as unknown as Database;
        const wabas = { wabas: async () => [], phoneNumbers: async () => [] } as unknown as Wabas;
        const tier = new TierReservation(redis, db, wabas);
        for (const step of asked) {
          if (step === 'redis forgets') {
            await redis.del(`tier:${scope.portfolioId}`);
            continue;
          }
          now += step.afterMs;
          const at = new Date(now);
          const room = await tier.headroom(scope, at);
          expect(room).toBe(CAP - countedAt(sends, at).size);
          const { admitted, retryAt } = await tier.reserve(scope, step.ask, at);
          for (const customer of new Set(step.ask)) {
            const counted = countedAt(sends, at);
            const use = { cap: CAP, used: counted.size, leavingAt: leavingAt(sends, at) };
            const verdict = admit(use, { counted: counted.has(customer), insideWindow: false }, at);
            expect([customer, admitted.has(customer)]).toEqual([customer, verdict.send]);
            if (verdict.send) sends.push({ recipient: customer, sentAt: at, deliveredAt: at });
          }
          if (admitted.size < new Set(step.ask).size) {
            expect(retryAt).toEqual(leavingAt(sends, at)[0]);
            expect(await tier.hasRoomFor(scope, 'someone new', at)).toBe(false);
            expect(await tier.hasRoomFor(scope, 'someone new', retryAt)).toBe(true);
          }
          expect(countedAt(sends, at).size).toBeLessThanOrEqual(CAP);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('notices that places were taken from a count that is gone', async () => {
    const db = { inTenant: (_: string, work: (t: unknown) => unknown) => work({ query: async () => [] }) };
    const wabas = { wabas: async () => [], phoneNumbers: async () => [] };
    const tier = new TierReservation(redis, db as unknown as Database, wabas as unknown as Wabas);
    const scope = { tenantId: 't', portfolioId: 'lost', cap: CAP };
    const taken = await tier.reserve(scope, ['1'], new Date());
    expect(await tier.holds(scope, taken)).toBe(true);
    await redis.del('tier:lost');
    expect(await tier.holds(scope, taken)).toBe(false);
    await tier.reserve(scope, ['2'], new Date());
    expect(await tier.holds(scope, taken)).toBe(false);
  });
});
