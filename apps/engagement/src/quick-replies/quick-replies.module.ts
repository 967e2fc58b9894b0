import { Module } from '@nestjs/common';
import { ContactsModule } from '#libs/contacts';
import { QuickRepliesController } from './quick-replies.controller.js';
import { QuickReplies } from './quick-replies.js';

/** Answers that agents give often. */
@Module({ imports: [ContactsModule], controllers: [QuickRepliesController], providers: [QuickReplies] })
export class QuickRepliesModule {}
