import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { ContactsModule } from '#libs/contacts';
import { InboundModule } from '#libs/inbound';
import { ProcessModule } from '#libs/process';
import { ContactImportsWorkerModule } from './contact-imports/contact-imports.module.js';
import { InboundProcessor } from './inbound/inbound.processor.js';
import { TakeInbound } from './inbound/take-inbound.js';

/** The worker: what customers wrote becomes contacts. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['engagement.inbound'] }),
    InboundModule,
    ContactsModule,
    ConsentModule,
    ContactImportsWorkerModule,
  ],
  providers: [TakeInbound, InboundProcessor],
})
export class EngagementWorkerModule {}
