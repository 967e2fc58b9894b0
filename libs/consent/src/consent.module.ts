import { Global, Module } from '@nestjs/common';
import { ContactsModule } from '#libs/contacts';
import { PrivacyModule } from '#libs/privacy';
import { ConsentSettings } from './consent-settings.js';
import { Consents } from './consents.js';
import { HeedWishes } from './heed-wishes.js';
import { Suppression } from './suppression.js';

const SERVICES = [Consents, ConsentSettings, HeedWishes, Suppression];

@Global()
@Module({ imports: [ContactsModule, PrivacyModule], providers: SERVICES, exports: SERVICES })
export class ConsentModule {}
