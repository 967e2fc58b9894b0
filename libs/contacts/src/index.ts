export {
  ATTRIBUTE_KEY,
  ATTRIBUTE_TYPES,
  type AttributeType,
  type AttributeTypes,
  type AttributeValue,
  readAttribute,
  readAttributes,
} from './attribute-values.js';
export { ContactActivity, type Deed } from './contact-activity.js';
export { type ContactAttribute, ContactAttributes } from './contact-attributes.js';
export { type ContactNote, ContactNotes } from './contact-notes.js';
export type { Contact } from './contact-row.js';
export { Contacts, type Sighting } from './contacts.js';
export { ContactsModule } from './contacts.module.js';
export { type ContactEdit, EditContacts, TakenIdentifierError } from './edit-contacts.js';
export { forgetAlone, mayKeep, waitToKeep } from './forgetting.js';
export {
  customerKeysOf,
  type Identifier,
  type IdentifierKind,
  identifiersOf,
  lineOfIdentifier,
  type Writer,
} from './identifiers.js';
export { MergeContacts } from './merge-contacts.js';
export { type GivenContact, UpsertContacts } from './upsert-contacts.js';
