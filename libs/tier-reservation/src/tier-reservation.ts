import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { loadConfig } from '#libs/config';
import { customersIn24h } from '#libs/outbox';
import { Database } from '#libs/persistence';
import { REDIS } from '#libs/queues';
import { admit, DAY_MS, type Planned, planEach, remaining, type Verdict } from '#libs/tier-quota';
import { Wabas } from '#libs/wabas';
import { type Counted, countAnew, countedOf, countedSends, type Known, keysOf, microsOf } from './counting.js';
import { CONFIRM, LOOK, RELEASE, RESERVE } from './counting-scripts.js';
import { codesOf } from './customer-code.js';
import { RedisScript } from './redis-script.js';
import { type HeldLimit, type LimitHolder, limitOf, numbersOf, scopeOf, type TierScope } from './tier-scope.js';

/** Why no more customers fit, how many do, and when (undefined: no wait helps). */
export type TierRefusal = Extract<Verdict, { send: false }>;

export interface Reservation {
  /** The counting that the places were taken from; see `holds`. */
  readonly generation: string;
  /**
   * Those who may be sent to, each with the mark by which the place can be given back; `known` for one who was counted
   * already, whose place is another's.
   */
  readonly admitted: ReadonlyMap<string, string>;
  /** How many more different customers fit; Infinity when there is no limit. */
  readonly remaining: number;
  /** Of the others, if there are any. */
  readonly refusal: TierRefusal | undefined;
}

/** A place of the limit that was taken by a reservation. */
export interface Place {
  readonly customer: string;
  readonly mark: string;
}

/** What is used of a limit. */
export interface TierUse {
  /** Different customers counted. */
  readonly used: number;
  /** When the next customer stops counting, which makes room (if the limit was lowered, when enough do); undefined while nobody counts. */
  readonly nextLeavesAt: Date | undefined;
}

/** After a limit was lowered by more, one who only looks is told the end of the day: to find the time Redis reads everybody. */
const MOST_LOOKED_FOR = 1_000;

const reserve = new RedisScript(RESERVE);
const look = new RedisScript(LOOK);
const release = new RedisScript(RELEASE);
const confirm = new RedisScript(CONFIRM);

/**
 * The messaging limit, exact across processes: one atomic step in Redis asks and counts a batch of customers, before the
 * calls to Meta. Places count from the send, and are given back when nothing was delivered. Redis may forget everything at
 * any time: the counting is made anew from PostgreSQL before the next decision. The rule is that of `tier-quota`.
 */
@Injectable()
export class TierReservation {
  private readonly seedTiers = loadConfig(['META_SEED_TIERS']).META_SEED_TIERS;

  constructor(
    @Inject(REDIS) private readonly redis: Redis,
    private readonly db: Database,
    private readonly wabas: Wabas,
  ) {}

  /** The limit that a number is under. */
  limitOf(holder: LimitHolder, now: Date): HeldLimit {
    return limitOf(holder, now, this.seedTiers);
  }

  /** Whose limit that is. */
  scopeOf(holder: LimitHolder, now: Date): TierScope {
    return scopeOf(holder, now, this.seedTiers);
  }

  /**
   * Takes places for customers outside their service window, in the given order. Take them before the messages are
   * claimed, and ask `holds` after: then whoever counts anew sees them either here or in PostgreSQL.
   *
   * @throws when Redis cannot be asked; nobody may be sent to then
   */
  async reserve(scope: TierScope, customers: readonly string[], now: Date): Promise<Reservation> {
    const different = [...new Set(customers)];
    const asked = [microsOf(now), cutoffOf(now), capArgument(scope), codesOf(different)];
    const [generation = '', used, roomAfter, signs = '', ...later] = await this.ask(reserve, scope, asked, now);
    const marks = new Map<number, string>();
    for (let i = 0; i < later.length; i += 2) marks.set(Number(later[i]), later[i + 1] as string);
    const admitted = new Map<string, string>();
    for (const [i, customer] of different.entries()) {
      if (signs[i] === '+') admitted.set(customer, marks.get(i) ?? (asked[0] as string));
      else if (signs[i] === '=') admitted.set(customer, 'known');
    }
    const left = remaining({ cap: scope.cap, used: Number(used) });
    const refusal =
      admitted.size < different.length ? refusalOf(scope, Number(used), leaveOf(roomAfter), now) : undefined;
    return { generation, admitted, remaining: left, refusal };
  }

