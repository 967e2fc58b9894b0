import { Module } from '@nestjs/common';
import { ContactsModule } from '#libs/contacts';
import { GatewayClientModule } from '#libs/gateway-client';
import { InboundModule } from '#libs/inbound';
import { OutboxModule } from '#libs/outbox';
import { TenantEventsModule } from '#libs/tenant-events';
import { WabasModule } from '#libs/wabas';
import { BotRuns } from '../bots/bot-runs.js';
import { Bots } from '../bots/bots.js';
import { RunBots } from '../bots/run-bots.js';
import { Conversations } from '../conversations/conversations.js';
import { GiveConversation } from './give-conversation.js';
import { BotEar, HearCustomer } from './hear-customer.js';
import { InboxConversationsController } from './inbox-conversations.controller.js';
import { InboxConversations } from './inbox-conversations.js';
import { InboxDesk } from './inbox-desk.js';
import { InboxEntries } from './inbox-entries.js';
import { InboxLines } from './inbox-lines.js';
import { InboxSettingsController } from './inbox-settings.controller.js';
import { InboxTeams } from './inbox-teams.js';
import { InboxWork } from './inbox-work.js';
import { KeepSettings } from './keep-settings.js';
import { LateTickets } from './late-tickets.js';
import { LiveController } from './live.controller.js';
import { LiveUpdates } from './live-updates.js';
import { Reply } from './reply.js';
import { SayNext } from './say-next.js';
import { Sayings } from './sayings.js';
import { SayingsProcessor } from './sayings.processor.js';
import { SilenceBot } from './silence-bot.js';
import { TicketsController } from './tickets.controller.js';
import { Tickets } from './tickets.js';

const RECORDS = [InboxConversations, InboxEntries, InboxTeams, KeepSettings, Tickets, Sayings, Bots, BotRuns];
const WORK = [
  GiveConversation,
  HearCustomer,
  InboxWork,
  LiveUpdates,
  RunBots,
  { provide: BotEar, useExisting: RunBots },
];

/** Whose a conversation is and what is said in it, by people and by bots; of the API and of the worker. */
@Module({
  imports: [ContactsModule, TenantEventsModule, WabasModule, GatewayClientModule.forApp('engagement')],
  providers: [...RECORDS, ...WORK],
  exports: [...RECORDS, ...WORK],
})
export class InboxModule {}

@Module({
  imports: [InboxModule, InboundModule, OutboxModule],
  controllers: [InboxConversationsController, TicketsController, InboxSettingsController, LiveController],
  providers: [Conversations, InboxDesk, InboxLines, Reply, SilenceBot],
})
export class InboxApiModule {}

@Module({ imports: [InboxModule], providers: [SayNext, SayingsProcessor, LateTickets], exports: [InboxModule] })
export class InboxWorkerModule {}
