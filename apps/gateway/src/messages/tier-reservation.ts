import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { customersIn24h } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { REDIS } from '#libs/queues';
import { admit, capOf, DAY_MS, ladderAt, parseLimit } from '#libs/tier-quota';
import { type Portfolio, Wabas } from '#libs/wabas';

/** Whose limit it is, and how many different customers it allows in a moving day (Infinity: no limit). */
export interface TierScope {
  tenantId: string;
  portfolioId: string;
  cap: number;
}

export interface Reservation {
  /** The counting that the places were taken from; see `holds`. */
  generation: string;
  /**
   * Those who may be sent to, each with the mark by which the place can be given back; `known` for one who was counted
   * already, whose place is another's.
   */
  admitted: ReadonlyMap<string, string>;
  /** When there is room for the others. */
  retryAt: Date;
}

// One sorted set per portfolio: member = customer, score = ms of the newest send. Its highest member, at infinity, names
// the generation of the counting. Because both live in one key, Redis loses or evicts them together, and a set without a
// generation is one that must be counted anew from PostgreSQL.
const GENERATION = `
local function generation(key)
  local top = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')
  if top[1] and tonumber(top[2]) == math.huge then return top[1] end
  return false
end
`;

// KEYS[1]; ARGV: generation wanted, now, cutoff, cap, customers ... Each reservation of a customer has a score of its own
// (a thousandth of a millisecond more than one of the same moment), so it can be told from those after it.
const RESERVE = `${GENERATION}
if generation(KEYS[1]) ~= ARGV[1] then return {'stale'} end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
local used = redis.call('ZCARD', KEYS[1]) - 1
local cap = tonumber(ARGV[4])
local answer = {'ok', '', ''}
for i = 5, #ARGV do
  local known = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if known or used < cap then
    if not known then used = used + 1 end
    local score = tonumber(ARGV[2])
    if known and tonumber(known) >= score then score = tonumber(known) + 0.001 end
    local mark = string.format('%.3f', score)
    redis.call('ZADD', KEYS[1], mark, ARGV[i])
    answer[#answer + 1] = known and 'known' or mark
  else
    answer[#answer + 1] = '0'
  end
end
local leaves = redis.call('ZRANGE', KEYS[1], used - cap, used - cap, 'WITHSCORES')
answer[2] = tostring(used)
answer[3] = leaves[2] or ''
redis.call('PEXPIRE', KEYS[1], 172800000)
return answer`;

// KEYS[1]; ARGV: generation to be named if there is none
const BEGIN = `${GENERATION}
local named = generation(KEYS[1])
if named then return named end
redis.call('ZADD', KEYS[1], '+inf', ARGV[1])
redis.call('PEXPIRE', KEYS[1], 172800000)
return ARGV[1]`;

// KEYS[1]; ARGV: generation, then for each place: customer, mark.
const RELEASE = `${GENERATION}
if generation(KEYS[1]) ~= ARGV[1] then return 0 end
local given = 0
for i = 2, #ARGV, 2 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if score and tonumber(score) == tonumber(ARGV[i + 1]) then given = given + redis.call('ZREM', KEYS[1], ARGV[i]) end
end
return given`;

// KEYS[1]; ARGV: cutoff, customer
const LOOK = `${GENERATION}
local named = generation(KEYS[1])
if not named then return {} end
local known = redis.call('ZSCORE', KEYS[1], ARGV[2])
return {redis.call('ZCOUNT', KEYS[1], '(' .. ARGV[1], '+inf') - 1, (known and tonumber(known) > tonumber(ARGV[1])) and 1 or 0}`;

/**
 * The messaging limit, exact across processes: one atomic step in Redis asks and counts, before the call to Meta. What is
 * counted is a send, not its delivery: a place is given back when the call fails, but a message that fails after Meta took it
 * keeps its customer counted. Never too many, at times too few. The rule is that of `tier-quota`.
 */
