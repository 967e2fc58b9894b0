import { Module } from '@nestjs/common';
import { WabasModule } from '#libs/wabas';
import { ConsentApiModule } from '../consent/consent-api.module.js';
import { ContactBookModule } from '../contacts/contact-book.module.js';
import { OptInController } from './opt-in.controller.js';
import { OptInFormsController } from './opt-in-forms.controller.js';
import { OptInForms } from './opt-in-forms.js';
import { TakeOptIn } from './take-opt-in.js';

/** Opt-in on merchants' websites. */
@Module({
  imports: [WabasModule, ContactBookModule, ConsentApiModule],
  controllers: [OptInFormsController, OptInController],
  providers: [OptInForms, TakeOptIn],
})
export class WidgetModule {}
