export { type TenantEvent, TenantEvents } from './tenant-events.js';
export { TenantEventsModule } from './tenant-events.module.js';
export { type Attempt, type Delivery, type DueDelivery, type Replay, WebhookDeliveries } from './webhook-deliveries.js';
export { WebhookEndpoint } from './webhook-endpoint.entity.js';
export { CAUGHT_UP_MS, type EndpointWish, WebhookEndpoints } from './webhook-endpoints.js';