  /**
   * Gives back the places of customers to whom nothing went out after all; one who was sent to before, or for whom another
   * place was taken since, stays counted. Call it after PostgreSQL knows what became of the messages.
   */
  async release(scope: TierScope, generation: string, places: readonly Place[], now: Date): Promise<void> {
    if (places.length === 0) return;
    const customers = places.map((p) => p.customer);
    const counted = new Set((await this.counted(scope, now, customers)).map((c) => c.recipient));
    const free = places.filter((p) => !counted.has(p.customer));
    if (free.length === 0) return;
    const codes = codesOf(free.map((p) => p.customer));
    await release.run(this.redis, keysOf(scope), [generation, codes, ...free.map((p) => p.mark)]);
  }

  /**
   * Gives back the places of customers whose messages failed long after they were sent, where the mark of the reservation is
   * not known any more: those that nobody took since, and whom PostgreSQL does not count.
   *
   * @param takenBefore by then every place that was taken before had its message claimed
   */
  async releaseTaken(scope: TierScope, customers: readonly string[], takenBefore: Date, now: Date): Promise<void> {
    if (customers.length === 0 || scope.cap === Number.POSITIVE_INFINITY) return;
    const asked = [cutoffOf(now), NO_CAP, codesOf(customers)];
    const answer = await look.run<string[]>(this.redis, keysOf(scope), asked);
    // Without a counting there is nothing to give back: the next one leaves failed messages out.
    const [generation, , , ...marks] = answer;
    if (generation === undefined) return;
    const places = customers.flatMap((customer, i) => {
      const mark = marks[i];
      return mark && Number(mark) <= takenBefore.getTime() * 1_000 ? [{ customer, mark }] : [];
    });
    await this.release(scope, generation, places, now);
  }

  /**
   * Counts customers from the delivery of their message, where that was later than the send: Meta counts deliveries. Call it
   * once PostgreSQL knows of them; a counting that is made meanwhile has them from there.
   */
  async confirm(scope: TierScope, delivered: readonly Counted[], now: Date): Promise<void> {
    const counting = delivered.filter((d) => d.at.getTime() > now.getTime() - DAY_MS);
    if (counting.length === 0 || scope.cap === Number.POSITIVE_INFINITY) return;
    const [generation = ''] = await this.ask(look, scope, [cutoffOf(now), NO_CAP, ''], now);
    const codes = codesOf(counting.map((d) => d.recipient));
    await confirm.run(this.redis, keysOf(scope), [generation, codes, ...counting.map((d) => microsOf(d.at))]);
  }

  /** Whether places taken from a reservation still count; if not, what was claimed on it must be given back unsent. */
  async holds(scope: TierScope, reservation: Reservation): Promise<boolean> {
    const [generation] = await look.run<string[]>(this.redis, keysOf(scope), ['0', NO_CAP, '']);
    return generation === reservation.generation;
  }

  /** What is used of a limit at an instant. */
  async use(scope: TierScope, now: Date): Promise<TierUse> {
    const [, used, next] = await this.ask(look, scope, [cutoffOf(now), capArgument(scope), ''], now);
    return { used: Number(used), nextLeavesAt: leaveOf(next) };
  }

  /** Whether one more message to this customer would fit, without taking a place. */
  async verdictOn(scope: TierScope, customer: string, now: Date): Promise<Verdict> {
    return (await this.verdictsOn(scope, [customer], now))[0] as Verdict;
  }

