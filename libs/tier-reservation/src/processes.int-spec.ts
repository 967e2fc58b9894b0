import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { Database } from '#libs/persistence';
import { type CountedSend, countedAt, DAY_MS, peakOf } from '#libs/tier-quota';
import type { Wabas } from '#libs/wabas';
import type { Batch, FromTaker, Statement } from '../../../test/support/place-taker.js';
import { TierReservation, type TierScope } from './index.js';

const TAKER = 'test/support/place-taker.ts';
const START = Date.UTC(2026, 10, 22);
const CUSTOMERS = ['34600000001', '34600000002', 'US.13491208655302741918', '34600000004', '5', '34604096', '7'];

/** A Redis of this file alone, which can be killed and started again: then it remembers its last snapshot and nothing since. */
class OwnRedis {
  private readonly folder = mkdtempSync(join(tmpdir(), 'tier-redis-'));
  private server: ChildProcess | undefined;

  /** A socket of its own: a port that is free while it is dead may be another's when it comes back. */
  get url(): string {
    return join(this.folder, 'redis.sock');
  }

  async start(): Promise<void> {
    const flags = ['--port', '0', '--unixsocket', this.url, '--dir', this.folder, '--save', ''];
    this.server = spawn('redis-server', flags, { stdio: 'ignore' });
    const ended = once(this.server, 'exit').then(([code]) => {
      throw new Error(`redis-server ended with ${code}`);
    });
    const client = new Redis(this.url, { retryStrategy: () => 20, maxRetriesPerRequest: null });
    client.on('error', () => {});
    await Promise.race([client.ping(), ended]).finally(() => client.disconnect());
  }

  async kill(): Promise<void> {
    const gone = once(this.server as ChildProcess, 'exit');
    this.server?.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

type Row = CountedSend & { handedOver?: true; deliveredAt?: Date; failedAt?: Date };

/** What nobody settled counts from the send, as the statement of the outbox has it. */
const asCounted = (row: Row): Row => (row.deliveredAt || row.failedAt ? row : { ...row, deliveredAt: row.sentAt });

/** The truth that outlives Redis: one statement at a time, as the rows of PostgreSQL would have it. */
class Truth {
  rows: Row[] = [];
  /** What happens before a statement is executed. */
  before: (statement: Statement) => Promise<void> = async () => {};

  answer(statement: Statement): unknown {
    const at = new Date(statement.now);
    if (statement.kind === 'counted') {
      return this.counted(at).filter((c) => !statement.only || statement.only.includes(c.recipient));
    }
    for (const recipient of statement.customers) {
      if (statement.kind === 'claim') {
        this.rows.push({ recipient, sentAt: at });
        continue;
      }
      const i = this.rows.findLastIndex(
        (r) => r.recipient === recipient && r.sentAt.getTime() === statement.now && !r.deliveredAt && !r.failedAt,
      );
      const row = this.rows[i] as Row;
      if (statement.kind === 'give back') this.rows.splice(i, 1);
      else if (statement.kind === 'handed over') this.rows[i] = { ...row, handedOver: true };
      else if (statement.kind === 'settle')
        this.rows[i] = { ...row, [statement.became === 'delivered' ? 'deliveredAt' : 'failedAt']: at };
    }
    return null;
  }

  counted(now: Date): { recipient: string; at: number; taken: boolean }[] {
    const rows = this.rows.map(asCounted);
    const taken = rows.filter((r) => r.handedOver && Number(r.deliveredAt) > now.getTime() - DAY_MS);
    return [...countedAt(rows, now)].map(([recipient, end]) => ({
      recipient,
      at: end - DAY_MS,
      taken: taken.some((row) => row.recipient === recipient),
    }));
  }

  /** The most customers that were counted at once, of messages that Meta was handed. */
  peak(): number {
    return peakOf(this.rows.filter((row) => row.handedOver).map(asCounted));
  }
}

/** A process that takes places, and its parent's end of the line. */
class Taker {
  private readonly process: ChildProcess;
  private readonly running = new Map<number, (refused: number) => void>();
  private batches = 0;
  readonly gone: Promise<unknown>;

  constructor(url: string, truth: () => Truth) {
    const flags = ['--conditions=source', '--import', './test/support/typescript-hooks.mjs', TAKER, url];
    this.process = spawn(process.execPath, flags, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.gone = once(this.process, 'exit').then(() => {
      for (const settle of this.running.values()) settle(0);
    });
    this.process.on('message', (message: FromTaker) => {
      if ('done' in message) this.running.get(message.done)?.(message.refused);
      else void this.answer(truth(), message);
    });
  }

  private async answer(truth: Truth, { statement, number }: Exclude<FromTaker, { done: number }>): Promise<void> {
    await truth.before(statement);
    if (this.process.connected) this.process.send({ answer: truth.answer(statement), number });
  }

  /** @returns how many were refused, once the process has left the batch */
  send(batch: Omit<Batch, 'id'>): Promise<number> {
    const id = this.batches++;
    return new Promise((resolve) => {
      this.running.set(id, resolve);
      this.process.send({ batch: { ...batch, id } });
    });
  }

  async stop(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.gone;
  }
}

const redis = new OwnRedis();
let control: Redis;
let truth = new Truth();
let takers: Taker[] = [];
let portfolios = 0;

const aLimit = (cap: number): TierScope => {
  truth = new Truth();
  return { tenantId: 't', portfolioId: `p${portfolios++}`, cap };
};

/** Room as it must be once ten minutes have passed since PostgreSQL was asked, and how many more than that are let in. */
async function roomLeft(scope: TierScope, now: number): Promise<{ room: number; admitted: number }> {
  const [counted, at] = [truth.counted(new Date(now)), new Date(now)];
  const tx = { query: async () => truth.counted(at).map((c) => ({ ...c, at: new Date(c.at) })) };
  const db = { inTenant: (_: string, work: (t: typeof tx) => unknown) => work(tx) } as unknown as Database;
  const wabas = { wabas: async () => [], phoneNumbers: async () => [] } as unknown as Wabas;
  const key = `tier:${scope.portfolioId}:counts`;
  if (await control.exists(key)) await control.hincrby(key, 'made', -600);
  const fresh = Array.from({ length: scope.cap + 1 }, (_, i) => `9990${i}`);
  const { admitted } = await new TierReservation(control, db, wabas).reserve(scope, fresh, at);
  return { room: scope.cap - counted.length, admitted: admitted.size };
}

beforeAll(async () => {
  await redis.start();
  control = new Redis(redis.url, { maxRetriesPerRequest: null });
  control.on('error', () => {});
  takers = Array.from({ length: 3 }, () => new Taker(redis.url, () => truth));
});
afterAll(async () => {
  control.disconnect();
  await Promise.all(takers.map((taker) => taker.stop()));
  await redis.stop();
});

const batch = fc.record(
  {
    customers: fc.uniqueArray(fc.constantFrom(...CUSTOMERS), { minLength: 1, maxLength: 5 }),
    becomes: fc.constantFrom('delivered' as const, 'delivered' as const, 'failed' as const),
    leavesAfter: fc.constantFrom('reserve' as const, 'claim' as const, 'hold' as const),
  },
  { requiredKeys: ['customers', 'becomes'] },
);
const round = fc.record({
  afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: DAY_MS })),
  batches: fc.array(batch, { minLength: 1, maxLength: 6 }),
  meanwhile: fc.oneof(
    { weight: 3, arbitrary: fc.constant('nothing' as const) },
    { weight: 2, arbitrary: fc.constant('redis is flushed' as const) },
    { weight: 1, arbitrary: fc.constant('redis is started again' as const) },
  ),
  when: fc.constantFrom('at once' as const, 'before a claim' as const),
});

