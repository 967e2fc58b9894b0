export type { MessageTransport, ReadReceipt, SendOptions, Submitted } from './message-transport.js';
export { type RefusalError, TransportRefusal, TransportUnreachable } from './transport-failure.js';