  /** The same for messages to several customers, one after the other: who fits takes room from those behind, and no place. */
  async verdictsOn(scope: TierScope, customers: readonly string[], now: Date): Promise<Verdict[]> {
    if (scope.cap === Number.POSITIVE_INFINITY) {
      return customers.map(() => ({ send: true, counts: true, remaining: scope.cap }));
    }
    const asked = [cutoffOf(now), capArgument(scope), codesOf(customers), `${MOST_LOOKED_FOR}`];
    const [, used, next, ...marks] = await this.ask(look, scope, asked, now);
    const fitting = new Set<string>();
    return customers.map((customer, i) => {
      const counted = marks[i] !== '' || fitting.has(customer);
      const use = useOf(scope, Number(used) + fitting.size, leaveOf(next));
      const verdict = admit(use, { counted, insideWindow: false }, now);
      if (verdict.send && !counted) fitting.add(customer);
      return verdict;
    });
  }

  /**
   * When each of an audience can be sent to, and by which rule of the limit each is held; nothing is taken.
   *
   * @param audience different customers in the order in which they are to be sent to
   */
  async plan(
    scope: TierScope,
    audience: readonly { customer: string; insideWindow: boolean }[],
    now: Date,
  ): Promise<Planned[]> {
    if (scope.cap === Number.POSITIVE_INFINITY) {
      return planEach(
        audience.map((one) => ({ ...one, counted: false })),
        { cap: scope.cap, used: 0 },
        now,
      );
    }
    const codes = codesOf(audience.map((one) => one.customer));
    const [, used, , ...marks] = await this.ask(look, scope, [cutoffOf(now), NO_CAP, codes], now);
    const leavingAt = (await countedSends(this.redis, scope)).map((sent) => leaveOf(`${sent}`) as Date);
    return planEach(
      audience.map((one, i) => ({ ...one, counted: marks[i] !== '' })),
      { cap: scope.cap, used: Number(used), leavingAt },
      now,
    );
  }

  /** Asks the counting; where there is none, it is made from PostgreSQL first. */
  private async ask(
    script: RedisScript,
    scope: TierScope,
    args: readonly (string | Buffer)[],
    now: Date,
  ): Promise<string[]> {
    for (;;) {
      const answer = await script.run<string[]>(this.redis, keysOf(scope), args);
      if (answer.length > 0) return answer;
      await countAnew(this.redis, scope, async () => countedOf(await this.counted(scope, now), scope.cap));
    }
  }

  /** Who counts by what PostgreSQL knows, and since when; all, or only some. */
  private counted(scope: TierScope, now: Date, only?: readonly string[]): Promise<Known[]> {
    return this.db.inTenant(scope.tenantId, async (tx) => {
      const numbers = await numbersOf(tx, this.wabas, scope);
      const ids = numbers.map((n) => n.phoneNumberId);
      return customersIn24h(tx, scope.tenantId, ids, now, only);
    });
  }
}

const NO_CAP = '-1';
const capArgument = ({ cap }: TierScope): string => (Number.isFinite(cap) ? `${cap}` : NO_CAP);

/** Sends at this microsecond or before do not count any more. */
const cutoffOf = (now: Date): string => microsOf(new Date(now.getTime() - DAY_MS));

/** When one who was sent to at a microsecond stops counting; to the next whole millisecond. */
const leaveOf = (sentMicros: string | undefined): Date | undefined =>
  sentMicros ? new Date(Math.ceil(Number(sentMicros) / 1_000) + DAY_MS) : undefined;

/** @param roomAt when enough have left for one more to fit: the only time that matters where the limit is used up */
function useOf({ cap }: TierScope, used: number, roomAt: Date | undefined) {
  const leavingAt: Date[] = [];
  if (roomAt && used >= cap) leavingAt[used - cap] = roomAt;
  return { cap, used, leavingAt };
}

function refusalOf(scope: TierScope, used: number, roomAt: Date | undefined, now: Date): TierRefusal | undefined {
  const verdict = admit(useOf(scope, used, roomAt), { counted: false, insideWindow: false }, now);
  return verdict.send ? undefined : verdict;
}
