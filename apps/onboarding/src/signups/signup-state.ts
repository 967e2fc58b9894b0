export type SignupState =
  | 'waiting-for-merchant'
  | 'working'
  | 'waiting-for-meta'
  | 'failed'
  | 'live'
  | 'cancelled'
  | 'disconnected';

/** Where a signup may go from each state. Waiting is a state, not a failure. */
const MOVES: Readonly<Record<SignupState, readonly SignupState[]>> = {
  'waiting-for-merchant': ['working', 'cancelled'],
  cancelled: ['waiting-for-merchant', 'working'], // the dialog can be opened again
  working: ['waiting-for-merchant', 'waiting-for-meta', 'failed', 'live'],
  'waiting-for-meta': ['working', 'waiting-for-merchant', 'failed', 'live'],
  failed: ['working', 'waiting-for-merchant'], // by retry, or by a new code
  // The merchant took the permission back, at Meta; or a new code came for the number that the dialog named too late.
  live: ['disconnected', 'working'],
  disconnected: ['working'], // by a new code
};

export const canMove = (from: SignupState, to: SignupState): boolean => from === to || MOVES[from].includes(to);

/** Whether a worker takes such a signup further. */
export const isUnderWay = (state: SignupState): boolean => state === 'working' || state === 'waiting-for-meta';
