import { Module } from '@nestjs/common';
import { WalletModule } from '#libs/wallet';
import { MarkAsRead } from './mark-as-read.js';
import { MessageLogController } from './message-log.controller.js';
import { MessagesController } from './messages.controller.js';
import { NamedObjects } from './named-objects.js';
import { NativeMessagesController } from './native-messages.controller.js';
import { SendMessage } from './send-message.js';
import { ServiceWindows } from './service-windows.js';
import { TierReservation } from './tier-reservation.js';

/** Accepting messages, and reading what became of them. */
@Module({
  imports: [WalletModule],
  controllers: [MessagesController, MessageLogController, NativeMessagesController],
  providers: [SendMessage, MarkAsRead, NamedObjects, ServiceWindows, TierReservation],
  exports: [SendMessage, MarkAsRead, TierReservation],
})
export class MessagesModule {}
