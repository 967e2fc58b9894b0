import { Module } from '@nestjs/common';
import { TierReservationModule } from '#libs/tier-reservation';
import { WalletModule } from '#libs/wallet';
import { BatchesController } from './batches.controller.js';
import { CustomerQuestions } from './customer-questions.js';
import { MarkAsRead } from './mark-as-read.js';
import { MessageLogController } from './message-log.controller.js';
import { MessagesController } from './messages.controller.js';
import { NamedObjects } from './named-objects.js';
import { NativeMessagesController } from './native-messages.controller.js';
import { RequireConsent } from './require-consent.js';
import { Room } from './room.js';
import { SendBatch } from './send-batch.js';
import { SendMessage } from './send-message.js';
import { SendableTemplates } from './sendable-templates.js';
import { ServiceWindows } from './service-windows.js';

/** Accepting messages, and reading what became of them. */
@Module({
  imports: [TierReservationModule, WalletModule],
  controllers: [MessagesController, MessageLogController, NativeMessagesController, BatchesController],
  providers: [
    SendMessage,
    SendBatch,
    SendableTemplates,
    Room,
    MarkAsRead,
    NamedObjects,
    CustomerQuestions,
    RequireConsent,
    ServiceWindows,
  ],
  exports: [SendMessage, MarkAsRead],
})
export class MessagesModule {}
