export { type Contact, Contacts, type Sighting } from './contacts.js';
export { ContactsModule } from './contacts.module.js';
export {
  customerKeysOf,
  type Identifier,
  type IdentifierKind,
  identifiersOf,
  lineOfIdentifier,
  type Writer,
} from './identifiers.js';
