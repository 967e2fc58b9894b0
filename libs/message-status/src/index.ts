export { judgeStatus, readAnswer, readStatus, type StatusJudgement, type StatusReport } from './judge-status.js';
export {
  canMove,
  isFinal,
  MESSAGE_STATUSES,
  type MessageStatus,
  nextStates,
  provesDelivery,
} from './message-status.js';
export { type LifeStep, orderOfLife } from './order-of-life.js';
export { PARK_REASONS, type ParkReason, type ReleasedBy } from './park-reasons.js';
export { type MessageCategory, UNKNOWN_POLICIES, type UnknownPolicy } from './unknown-policy.js';
