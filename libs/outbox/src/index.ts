export { type AcceptOnce, KeyInUseError } from './accept-once.js';
export type { AppliedStatus, ReportedStatus, ToldStatus } from './apply-statuses.js';
export { callbackDataOf, messageIdOfCallbackData } from './callback-data.js';
export { customersIn24h, uniqueCustomers24h } from './customers-in-24h.js';
export { messageIdOf, newMessageRef } from './message-ref.js';
export type { MessageEventRow, MessageLane, MessageRow, NewMessage } from './message-row.js';
export { Outbox } from './outbox.js';
export { OutboxModule } from './outbox.module.js';
export { type CallResult, type Candidate, OutboxLanes } from './outbox-lanes.js';
