export { Inbound, type InboundMessage, type InboundRow } from './inbound.js';
export { InboundModule } from './inbound.module.js';
