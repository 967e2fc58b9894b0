import type { Contact, IdentifierKind } from '#libs/contacts';
import type { NumberWindow } from './service-windows.js';

export interface ContactResponse {
  id: string;
  /** The merchant's name for them; without one, their own. */
  name: string | null;
  /** As they call themselves on WhatsApp. */
  profile_name: string | null;
  identifiers: { kind: IdentifierKind; value: string }[];
  last_seen_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

export interface ContactWithWindowsResponse extends ContactResponse {
  /** By number that they ever wrote to: until when they may be answered freely. */
  service_windows: {
    /** Meta's id of the number. */
    phone_number_id: string;
    display_phone_number: string;
    open: boolean;
    ends_at: Date;
  }[];
}

export const contactResponse = (contact: Contact): ContactResponse => ({
  id: contact.contactId,
  name: contact.name ?? contact.profileName,
  profile_name: contact.profileName,
  identifiers: contact.identifiers,
  last_seen_at: contact.lastSeenAt,
  created_at: contact.createdAt,
  updated_at: contact.updatedAt,
});

export const contactWithWindowsResponse = (
  contact: Contact,
  windows: readonly NumberWindow[],
): ContactWithWindowsResponse => ({
  ...contactResponse(contact),
  service_windows: windows.map((w) => ({
    phone_number_id: w.metaPhoneNumberId,
    display_phone_number: w.displayPhoneNumber,
    open: w.open,
    ends_at: w.endsAt,
  })),
});
