import { Injectable } from '@nestjs/common';
import { Consents } from '#libs/consent';
import { ContactActivity, Contacts, customerKeysOf, type Deed, identifiersOf, waitToKeep } from '#libs/contacts';
import { Inbound } from '#libs/inbound';
import { Database, despiteDeadlock, type Tx } from '#libs/persistence';
import { lineOf } from '#libs/phone-numbers';
import { HeedReplies } from '../campaigns/heed-replies.js';
import { TakeOrder } from '../catalogue/take-order.js';
import { HearCustomer } from '../inbox/hear-customer.js';
import { InboxWork } from '../inbox/inbox-work.js';

/** Messages of one transaction. */
export const BATCH = 100;

/** What a message of a type is beside a word: a button pressed (of a template, of a dialogue), a cart sent. */
const DEEDS: Readonly<Record<string, Deed>> = { button: 'clicked', interactive: 'clicked', order: 'bought' };

/** Takes what customers wrote into contacts. */
@Injectable()
export class TakeInbound {
  constructor(
    private readonly db: Database,
    private readonly inbound: Inbound,
    private readonly contacts: Contacts,
    private readonly consents: Consents,
    private readonly activity: ContactActivity,
    private readonly orders: TakeOrder,
    private readonly replies: HeedReplies,
    private readonly inbox: HearCustomer,
    private readonly inboxWork: InboxWork,
  ) {}

  /**
   * Takes the tenant's next messages, oldest first, in one transaction: they count as seen when their contacts are
   * committed, so whoever dies in between leaves everything to the next.
   *
   * @returns how many messages were taken; fewer than BATCH when none are left
   */
  async takeNext(tenantId: string): Promise<number> {
    const { taken, changed } = await despiteDeadlock(() => this.db.inTenant(tenantId, (tx) => this.take(tx, tenantId)));
    this.inboxWork.committed(tenantId, changed);
    return taken;
  }

  /** @returns how many messages there were, and the conversations that they changed */
  private async take(tx: Tx, tenantId: string): Promise<{ taken: number; changed: string[] }> {
    const changed: string[] = [];
    const messages = await this.inbound.takeUnseen(tx, tenantId, BATCH);
    const customers = messages.flatMap((message) => customerKeysOf(identifiersOf(message)));
    await waitToKeep(tx, tenantId, customers.map(lineOf));
    const deeds: Parameters<ContactActivity['note']>[2][number][] = [];
    for (const message of messages) {
      const identifiers = identifiersOf(message);
      // News about a customer (a changed number) is not a word of theirs.
      if (identifiers.length === 0 || message.type === 'system') continue;
      const sighting = { identifiers, profileName: message.customerName, at: message.at };
      const { contactId, learnt } = await this.contacts.seen(tx, tenantId, sighting);
      const did = DEEDS[message.type];
      if (did) deeds.push({ contactId, did, at: message.at });
      await this.orders.take(tx, tenantId, contactId, message);
      if (learnt) {
        const contact = await this.contacts.find(tx, tenantId, contactId);
        await this.consents.join(tx, tenantId, customerKeysOf(contact?.identifiers ?? []));
      }
      changed.push(await this.inbox.hear(tx, tenantId, contactId, message));
    }
    await this.activity.note(tx, tenantId, deeds);
    await this.replies.heard(tx, tenantId, messages);
    return { taken: messages.length, changed };
  }
}
