import { Injectable } from '@nestjs/common';
import type { Refusal } from '#libs/http';
import type { Verdict } from '#libs/tier-quota';
import { TierReservation } from '#libs/tier-reservation';
import type { Channel } from '../channels/channels.js';
import { refuse } from '../graph-envelope/refuse.js';

/** Whether customers fit under the messaging limit as it is counted now. No place is taken: the dispatcher does that. */
@Injectable()
export class Room {
  /** So long is Redis waited for. */
  patienceMs = 250;

  constructor(private readonly tier: TierReservation) {}

  /**
   * @param customers outside their service window, in the order in which they are to be sent to
   * @returns for each why it does not fit; undefined for one who does. All of them do where Redis cannot say: the dispatcher
   *   asks again before it sends, so accepting is safe.
   */
  async refusals(channel: Channel, customers: readonly string[], now: Date): Promise<(Refusal | undefined)[]> {
    const scope = this.tier.scopeOf(channel, now);
    if (scope.cap === Number.POSITIVE_INFINITY || customers.length === 0) return customers.map(() => undefined);
    const verdicts = await Promise.race([
      this.tier.verdictsOn(scope, customers, now).catch((): Verdict[] => []),
      new Promise<Verdict[]>((resolve) => setTimeout(() => resolve([]), this.patienceMs).unref()),
    ]);
    return customers.map((_, i) => {
      const verdict = verdicts[i];
      return verdict && !verdict.send ? noRoom(scope.cap, verdict.retryAt, now) : undefined;
    });
  }
}

function noRoom(cap: number, retryAt: Date | undefined, now: Date): Refusal {
  const room = retryAt ? `There is room again at ${retryAt.toISOString()}` : 'No wait makes room';
  return refuse(
    'tier_exhausted',
    `Your messaging limit of ${cap} different customers in 24 hours is used up, 0 are left. ${room}. ` +
      'Replies to customers who wrote in the last 24 hours still go out.',
    retryAt && Math.max(1, Math.ceil((retryAt.getTime() - now.getTime()) / 1_000)),
  );
}
