import { Module } from '@nestjs/common';
import { WabasModule } from '#libs/wabas';
import { InboxModule } from '../inbox/inbox.module.js';
import { AnswerByCall, AnswerPort } from './answer-port.js';
import { BotCalls } from './bot-calls.js';
import { BotsController } from './bots.controller.js';
import { BotsProcessor } from './bots.processor.js';
import { DueBots } from './due-bots.js';
import { ReadFlow } from './read-flow.js';

@Module({ imports: [InboxModule, WabasModule], controllers: [BotsController], providers: [BotCalls, ReadFlow] })
export class BotsApiModule {}

@Module({
  imports: [InboxModule],
  providers: [BotCalls, { provide: AnswerPort, useClass: AnswerByCall }, DueBots, BotsProcessor],
})
export class BotsWorkerModule {}
