/** Where an outbound message is. The first four are ours alone, the rest are what Meta said or failed to say. */
export type MessageStatus =
  | 'accepted' // committed, waiting for its turn
  | 'sending' // claimed by a dispatcher, the call to Meta may be under way
  | 'unknown' // the call ended without an answer: it may or may not have been sent
  | 'parked' // waits in sight of a person, with a reason
  | 'submitted' // Meta answered with its id
  | 'held' // Meta holds it back to judge the template first (held_for_quality_assessment)
  | 'sent'
  | 'delivered'
  | 'read'
  | 'played' // a voice message was listened to (Meta, since 2025-11-03)
  | 'failed'
  | 'expired' // its time to live passed without a delivery
  | 'cancelled';

/** The moves our own commands may make. Reports of Meta's are not commands: they are judged, see `judgeStatus`. */
const MOVES: Readonly<Record<MessageStatus, readonly MessageStatus[]>> = {
  accepted: ['sending', 'parked', 'failed', 'expired', 'cancelled'],
  // Meta took it (submitted, held), refused it for good (failed), asked to come back (accepted), or cannot be asked to
  // repeat it safely (unknown). Parked: what refused it concerns more than this message.
  sending: ['submitted', 'held', 'failed', 'accepted', 'unknown', 'parked'],
  // Callback data showed that Meta has it (submitted), or the policy for its category decides after the grace time: send
  // again (accepted), give up (failed), let it lapse (expired), ask a person (parked). Never straight back to sending.
  unknown: ['submitted', 'accepted', 'failed', 'expired', 'parked'],
  parked: ['accepted', 'failed', 'expired', 'cancelled'],
  // Meta promises no report for what its time to live dropped, so the end of that time is ours to state.
  submitted: ['expired'],
  held: ['expired'],
  sent: ['expired'],
  delivered: [],
  read: [],
  played: [],
  failed: [],
  expired: [],
  cancelled: [],
};

export const MESSAGE_STATUSES = Object.keys(MOVES) as readonly MessageStatus[];

/** The states a command of ours may move a message to. */
export const nextStates = (from: MessageStatus): readonly MessageStatus[] => MOVES[from];

/** Whether a command of ours may move a message so. */
export const canMove = (from: MessageStatus, to: MessageStatus): boolean => MOVES[from].includes(to);

/**
 * Whether nothing of ours will move the message any more. A report may still move it on: `read` follows `delivered`, and
 * a delivery is believed even after `expired`. A sent reaction stays at `sent` for good (Meta reports no more of it).
 */
export const isFinal = (status: MessageStatus): boolean => MOVES[status].length === 0;

/**
 * Whether the state shows that the message reached the phone, which is what makes it billable. `read` does without a
 * `delivered` before it: Meta may leave that report out.
 */
export const provesDelivery = (status: MessageStatus): boolean =>
  status === 'delivered' || status === 'read' || status === 'played';