type Round = typeof round extends fc.Arbitrary<infer T> ? T : never;

async function lose(how: 'redis is flushed' | 'redis is started again'): Promise<void> {
  if (how === 'redis is flushed') await control.flushall();
  else {
    await redis.kill();
    await redis.start();
  }
}

/** Batches of one moment, each by one of the processes; Redis is lost then, or while the first to claim has not done so yet. */
async function live({ batches, meanwhile, when }: Round, scope: TierScope, now: number): Promise<void> {
  if (meanwhile === 'redis is started again') await control.save();
  let left = batches.length;
  let onlyOneLeft = () => {};
  const othersDone = new Promise<void>((resolve) => {
    onlyOneLeft = resolve;
  });
  let isLost = meanwhile === 'nothing' || when === 'at once';
  truth.before = async ({ kind }) => {
    if (isLost || kind !== 'claim' || meanwhile === 'nothing') return;
    isLost = true;
    await lose(meanwhile);
    if (left > 1) await othersDone;
  };
  const sending = batches.map(async (one, i) => {
    await takers[i % takers.length]?.send({ ...one, scope, now });
    if (--left <= 1) onlyOneLeft();
  });
  if (meanwhile !== 'nothing' && when === 'at once') await lose(meanwhile);
  await Promise.all(sending);
}

describe('a messaging limit shared by processes', () => {
  it('is never exceeded, and withholds no place, whatever each does when and however Redis is lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.array(round, { minLength: 1, maxLength: 5 }),
        async (cap, rounds) => {
          const scope = aLimit(cap);
          let now = START;
          for (const one of rounds) {
            now += one.afterMs;
            await live(one, scope, now);
          }
          expect(truth.peak()).toBeLessThanOrEqual(cap);
          const { room, admitted } = await roomLeft(scope, now);
          expect(admitted).toBe(Math.max(0, room));
        },
      ),
      { numRuns: 40 },
    );
    // To find the smallest counterexample takes longer than to find none.
  }, 300_000);

  it('gets back the places of a process that was killed before it claimed, and keeps those of one killed after', async () => {
    const scope = aLimit(3);
    const [, , third] = takers;
    const ends = ['reserve', 'claim'] as const;
    for (const [i, leavesAfter] of ends.entries()) {
      const mortal = new Taker(redis.url, () => truth);
      await mortal.send({
        scope,
        now: START,
        customers: [`killed ${i}`],
        becomes: 'delivered',
        leavesAfter,
        die: true,
      });
      await mortal.gone;
    }
    await third?.send({ scope, now: START, customers: ['1'], becomes: 'delivered' });
    // The place of the first is withheld: nobody can know yet that its process will never claim.
    expect(await third?.send({ scope, now: START, customers: ['2'], becomes: 'delivered' })).toBe(1);
    expect(await roomLeft(scope, START)).toEqual({ room: 1, admitted: 1 });
  });

  it('with 3 places left lets 3 of 5 new and all 5 known customers pass', async () => {
    const scope = aLimit(8);
    const known = ['1', '2', '3', '4', '5'];
    await takers[0]?.send({ scope, now: START, customers: known, becomes: 'delivered' });
    const now = START + 3_600_000;
    const people = [...known, '11', '12', '13', '14', '15'];
    const refused = await Promise.all(
      people.map((one, i) => takers[i % 3]?.send({ scope, now, customers: [one], becomes: 'delivered' })),
    );
    expect(refused.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(refused.slice(5).filter((n) => n === 1)).toHaveLength(2);
    expect(truth.rows.filter((row) => row.handedOver && row.sentAt.getTime() === now)).toHaveLength(8);
  });
});
