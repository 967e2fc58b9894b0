import { Injectable } from '@nestjs/common';
import { Contacts, identifiersOf } from '#libs/contacts';
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
        await this.contacts.seen(tx, tenantId, { identifiers, profileName: message.customerName, at: message.at });
      }
      return messages.length;
    });
  }
}
