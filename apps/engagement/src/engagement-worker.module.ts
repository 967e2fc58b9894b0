import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { ContactsModule } from '#libs/contacts';
import { InboundModule } from '#libs/inbound';
import { ProcessModule } from '#libs/process';
import { WabasModule } from '#libs/wabas';
import { AutomationsWorkerModule } from './automations/automations.module.js';
import { BotsWorkerModule } from './bots/bots.module.js';
import { CampaignWorkerModule } from './campaigns/campaign-worker.module.js';
import { CatalogueWorkerModule } from './catalogue/catalogue.module.js';
import { ContactImportsWorkerModule } from './contact-imports/contact-imports.module.js';
import { InboundProcessor } from './inbound/inbound.processor.js';
import { TakeInbound } from './inbound/take-inbound.js';
import { InboxWorkerModule } from './inbox/inbox.module.js';

/** The worker: what customers wrote becomes contacts, files are taken in, campaigns are sent. */
@Module({
  imports: [
    ProcessModule.forRoot({
      queues: [
        'engagement.inbound',
        'engagement.sayings',
        'engagement.bots',
        'engagement.freeze',
        'engagement.campaign',
        'engagement.campaign-news',
      ],
    }),
    InboundModule,
    ContactsModule,
    ConsentModule,
    ContactImportsWorkerModule,
    AutomationsWorkerModule,
    CatalogueWorkerModule,
    WabasModule,
    CampaignWorkerModule,
    InboxWorkerModule,
    BotsWorkerModule,
  ],
  providers: [TakeInbound, InboundProcessor],
})
export class EngagementWorkerModule {}
