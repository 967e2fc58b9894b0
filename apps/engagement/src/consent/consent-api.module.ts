import { Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { TenantEventsModule } from '#libs/tenant-events';
import { ContactBookModule } from '../contacts/contact-book.module.js';
import { ConsentsController } from './consents.controller.js';
import { TellConsent } from './tell-consent.js';

/** What customers agreed to. */
@Module({
  imports: [ConsentModule, ContactBookModule, TenantEventsModule],
  controllers: [ConsentsController],
  providers: [TellConsent],
  exports: [TellConsent],
})
export class ConsentApiModule {}
