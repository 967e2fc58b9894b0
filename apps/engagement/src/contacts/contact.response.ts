import { ApiProperty } from '@nestjs/swagger';
import type { AttributeValue, Contact, IdentifierKind } from '#libs/contacts';
import type { NumberWindow } from './service-windows.js';

export class IdentifierResponse {
  @ApiProperty({ enum: ['phone', 'wa_id', 'user_id', 'username'] }) kind: IdentifierKind;
  @ApiProperty({ example: '+5215512345678' }) value: string;
}

export class ContactResponse {
  @ApiProperty() id: string;
  @ApiProperty({ type: String, nullable: true, description: 'Your name for them; without one, their own' })
  name: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'As they call themselves on WhatsApp' })
  profile_name: string | null;
  @ApiProperty({ type: [IdentifierResponse] }) identifiers: IdentifierResponse[];
  @ApiProperty({
    description: 'By key; see /api/v1/contacts/attributes',
    type: 'object',
    additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  })
  attributes: Record<string, AttributeValue>;
  @ApiProperty({ type: [String] }) tags: string[];
  @ApiProperty({ type: Date, nullable: true, description: 'When they last wrote' }) last_seen_at: Date | null;
  @ApiProperty() created_at: Date;
  @ApiProperty() updated_at: Date;

  static of(contact: Contact): ContactResponse {
    return {
      id: contact.contactId,
      name: contact.name ?? contact.profileName,
      profile_name: contact.profileName,
      identifiers: contact.identifiers,
      attributes: contact.attributes,
      tags: contact.tags,
      last_seen_at: contact.lastSeenAt,
      created_at: contact.createdAt,
      updated_at: contact.updatedAt,
    };
  }
}

class NumberWindowResponse {
  @ApiProperty({ description: "Meta's id of the number" }) phone_number_id: string;
  @ApiProperty() display_phone_number: string;
  @ApiProperty() open: boolean;
  @ApiProperty() ends_at: Date;
}

export class ContactWithWindowsResponse extends ContactResponse {
  @ApiProperty({
    type: [NumberWindowResponse],
    description: 'By number that they ever wrote to: until when they may be answered freely',
  })
  service_windows: NumberWindowResponse[];

  static with(contact: Contact, windows: readonly NumberWindow[]): ContactWithWindowsResponse {
    return {
      ...ContactResponse.of(contact),
      service_windows: windows.map((w) => ({
        phone_number_id: w.metaPhoneNumberId,
        display_phone_number: w.displayPhoneNumber,
        open: w.open,
        ends_at: w.endsAt,
      })),
    };
  }
}

/** A page of contacts, newest first. */
export class ContactPageResponse {
  @ApiProperty({ type: [ContactResponse] }) data: ContactResponse[];
  @ApiProperty({ type: String, nullable: true, description: '`cursor` of the next page' }) next: string | null;
}