@Injectable()
export class TierReservation {
  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly db: Database,
    private readonly wabas: Wabas,
  ) {}

  scopeOf(portfolio: Portfolio, now: Date): TierScope {
    const ladder = ladderAt(now.toISOString().slice(0, 10));
    const limit = parseLimit(portfolio.messagingLimit);
    // A limit that cannot be read is taken for the lowest: Meta would refuse more, and a person sees it in the portfolio.
    const cap = capOf(limit.kind === 'unreadable' ? { kind: 'not_set' } : limit, ladder);
    return { tenantId: portfolio.tenantId, portfolioId: portfolio.portfolioId, cap };
  }

  /**
   * Takes places for customers outside their service window, in the given order. Take them before the messages are
   * claimed, and ask `holds` after: then whoever counts anew sees them either here or in PostgreSQL.
   */
  async reserve(scope: TierScope, customers: readonly string[], now: Date): Promise<Reservation> {
    const different = [...new Set(customers)];
    for (;;) {
      const generation = await this.generation(scope, now);
      const [verdict, used, leaves, ...places] = (await this.redis.eval(
        RESERVE,
        1,
        keyOf(scope),
        generation,
        now.getTime(),
        now.getTime() - DAY_MS,
        scope.cap,
        ...different,
      )) as string[];
      // Redis lost its counting between two steps: count again.
      if (verdict === 'stale') continue;
      const refusal = admit(
        {
          cap: scope.cap,
          used: Math.max(Number(used), scope.cap),
          leavingAt: leaves ? sparse(Number(used) - scope.cap, new Date(Number(leaves) + DAY_MS)) : [],
        },
        { counted: false, insideWindow: false },
        now,
      );
      return {
        generation,
        admitted: new Map(different.flatMap((c, i) => (places[i] && places[i] !== '0' ? [[c, places[i]]] : []))),
        retryAt: (refusal.send ? undefined : refusal.retryAt) ?? new Date(now.getTime() + DAY_MS),
      };
    }
  }

  /**
   * Gives back the places of customers to whom nothing went out after all; one who was sent to before, or for whom another
   * place was taken since, stays counted. Call it after PostgreSQL knows what became of the messages.
   */
  async release(
    scope: TierScope,
    generation: string,
    places: readonly { customer: string; mark: string }[],
    now: Date,
  ): Promise<void> {
    if (places.length === 0) return;
    const customers = places.map((p) => p.customer);
    const counted = new Set((await this.counted(scope, now, customers)).map((c) => c.recipient));
    const free = places.filter((p) => !counted.has(p.customer));
    if (free.length === 0) return;
    await this.redis.eval(RELEASE, 1, keyOf(scope), generation, ...free.flatMap((p) => [p.customer, p.mark]));
  }

  /**
   * Gives back the places of customers whose messages failed long after they were sent, where the mark of the reservation is
   * not known any more: those that nobody took since, and whom PostgreSQL does not count.
   *
   * @param takenBefore by then every place that was taken before had its message claimed
   */
  async releaseTaken(scope: TierScope, customers: readonly string[], takenBefore: Date, now: Date): Promise<void> {
    if (customers.length === 0 || scope.cap === Number.POSITIVE_INFINITY) return;
    const [generation, score] = await this.redis.zrevrange(keyOf(scope), 0, 0, 'WITHSCORES');
    // Without a counting there is nothing to give back: the next one leaves failed messages out.
    if (!generation || score !== 'inf') return;
    const marks = await this.redis.zmscore(keyOf(scope), ...customers);
    const places = customers.flatMap((customer, i) => {
      const mark = marks[i];
      return mark && Number(mark) <= takenBefore.getTime() ? [{ customer, mark }] : [];
    });
    await this.release(scope, generation, places, now);
  }

  /** Whether places taken from a reservation still count; if not, what was claimed on it must be given back unsent. */
  async holds(scope: TierScope, reservation: Reservation): Promise<boolean> {
    const [top] = await this.redis.zrevrange(keyOf(scope), 0, 0);
    return top === reservation.generation;
  }

  /**
   * What is used of a limit at an instant, and when the next customer stops counting, which makes room (if the limit was
   * lowered, when enough of them do); undefined while nobody counts.
   */
  async use(scope: TierScope, now: Date): Promise<{ used: number; nextLeavesAt: Date | undefined }> {
    await this.generation(scope, now);
    const cutoff = `(${now.getTime() - DAY_MS}`;
    // The highest member is the name of the generation, at infinity.
    const used = Math.max(0, (await this.redis.zcount(keyOf(scope), cutoff, '+inf')) - 1);
    if (used === 0) return { used, nextLeavesAt: undefined };
    const nth = Math.max(0, used - scope.cap);
    const [, score] = await this.redis.zrangebyscore(keyOf(scope), cutoff, '+inf', 'WITHSCORES', 'LIMIT', nth, 1);
    const at = Number(score);
    return { used, nextLeavesAt: Number.isFinite(at) ? new Date(Math.ceil(at) + DAY_MS) : undefined };
  }

  /** How many more different customers fit at an instant; Infinity when there is no limit. */
  async headroom(scope: TierScope, now: Date): Promise<number> {
    return (await this.look(scope, '', now)).room;
  }

  /** Whether one more message to this customer fits, without taking a place. */
  async hasRoomFor(scope: TierScope, customer: string, now: Date): Promise<boolean> {
    const { room, counted } = await this.look(scope, customer, now);
    return counted || room > 0;
  }

  private async look(scope: TierScope, customer: string, now: Date): Promise<{ room: number; counted: boolean }> {
    if (scope.cap === Number.POSITIVE_INFINITY) return { room: scope.cap, counted: false };
    for (;;) {
      const [used, counted] = (await this.redis.eval(
        LOOK,
        1,
        keyOf(scope),
        now.getTime() - DAY_MS,
        customer,
      )) as number[];
      if (used !== undefined) return { room: Math.max(0, scope.cap - used), counted: counted === 1 };
      await this.generation(scope, now);
    }
  }

  /** The generation of the counting; where there is none, it is counted from PostgreSQL first. */
  private async generation(scope: TierScope, now: Date): Promise<string> {
    const key = keyOf(scope);
    const [top, score] = await this.redis.zrevrange(key, 0, 0, 'WITHSCORES');
    if (top && score === 'inf') return top;
    const customers = await this.counted(scope, now);
    // In pieces, because one command takes only so many arguments; others may do the same at once and come to the same.
    for (let i = 0; i < customers.length; i += 1_000) {
      const piece = customers.slice(i, i + 1_000).flatMap((c) => [c.at.getTime(), c.recipient]);
      await this.redis.zadd(key, 'GT', ...piece);
    }
    return (await this.redis.eval(BEGIN, 1, key, `#${randomUUID()}`)) as string;
  }

  /** Who counts by what PostgreSQL knows, and since when; all, or only some. */
  private counted(scope: TierScope, now: Date, only?: readonly string[]): Promise<{ recipient: string; at: Date }[]> {
    return this.db.inTenant(scope.tenantId, async (tx) => {
      const ofPortfolio = new Set(
        (await this.wabas.wabas(tx, scope.tenantId))
          .filter((w) => w.portfolioId === scope.portfolioId)
          .map((w) => w.wabaId),
      );
      const numbers = (await this.wabas.phoneNumbers(tx, scope.tenantId)).filter((n) => ofPortfolio.has(n.wabaId));
      const ids = numbers.map((n) => n.phoneNumberId);
      return customersIn24h(tx, scope.tenantId, ids, now, only);
    });
  }
}

const keyOf = (scope: TierScope) => `tier:${scope.portfolioId}`;

/** A list of which only one place matters: `admit` reads the customer whose leaving makes room. */
function sparse(index: number, at: Date): Date[] {
  const list: Date[] = [];
  list[Math.max(0, index)] = at;
  return list;
}
