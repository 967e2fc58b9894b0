import { Module } from '@nestjs/common';
import { ContactsModule } from '#libs/contacts';
import { IdempotencyModule } from '#libs/idempotency';
import { InboundModule } from '#libs/inbound';
import { OutboxModule } from '#libs/outbox';
import { ProcessModule } from '#libs/process';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { ContactsController } from './contacts/contacts.controller.js';
import { ServiceWindows } from './contacts/service-windows.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { Conversations } from './conversations/conversations.js';

/** The API. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: [] }),
    TenantsModule,
    IdempotencyModule,
    WabasModule,
    InboundModule,
    OutboxModule,
    ContactsModule,
  ],
  controllers: [ContactsController, ConversationsController],
  providers: [ServiceWindows, Conversations],
})
export class EngagementModule {}
