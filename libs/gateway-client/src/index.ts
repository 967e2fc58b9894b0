export { type BatchOutcome, GatewayClient, type OutgoingMessage, type SendRefusal } from './gateway-client.js';
export { GatewayClientModule } from './gateway-client.module.js';
export { type Origin, originOf, readOrigin } from './origin.js';
