import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { Database } from '#libs/persistence';
import { admit, type CountedSend, countedAt, DAY_MS, leavingAt, peakOf, planEach } from '#libs/tier-quota';
import type { Wabas } from '#libs/wabas';
import { testRedis } from '../../../test/support/database.js';
import { TierReservation, type TierScope } from './index.js';

const CUSTOMERS = ['34600000001', '34600000002', 'US.13491208655302741918', '34600000004', '5', '34604096', '7'];
const START = Date.UTC(2026, 10, 22);

const { url, prefix } = testRedis();
const clients = Array.from({ length: 3 }, () => new Redis(url, { keyPrefix: `{${prefix}}:` }));
const redis = clients[0] as Redis;
afterAll(() => {
  for (const client of clients) client.disconnect();
});

let portfolios = 0;

/** A limit with three processes, and a PostgreSQL that knows the sends handed in. */
function aLimit(cap: number, sends: CountedSend[] = []) {
  const scope: TierScope = { tenantId: 't', portfolioId: `p${portfolios++}`, cap };
  let now = START;
  const tx = {
    query: async (_: string, [, , , , only]: unknown[]) =>
      [...countedAt(sends, new Date(now))]
        .map(([recipient, end]) => ({
          recipient,
          taken: true,
          at: new Date(Number.isFinite(end) ? end - DAY_MS : lastOf(recipient)),
        }))
        .filter((c) => !only || (only as string[]).includes(c.recipient)),
  };
  const lastOf = (recipient: string) =>
    Math.max(...sends.filter((s) => s.recipient === recipient).map((s) => s.sentAt.getTime()));
  const db = { inTenant: (_: string, work: (t: typeof tx) => unknown) => work(tx) } as unknown as Database;
  const wabas = { wabas: async () => [], phoneNumbers: async () => [] } as unknown as Wabas;
  return {
    scope,
    sends,
    processes: clients.map((client) => new TierReservation(client, db, wabas)) as [
      TierReservation,
      TierReservation,
      TierReservation,
    ],
    now: () => new Date(now),
    pass: (ms: number) => {
      now += ms;
    },
    /** Redis forgets all of it, or one of its keys only. */
    lose: async (what: 'all' | 'counts' | 'leaving') => {
      const keys = ['counts', 'leaving', 'lock'].filter((key) => what === 'all' || key === what);
      await redis.del(...keys.map((key) => `tier:${scope.portfolioId}:${key}`));
    },
  };
}

const delivered = (recipient: string, at: Date): CountedSend => ({ recipient, sentAt: at, deliveredAt: at });

type Step =
  | { kind: 'send'; afterMs: number; by: number; ask: string[] }
  | { kind: 'give back'; afterMs: number; by: number; ask: string[] }
  | { kind: 'delivered late'; afterMs: number; by: number; which: number }
  | { kind: 'redis forgets'; what: 'all' | 'counts' | 'leaving' };

const by = fc.nat({ max: 2 });
const afterMs = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: DAY_MS }));
const ask = fc.array(fc.constantFrom(...CUSTOMERS), { minLength: 1, maxLength: 6 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), afterMs, by, ask }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('give back' as const), afterMs, by, ask }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('delivered late' as const), afterMs, by, which: fc.nat({ max: 20 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('redis forgets' as const),
        what: fc.constantFrom('all' as const, 'counts' as const, 'leaving' as const),
      }),
    },
  ),
  { minLength: 1, maxLength: 14 },
);

