export { Inbound, type InboundMessage, type InboundRow, type Pair } from './inbound.js';
export { InboundModule } from './inbound.module.js';
