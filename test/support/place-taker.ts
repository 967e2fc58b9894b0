import { Redis } from 'ioredis';
import type { Database } from '#libs/persistence';
import { TierReservation, type TierScope } from '#libs/tier-reservation';
import type { Wabas } from '#libs/wabas';

/** One batch to be sent: what a dispatcher does with it, and where this process leaves it. */
export interface Batch {
  readonly id: number;
  readonly scope: TierScope;
  readonly customers: readonly string[];
  /** ms since 1970 */
  readonly now: number;
  /** What Meta tells of those that were handed over. */
  readonly becomes: 'delivered' | 'failed';
  /** After this step nothing more is done; `die`: the process ends itself as if it were killed. */
  readonly leavesAfter?: 'reserve' | 'claim' | 'hold';
  readonly die?: boolean;
}

/** What PostgreSQL is asked or told. */
export type Statement =
  | { readonly kind: 'counted'; readonly now: number; readonly only?: readonly string[] }
  | {
      readonly kind: 'claim' | 'give back' | 'handed over';
      readonly customers: readonly string[];
      readonly now: number;
    }
  | {
      readonly kind: 'settle';
      readonly customers: readonly string[];
      readonly now: number;
      readonly became: Batch['becomes'];
    };

/** From this process to its parent, who plays PostgreSQL and answers each statement by its number. */
export type FromTaker = { statement: Statement; number: number } | { done: number; refused: number };
export type ToTaker = { batch: Batch } | { answer: unknown; number: number };

// A process of its own that takes places of a messaging limit as the dispatcher does (apps/gateway/src/dispatch): reserve,
// claim in PostgreSQL, ask whether the places hold, hand over, settle.
const redis = new Redis(process.argv[2] as string);
redis.on('error', () => {});

let statements = 0;
const waiting = new Map<number, (answer: unknown) => void>();
const ask = <T>(statement: Statement): Promise<T> =>
  new Promise((resolve) => {
    const number = statements++;
    waiting.set(number, resolve as (answer: unknown) => void);
    process.send?.({ statement, number } satisfies FromTaker);
  });

let now = 0;
const tx = {
  query: async (_: string, [, , , , only]: unknown[]) => {
    const rows = await ask<{ recipient: string; at: number; taken: boolean }[]>({
      kind: 'counted',
      now,
      ...(only ? { only: only as string[] } : {}),
    });
    return rows.map(({ at, ...row }) => ({ ...row, at: new Date(at) }));
  },
};
const db = { inTenant: (_: string, work: (t: typeof tx) => unknown) => work(tx) } as unknown as Database;
const wabas = { wabas: async () => [], phoneNumbers: async () => [] } as unknown as Wabas;
const tier = new TierReservation(redis, db, wabas);

/** @returns how many were refused */
async function send({ scope, customers, becomes, leavesAfter, die, ...batch }: Batch): Promise<number> {
  now = batch.now;
  const at = new Date(now);
  const leave = (after: Batch['leavesAfter']): boolean => {
    if (leavesAfter === after && die) process.kill(process.pid, 'SIGKILL');
    return leavesAfter === after;
  };
  const reservation = await tier.reserve(scope, customers, at);
  const refused = customers.length - reservation.admitted.size;
  if (leave('reserve')) return refused;
  const claimed = [...reservation.admitted.keys()];
  await ask({ kind: 'claim', customers: claimed, now });
  if (leave('claim')) return refused;
  if (!(await tier.holds(scope, reservation).catch(() => false))) {
    await ask({ kind: 'give back', customers: claimed, now });
    return refused;
  }
  await ask({ kind: 'handed over', customers: claimed, now });
  if (leave('hold')) return refused;
  await ask({ kind: 'settle', customers: claimed, now, became: becomes });
  if (becomes === 'delivered') {
    await tier.confirm(
      scope,
      claimed.map((recipient) => ({ recipient, at })),
      at,
    );
  } else {
    const places = [...reservation.admitted].filter(([, mark]) => mark !== 'known');
    await tier.release(
      scope,
      reservation.generation,
      places.map(([customer, mark]) => ({ customer, mark })),
      at,
    );
  }
  return refused;
}

process.on('message', (message: ToTaker) => {
  if ('batch' in message) {
    const { id } = message.batch;
    void send(message.batch).then((refused) => process.send?.({ done: id, refused } satisfies FromTaker));
  } else {
    waiting.get(message.number)?.(message.answer);
    waiting.delete(message.number);
  }
});
