import fc from 'fast-check';
import { Redis } from 'ioredis';
import { testRedis } from '../../../../test/support/database.js';
import { takePairSlot } from '../../../sandbox/src/messages/pair-rate.js';
import { PairRate } from './pair-rate.js';

const T0 = Date.UTC(2026, 10, 22);

describe('the pair rate', () => {
  const { url, prefix } = testRedis();
  const redis = new Redis(url, { keyPrefix: `{${prefix}}:` });
  afterAll(() => redis.disconnect());
  let run = 0;

  it('is never broken at Meta, whatever is asked when, by which process, and however long calls are on their way', async () => {
    const step = fc.record({
      afterMs: fc.oneof(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: 400_000 })),
      messages: fc.integer({ min: 1, max: 60 }),
      lateMs: fc.integer({ min: 0, max: 500 }),
      process: fc.integer({ min: 0, max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const number = `n${run++}`;
        const processes = [new PairRate(redis), new PairRate(redis), new PairRate(redis)];
        let now = T0;
        let arrival = 0;
        let lastAt = 0;
        for (const { afterMs, messages, lateMs, process } of steps) {
          now += afterMs;
          const may = await (processes[process] as PairRate).take(number, Array(messages).fill('1'), new Date(now));
          for (const allowed of may) {
            if (!allowed) continue;
            // To one recipient one call follows the other, so they arrive in order.
            lastAt = Math.max(lastAt, now + lateMs);
            const taken = takePairSlot(arrival, lastAt);
            expect(taken).toBeDefined();
            arrival = taken ?? 0;
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('lets a burst go, then about one in six seconds, and does not touch others', async () => {
    const pairs = new PairRate(redis);
    const number = `n${run++}`;
    const burst = await pairs.take(number, [...Array(60).fill('1'), '2'], new Date(T0));
    expect(burst.filter((may) => may).length).toBe(45);
    expect(burst.at(-1)).toBe(true);
    expect(pairs.blocked(number, new Date(T0)).recipients).toEqual(['1']);
    let sent = 0;
    for (let ms = 0; ms <= 60_000; ms += 500) {
      const [may] = await pairs.take(number, ['1'], new Date(T0 + ms));
      if (may) sent++;
    }
    expect(sent).toBeGreaterThanOrEqual(9);
    expect(sent).toBeLessThanOrEqual(11);
  });

  it('lets all go without Redis, for Meta says no itself', async () => {
    const away = new Redis({ port: 1, lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
    expect(await new PairRate(away).take('n', ['1', '1'], new Date(T0))).toEqual([true, true]);
    away.disconnect();
  });
});
