import { Global, Module } from '@nestjs/common';
import { Contacts } from './contacts.js';

@Global()
@Module({ providers: [Contacts], exports: [Contacts] })
export class ContactsModule {}
