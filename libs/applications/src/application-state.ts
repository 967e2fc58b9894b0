export type ApplicationState =
  | 'unconfirmed' // the merchant's address is not proven yet; staff see nothing of it
  | 'waiting' // in the queue
  | 'claimed' // a member of staff works on it
  | 'question' // the merchant was asked something; the clock stands still
  | 'approved'
  | 'declined'
  | 'withdrawn';

export type ApplicationMove =
  | 'confirm'
  | 'claim'
  | 'put-back'
  | 'reassign' // to another member of staff; also away from one who is not there
  | 'ask'
  | 'answer'
  | 'approve'
  | 'decline'
  | 'withdraw';

/** Who may move an application where; what is not named is refused. Only a claimed one is decided, so one person decides. */
const MOVES: Readonly<Record<ApplicationState, Partial<Record<ApplicationMove, ApplicationState>>>> = {
  unconfirmed: { confirm: 'waiting', withdraw: 'withdrawn' },
  waiting: { claim: 'claimed', withdraw: 'withdrawn' },
  claimed: {
    'put-back': 'waiting',
    reassign: 'claimed',
    ask: 'question',
    approve: 'approved',
    decline: 'declined',
    withdraw: 'withdrawn',
  },
  question: { reassign: 'question', answer: 'claimed', decline: 'declined', withdraw: 'withdrawn' },
  approved: {},
  declined: {},
  withdrawn: {},
};

/** Not decided yet. */
export const OPEN_STATES = ['unconfirmed', 'waiting', 'claimed', 'question'] as const satisfies ApplicationState[];

/** Who of the staff works on it, which is not the merchant's to know. */
export const MOVES_AMONG_STAFF = ['claim', 'put-back', 'reassign'] as const satisfies ApplicationMove[];

export const movedBy = (state: ApplicationState, move: ApplicationMove): ApplicationState | undefined =>
  MOVES[state][move];

/** The time to decide begins anew with the confirmation, and stands still while the merchant is asked. */
export interface Clock {
  dueAt: Date | null;
  pausedAt: Date | null;
}

/** @param decideWithinMs how long a decision may take */
export function clockAfter(clock: Clock, move: ApplicationMove, now: Date, decideWithinMs: number): Clock {
  if (move === 'confirm') return { dueAt: new Date(now.getTime() + decideWithinMs), pausedAt: null };
  if (move === 'ask') return { ...clock, pausedAt: now };
  if (move === 'answer' && clock.dueAt && clock.pausedAt) {
    return { dueAt: new Date(clock.dueAt.getTime() + now.getTime() - clock.pausedAt.getTime()), pausedAt: null };
  }
  return clock;
}
