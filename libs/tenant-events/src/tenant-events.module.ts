import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TenantEvents } from './tenant-events.js';
import { WebhookDeliveries } from './webhook-deliveries.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { WebhookEndpoints } from './webhook-endpoints.js';

/** Needs the process's vault (ProcessModule), in which endpoints' secrets are sealed. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([WebhookEndpoint])],
  providers: [TenantEvents, WebhookEndpoints, WebhookDeliveries],
  exports: [TenantEvents, WebhookEndpoints, WebhookDeliveries],
})
export class TenantEventsModule {}
