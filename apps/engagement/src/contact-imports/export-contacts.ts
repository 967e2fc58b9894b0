import { Injectable } from '@nestjs/common';
import { Consents, type HeldConsent, type Purpose } from '#libs/consent';
import { type Contact, ContactAttributes, Contacts, customerKeysOf } from '#libs/contacts';
import { csvCell } from '#libs/http';
import { Database } from '#libs/persistence';
import { CONSENT_COLUMNS, consentCells } from './consent-columns.js';

/** Contacts of one statement; so many are in memory at a time, however many there are. */
const BATCH = 2_000;
const COLUMNS = ['id', 'name', 'phone', 'user_id', 'username', 'tags', 'last_seen_at'];

/** All contacts as CSV that an import takes again. */
@Injectable()
export class ExportContacts {
  constructor(
    private readonly db: Database,
    private readonly contacts: Contacts,
    private readonly attributes: ContactAttributes,
    private readonly consents: Consents,
  ) {}

  /** @returns the file in parts; whoever reads slowly slows the asking */
  async *csv(tenantId: string): AsyncGenerator<string> {
    const keys = await this.db.inTenant(tenantId, async (tx) => [
      ...(await this.attributes.types(tx, tenantId)).keys(),
    ]);
    yield `${[...COLUMNS, ...CONSENT_COLUMNS, ...keys].map(csvCell).join(',')}\r\n`;
    let before: string | undefined;
    for (;;) {
      const page = { before, limit: BATCH };
      const { rows, held } = await this.db.inTenant(tenantId, async (tx) => {
        const rows = await this.contacts.list(tx, tenantId, page);
        const customers = rows.map((contact) => customerKeysOf(contact.identifiers));
        return { rows, held: await this.consents.standingsOf(tx, tenantId, customers) };
      });
      if (rows.length > 0) yield rows.map((contact, i) => `${lineOf(contact, held[i], keys)}\r\n`).join('');
      if (rows.length < BATCH) return;
      before = rows.at(-1)?.contactId;
    }
  }
}

function lineOf(
  contact: Contact,
  held: ReadonlyMap<Purpose, HeldConsent> | undefined,
  keys: readonly string[],
): string {
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
    ...consentCells(held),
    ...keys.map((key) => contact.attributes[key]),
  ];
  return fields.map((field) => csvCell(field === undefined || field === null ? null : String(field))).join(',');
}
