import type { PauseCause } from './campaign-state.js';

/** What follows when the gateway does not take a message of a campaign. */
export type AfterRefusal =
  /** Never to this recipient: it would be refused again. */
  | { follows: 'give_up' }
  /** This recipient later, a few times. */
  | { follows: 'try_again' }
  /** Nobody is at fault: the number waits, and the recipient keeps its place. */
  | { follows: 'wait' }
  /** It would be so for everybody: the campaign pauses, and the recipient keeps its place. */
  | { follows: 'pause'; cause: PauseCause };

const GIVE_UP = { follows: 'give_up' } as const;
const TRY_AGAIN = { follows: 'try_again' } as const;
const WAIT = { follows: 'wait' } as const;
const pause = (cause: PauseCause) => ({ follows: 'pause', cause }) as const;

/** By the gateway's own names of reasons; what is not named is the message's own fault. */
const AFTER: Readonly<Record<string, AfterRefusal>> = {
  balance_exhausted: pause('balance'),
  template_unknown: pause('template_state'),
  template_paused: pause('template_state'),
  template_disabled: pause('template_state'),
  tenant_suspended: pause('number'),
  unknown_object: pause('number'),
  number_not_registered: pause('number'),
  number_disconnected: pause('number'),
  number_restricted: pause('number'),
  number_locked: pause('number'),
  display_name_unapproved: pause('number'),
  number_in_maintenance: WAIT,
  tier_exhausted: WAIT,
  throughput_exceeded: WAIT,
  stale_id: TRY_AGAIN,
  pair_rate_exceeded: TRY_AGAIN,
  too_many_calls: WAIT,
  temporarily_unavailable: TRY_AGAIN,
  internal: TRY_AGAIN,
};

/** @param reason `reason` of the gateway's refusal */
export const afterRefusal = (reason: string): AfterRefusal => AFTER[reason] ?? GIVE_UP;

/** How often a recipient is tried again, and how long after the first time; each time later than the last. */
export const MOST_TRIES = 5;
export const retryDelayMs = (tries: number): number => 30_000 * 4 ** Math.min(tries, MOST_TRIES);
