import { Injectable } from '@nestjs/common';
import { type Contact, ContactAttributes, Contacts } from '#libs/contacts';
import { csvCell } from '#libs/http';
import { Database } from '#libs/persistence';

/** Contacts of one statement; so many are in memory at a time, however many there are. */
const BATCH = 2_000;

/** All contacts as CSV that an import takes again. */
@Injectable()
export class ExportContacts {
  constructor(
    private readonly db: Database,
    private readonly contacts: Contacts,
    private readonly attributes: ContactAttributes,
  ) {}

  /** @returns the file in parts; whoever reads slowly slows the asking */
  async *csv(tenantId: string): AsyncGenerator<string> {
    const keys = await this.db.inTenant(tenantId, async (tx) => [
      ...(await this.attributes.types(tx, tenantId)).keys(),
    ]);
    yield `${['id', 'name', 'phone', 'user_id', 'username', 'tags', 'last_seen_at', ...keys].map(csvCell).join(',')}\r\n`;
    let before: string | undefined;
    for (;;) {
      const page = { before, limit: BATCH };
      const rows = await this.db.inTenant(tenantId, (tx) => this.contacts.list(tx, tenantId, page));
      if (rows.length > 0) yield rows.map((contact) => `${lineOf(contact, keys)}\r\n`).join('');
      if (rows.length < BATCH) return;
      before = rows.at(-1)?.contactId;
    }
  }
}

function lineOf(contact: Contact, keys: readonly string[]): string {
  const first = (kind: string) => contact.identifiers.find((i) => i.kind === kind)?.value;
  const wa = first('wa_id');
  const fields = [
    contact.contactId,
    contact.name ?? contact.profileName,
    first('phone') ?? (wa && `+${wa}`),
    first('user_id'),
    first('username'),
    contact.tags.join('|'),
    contact.lastSeenAt?.toISOString(),
    ...keys.map((key) => contact.attributes[key]),
  ];
  return fields.map((field) => csvCell(field === undefined || field === null ? null : String(field))).join(',');
}