describe('the messaging limit in Redis', () => {
  it('decides as the rule does over every send, whichever process asks what when, and whatever Redis forgot', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), steps, async (cap, asked) => {
        const limit = aLimit(cap);
        const { scope, sends } = limit;
        for (const step of asked) {
          if (step.kind === 'redis forgets') {
            await limit.lose(step.what);
            continue;
          }
          limit.pass(step.afterMs);
          const at = limit.now();
          const tier = limit.processes[step.by] as TierReservation;
          const before = countedAt(sends, at);
          expect(await tier.use(scope, at)).toEqual({
            used: before.size,
            nextLeavesAt: leavingAt(sends, at)[Math.max(0, before.size - cap)],
          });
          if (step.kind === 'delivered late') {
            // A message is delivered some time after it was sent, while its place still counts.
            const send = sends[step.which % Math.max(1, sends.length)];
            if (!send || !before.has(send.recipient)) continue;
            sends.push({ recipient: send.recipient, sentAt: at, deliveredAt: at });
            await tier.confirm(scope, [{ recipient: send.recipient, at }], at);
            continue;
          }
          const audience = [...new Set(step.ask)].map((customer) => ({ customer, insideWindow: false }));
          expect(await tier.plan(scope, audience, at)).toEqual(
            planEach(
              audience.map((one) => ({ ...one, counted: before.has(one.customer) })),
              { cap, used: before.size, leavingAt: leavingAt(sends, at) },
              at,
            ),
          );
          const reservation = await tier.reserve(scope, step.ask, at);
          const went: CountedSend[] = [];
          for (const customer of new Set(step.ask)) {
            const counted = countedAt([...sends, ...went], at);
            const use = { cap, used: counted.size, leavingAt: leavingAt([...sends, ...went], at) };
            const verdict = admit(use, { counted: counted.has(customer), insideWindow: false }, at);
            expect([customer, reservation.admitted.has(customer)]).toEqual([customer, verdict.send]);
            if (verdict.send) went.push(delivered(customer, at));
          }
          // Of the whole batch: those who were known and are sent to again leave later now.
          const after = [...sends, ...went];
          const use = { cap, used: countedAt(after, at).size, leavingAt: leavingAt(after, at) };
          const verdict = admit(use, { counted: false, insideWindow: false }, at);
          const all = reservation.admitted.size === new Set(step.ask).size;
          expect(reservation.refusal).toEqual(all ? undefined : verdict);
          expect(reservation.remaining).toBe(cap - countedAt([...sends, ...went], at).size);
          expect(await tier.holds(scope, reservation)).toBe(true);
          if (step.kind === 'give back') {
            const places = [...reservation.admitted]
              .filter(([, mark]) => mark !== 'known')
              .map(([customer, mark]) => ({ customer, mark }));
            // Those counted before were sent to again.
            const again = [...reservation.admitted].filter(([, mark]) => mark === 'known');
            sends.push(...again.map(([customer]) => delivered(customer, at)));
            await tier.release(scope, reservation.generation, places, at);
          } else sends.push(...went);
        }
        expect(peakOf(sends)).toBeLessThanOrEqual(cap);
      }),
      { numRuns: 150 },
    );
  });

  it('admits no customer too many when three processes ask at once while Redis forgets again and again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.tuple(by, ask, fc.boolean()), { minLength: 3, maxLength: 12 }),
        async (cap, asked) => {
          const limit = aLimit(cap);
          const { scope, sends } = limit;
          const at = limit.now();
          const dispatch = async (tier: TierReservation, customers: string[], loses: boolean): Promise<void> => {
            const reservation = await tier.reserve(scope, customers, at);
            if (loses) await limit.lose('all');
            // Claimed in PostgreSQL; given back unsent where the places do not hold.
            const claimed = [...reservation.admitted.keys()].map((c) => ({ recipient: c, sentAt: at }));
            sends.push(...claimed);
            if (await tier.holds(scope, reservation)) {
              for (const one of claimed) Object.assign(one, { deliveredAt: at });
            } else for (const one of claimed) sends.splice(sends.indexOf(one), 1);
          };
          await Promise.all(
            asked.map(([p, who, loses]) => dispatch(limit.processes[p] as TierReservation, who, loses)),
          );
          expect(new Set(sends.filter((s) => s.deliveredAt).map((s) => s.recipient)).size).toBeLessThanOrEqual(cap);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('with 3 places left lets 3 of 5 new and all 5 known customers pass, asked for by three processes', async () => {
    const known = ['1', '2', '3', '4', '5'].map((n) => delivered(`3460000000${n}`, new Date(START - 3_600_000)));
    const limit = aLimit(8, known);
    const at = limit.now();
    const people = [...known.map((k) => k.recipient), '34610', '34611', '34612', '34613', '34614'];
    const asked = await Promise.all(
      people.map((person, i) => (limit.processes[i % 3] as TierReservation).reserve(limit.scope, [person], at)),
    );
    const passed = people.filter((person, i) => asked[i]?.admitted.has(person));
    expect(passed.slice(0, 5)).toEqual(people.slice(0, 5));
    expect(passed).toHaveLength(8);
    const refusals = asked.flatMap((r) => r.refusal ?? []);
    // The first to leave are those sent to an hour ago, who were sent to again now.
    expect(refusals).toHaveLength(2);
    for (const { why, remaining, retryAt } of refusals) {
      expect([why, remaining]).toEqual(['tier_exhausted', 0]);
      expect(retryAt?.getTime()).toBeGreaterThan(at.getTime() + DAY_MS - 3_600_001);
      expect(retryAt?.getTime()).toBeLessThanOrEqual(at.getTime() + DAY_MS);
    }
  });

  it('names the time at which enough have left, after the limit was lowered by much', async () => {
    const sends = Array.from({ length: 300 }, (_, i) =>
      delivered(`${34_600_000_000 + i * 977}`, new Date(START - i * 60_000)),
    );
    const { scope, processes, now } = aLimit(20, sends);
    const { refusal, admitted } = await processes[0].reserve(scope, ['34999999999'], now());
    expect(admitted.size).toBe(0);
    expect(refusal?.retryAt).toEqual(leavingAt(sends, now())[280]);
  });

  it('is counted anew when Redis was started again, although it remembers', async () => {
    const limit = aLimit(2);
    const [tier] = limit.processes;
    const taken = await tier.reserve(limit.scope, ['1'], limit.now());
    const key = `tier:${limit.scope.portfolioId}`;
    // What a Redis that was started from its snapshot holds: everything, named by a run that is over.
    const old = `#${'0'.repeat(40)}${taken.generation.slice(41)}`;
    await redis.hset(`${key}:counts`, 'generation', old);
    await redis.zadd(`${key}:leaving`, '+inf', old);
    expect(await tier.holds(limit.scope, taken)).toBe(false);
    expect((await tier.use(limit.scope, limit.now())).used).toBe(0);
  });

  it('notices that places were taken from a count that is gone', async () => {
    const limit = aLimit(4);
    const [tier] = limit.processes;
    const taken = await tier.reserve(limit.scope, ['1'], limit.now());
    expect(await tier.holds(limit.scope, taken)).toBe(true);
    await limit.lose('all');
    expect(await tier.holds(limit.scope, taken)).toBe(false);
    await tier.reserve(limit.scope, ['2'], limit.now());
    expect(await tier.holds(limit.scope, taken)).toBe(false);
  });
});
