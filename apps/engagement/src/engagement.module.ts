import { Module } from '@nestjs/common';
import { IdempotencyModule } from '#libs/idempotency';
import { InboundModule } from '#libs/inbound';
import { OutboxModule } from '#libs/outbox';
import { ProcessModule } from '#libs/process';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { AutomationsApiModule } from './automations/automations.module.js';
import { BotsApiModule } from './bots/bots.module.js';
import { CampaignApiModule } from './campaigns/campaign-api.module.js';
import { CatalogueApiModule } from './catalogue/catalogue.module.js';
import { ConsentApiModule } from './consent/consent-api.module.js';
import { ContactImportsApiModule } from './contact-imports/contact-imports.module.js';
import { ContactBookModule } from './contacts/contact-book.module.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { Conversations } from './conversations/conversations.js';
import { ErasuresModule } from './erasures/erasures.module.js';
import { InboxApiModule } from './inbox/inbox.module.js';
import { QuickRepliesModule } from './quick-replies/quick-replies.module.js';
import { SegmentsApiModule } from './segments/segments.module.js';
import { ShopEventsApiModule } from './shop-events/shop-events.module.js';
import { WidgetModule } from './widget/widget.module.js';

/** The API. */
@Module({
  imports: [
    ProcessModule.forRoot({
      queues: ['engagement.freeze', 'engagement.campaign', 'engagement.sayings', 'engagement.bots'],
    }),
    TenantsModule,
    IdempotencyModule,
    WabasModule,
    InboundModule,
    OutboxModule,
    CampaignApiModule,
    ContactBookModule,
    ContactImportsApiModule,
    ConsentApiModule,
    ErasuresModule,
    SegmentsApiModule,
    InboxApiModule,
    BotsApiModule,
    QuickRepliesModule,
    AutomationsApiModule,
    CatalogueApiModule,
    ShopEventsApiModule,
    WidgetModule,
  ],
  controllers: [ConversationsController],
  providers: [Conversations],
})
export class EngagementModule {}
