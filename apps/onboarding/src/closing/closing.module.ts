import { Module } from '@nestjs/common';
import { ApplicationsModule } from '#libs/applications';
import { ClosingModule } from '#libs/closing';
import { MailModule } from '../mail/mail.module.js';
import { NumbersModule } from '../numbers/numbers.module.js';
import { LeaveMeta } from './leave-meta.js';
import { WriteOfClosings } from './write-of-closings.js';

/** Tenants that are closed: their owners are written to, and they leave Meta. */
@Module({
  imports: [ClosingModule, NumbersModule, MailModule, ApplicationsModule],
  providers: [LeaveMeta, WriteOfClosings],
  exports: [LeaveMeta],
})
export class LeavingModule {}
