import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { BEGIN, CONFIRM, ENTRY_BYTES } from './counting-scripts.js';
import { CODE_BYTES, codesOf } from './customer-code.js';
import { RedisScript } from './redis-script.js';
import type { TierScope } from './tier-scope.js';

const begin = new RedisScript(BEGIN);
const confirm = new RedisScript(CONFIRM);

/** Customers counted in one call while a counting is made: others wait for Redis so long. */
const PIECE = 2_000;
/** One process counts at a time; one that died meanwhile is waited for no longer. */
const LOCK_MS = 10_000;
const ASK_AGAIN_MS = 20;

/** A customer who counts, and the time of the newest message that counts. */
export interface Counted {
  readonly recipient: string;
  readonly at: Date;
}

/** A customer who counts by what PostgreSQL knows. */
export interface Known extends Counted {
  /** Meta is known to have taken a message to the customer. */
  readonly taken: boolean;
}

/**
 * Who counts in a counting that is made. A process that dies between claiming a message and asking whether its place holds,
 * while Redis is lost and others take its place, leaves more customers than the limit has. Then those of whom nobody knows
 * whether Meta has heard keep their place, but under another name: a further message to one of them finds no room, instead
 * of passing as one to a customer who counts already.
 */
export function countedOf(known: readonly Known[], cap: number): readonly Counted[] {
  if (known.length <= cap) return known;
  return known.map((one) => (one.taken ? one : { recipient: `${one.recipient} in doubt`, at: one.at }));
}

/** Redis wants whole numbers; a reservation of the same millisecond is a microsecond later than the one before it. */
export const microsOf = (at: Date): string => `${at.getTime() * 1_000}`;

/** The keys of a counting, as the scripts expect them. */
export const keysOf = (scope: TierScope): [string, string] => [`${nameOf(scope)}:counts`, `${nameOf(scope)}:leaving`];

const nameOf = ({ portfolioId, phoneNumberId }: TierScope): string => `tier:${phoneNumberId ?? portfolioId}`;

/**
 * Makes the counting of a limit from PostgreSQL, in keys of its own that become the counting in one step.
 *
 * @param read who counts by what PostgreSQL knows; it is asked only after the lock is taken
 * @returns once there is a counting, whoever made it
 */
export async function countAnew(
  redis: Redis,
  scope: TierScope,
  read: () => Promise<readonly Counted[]>,
): Promise<void> {
  const lock = `${nameOf(scope)}:lock`;
  const mine = randomUUID();
  if (!(await redis.set(lock, mine, 'PX', LOCK_MS, 'NX'))) {
    await sleep(ASK_AGAIN_MS);
    return;
  }
  const made: [string, string] = [`${nameOf(scope)}:${mine}:c`, `${nameOf(scope)}:${mine}:l`];
  const customers = await read();
  for (let i = 0; i < customers.length; i += PIECE) {
    const piece = customers.slice(i, i + PIECE);
    const codes = codesOf(piece.map((c) => c.recipient));
    await confirm.run(redis, made, ['', codes, ...piece.map((c) => microsOf(c.at))]);
  }
  await begin.run(redis, [...keysOf(scope), ...made, lock], [mine]);
}

/** The microsecond of the newest send to each customer who counts, in order of time. */
export async function countedSends(redis: Redis, scope: TierScope): Promise<number[]> {
  const [counts] = keysOf(scope);
  const sends: number[] = [];
  // Values only: names of buckets are bytes, of which ioredis would make text. None of the three other values has a length
  // of whole entries: a generation has 77 bytes, a second ten, a count at most nine.
  for (const packed of await redis.hvalsBuffer(counts)) {
    if (packed.length % ENTRY_BYTES !== 0) continue;
    for (let at = CODE_BYTES; at < packed.length; at += ENTRY_BYTES) {
      // Seven bytes: the first one, and six that are a number of their own.
      sends.push((packed[at] as number) * 2 ** 48 + packed.readUIntBE(at + 1, 6));
    }
  }
  return sends.sort((a, b) => a - b);
}
