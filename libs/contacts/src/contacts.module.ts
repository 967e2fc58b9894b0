import { Global, Module } from '@nestjs/common';
import { ContactActivity } from './contact-activity.js';
import { ContactAttributes } from './contact-attributes.js';
import { ContactNotes } from './contact-notes.js';
import { Contacts } from './contacts.js';
import { EditContacts } from './edit-contacts.js';
import { MergeContacts } from './merge-contacts.js';
import { UpsertContacts } from './upsert-contacts.js';

const SERVICES = [
  Contacts,
  EditContacts,
  MergeContacts,
  UpsertContacts,
  ContactAttributes,
  ContactNotes,
  ContactActivity,
];

@Global()
@Module({ providers: SERVICES, exports: SERVICES })
export class ContactsModule {}
