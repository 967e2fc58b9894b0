import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { IdempotencyModule } from '#libs/idempotency';
import { InboundModule } from '#libs/inbound';
import { MetaCloudModule } from '#libs/meta-cloud';
import { OutboxModule } from '#libs/outbox';
import { ProcessModule } from '#libs/process';
import { TemplatesModule } from '#libs/templates';
import { TenantEventsModule } from '#libs/tenant-events';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { ChannelsModule } from './channels/channels.module.js';
import { D360Module } from './d360/d360.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { HeadroomModule } from './headroom/headroom.module.js';
import { MediaModule } from './media/media.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { MessagingLimitModule } from './messaging-limit/messaging-limit.module.js';
import { MetaInboundModule } from './meta-inbound/meta-inbound.module.js';
import { NumbersModule } from './numbers/numbers.module.js';
import { OnPremisesModule } from './on-premises/on-premises.module.js';
import { TemplateManagementModule } from './templates/templates.module.js';
import { TenantWebhooksModule } from './tenant-webhooks/tenant-webhooks.module.js';

/** The gateway's HTTP process: what tenants and Meta call. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['gateway.dispatch', 'gateway.intake', 'gateway.deliver', 'gateway.templates'] }),
    TenantsModule,
    IdempotencyModule,
    WabasModule,
    TemplatesModule,
    OutboxModule,
    InboundModule,
    ConsentModule,
    TenantEventsModule,
    MetaCloudModule,
    ChannelsModule,
    MediaModule,
    ExportsModule,
    MessagesModule,
    HeadroomModule,
    MessagingLimitModule,
    TemplateManagementModule,
    NumbersModule,
    D360Module,
    MetaInboundModule,
    OnPremisesModule,
    TenantWebhooksModule,
  ],
})
export class GatewayModule {}
