import { Injectable } from '@nestjs/common';
import { Consents } from '#libs/consent';
import { Contacts, customerKeysOf, identifiersOf } from '#libs/contacts';
import { Inbound } from '#libs/inbound';
import { Database } from '#libs/persistence';

/** Messages of one transaction. */
export const BATCH = 100;

/** Takes what customers wrote into contacts. */
@Injectable()
export class TakeInbound {
  constructor(
    private readonly db: Database,
    private readonly inbound: Inbound,
    private readonly contacts: Contacts,
    private readonly consents: Consents,
  ) {}

  /**
   * Takes the tenant's next messages, oldest first, in one transaction: they count as seen when their contacts are
   * committed, so whoever dies in between leaves everything to the next.
   *
   * @returns how many messages were taken; fewer than BATCH when none are left
   */
  async takeNext(tenantId: string): Promise<number> {
    return this.db.inTenant(tenantId, async (tx) => {
      const messages = await this.inbound.takeUnseen(tx, tenantId, BATCH);
      for (const message of messages) {
        const identifiers = identifiersOf(message);
        // News about a customer (a changed number) is not a word of theirs.
        if (identifiers.length === 0 || message.type === 'system') continue;
        const sighting = { identifiers, profileName: message.customerName, at: message.at };
        const { contactId, learnt } = await this.contacts.seen(tx, tenantId, sighting);
        if (!learnt) continue;
        const contact = await this.contacts.find(tx, tenantId, contactId);
        await this.consents.join(tx, tenantId, customerKeysOf(contact?.identifiers ?? []));
      }
      return messages.length;
    });
  }
}
