import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { IdempotencyWorkerModule } from '#libs/idempotency';
import { InboundModule } from '#libs/inbound';
import { MetaCloudModule } from '#libs/meta-cloud';
import { OutboxModule } from '#libs/outbox';
import { ProcessModule } from '#libs/process';
import { TemplatesModule } from '#libs/templates';
import { TenantEventsModule } from '#libs/tenant-events';
import { WabasModule } from '#libs/wabas';
import { ChannelsModule } from './channels/channels.module.js';
import { DispatchModule } from './dispatch/dispatch.module.js';
import { MediaWorkerModule } from './media/media.module.js';
import { MetaInboundWorkerModule } from './meta-inbound/meta-inbound.module.js';
import { OnPremisesWorkerModule } from './on-premises/on-premises.module.js';
import { TemplatesWorkerModule } from './templates/templates.module.js';
import { TenantWebhooksWorkerModule } from './tenant-webhooks/tenant-webhooks.module.js';

/** The gateway's worker: sends to Meta, applies what Meta said, tells tenants. */
@Module({
  imports: [
    ProcessModule.forRoot({
      queues: [
        'gateway.dispatch',
        'gateway.intake',
        'gateway.deliver',
        'gateway.media',
        'gateway.templates',
        'billing.rate',
        'engagement.inbound',
      ],
    }),
    IdempotencyWorkerModule,
    WabasModule,
    TemplatesModule,
    OutboxModule,
    InboundModule,
    ConsentModule,
    TenantEventsModule,
    MetaCloudModule,
    ChannelsModule,
    MediaWorkerModule,
    DispatchModule,
    TemplatesWorkerModule,
    MetaInboundWorkerModule,
    OnPremisesWorkerModule,
    TenantWebhooksWorkerModule,
  ],
})
export class GatewayWorkerModule {}
