import { Injectable } from '@nestjs/common';
import {
  ContactActivity,
  Contacts,
  EditContacts,
  type Identifier,
  lineOfIdentifier,
  mayKeep,
  TakenIdentifierError,
} from '#libs/contacts';
import type { Tx } from '#libs/persistence';
import { FollowEvent } from '../automations/follow-event.js';
import { readIdentifier } from '../contacts/read-identifier.js';
import type { ShopEvent, ShopFact } from './shop-event.js';
import { ShopEvents } from './shop-events.js';

/** Takes a fact of a shop in: the event, its contact, and what follows from it are one transaction. */
@Injectable()
export class TakeShopFact {
  constructor(
    private readonly events: ShopEvents,
    private readonly contacts: Contacts,
    private readonly edits: EditContacts,
    private readonly activity: ContactActivity,
    private readonly follow: FollowEvent,
  ) {}

  /**
   * @param source `api`, or the id of a shop source
   * @returns the event, and whether it is new; or why it is about nobody we can write to; or that the customer is being forgotten at
   *   this moment, and nothing was taken
   */
  async take(
    tx: Tx,
    tenantId: string,
    source: string,
    fact: ShopFact,
  ): Promise<{ event: ShopEvent; isNew: boolean } | { problem: string } | { isForgotten: true }> {
    const known = await this.events.find(tx, tenantId, source, fact.givenId);
    if (known) return { event: known, isNew: false };
    const read = readIdentifier('phone', fact.customer.phone, fact.customer.country);
    if ('problem' in read) return read;
    const line = lineOfIdentifier(read.identifier) as string;
    if (!(await mayKeep(tx, tenantId, [line]))) return { isForgotten: true };
    const contactId = await this.contactOf(tx, tenantId, read.identifier, fact.customer.name);
    return this.takeOf(tx, tenantId, contactId, { source, ...fact });
  }

  /** The contact with a number, made if need be; a name that the merchant has given stays. */
  private async contactOf(tx: Tx, tenantId: string, number: Identifier, name: string | undefined): Promise<string> {
    const known = await this.contacts.whoHas(tx, tenantId, [number]);
    if (known) return known;
    try {
      // A savepoint: someone else may make the same contact at this moment.
      const edit = name ? { name: name.slice(0, 200) } : {};
      return (await tx.transaction((inner) => this.edits.put(inner, tenantId, [number], edit))).contactId;
    } catch (error) {
      const winner = await this.contacts.whoHas(tx, tenantId, [number]);
      if (error instanceof TakenIdentifierError && winner) return winner;
      throw error;
    }
  }

  /** The same where the contact is known. */
  async takeOf(
    tx: Tx,
    tenantId: string,
    contactId: string,
    fact: Omit<ShopFact, 'customer'> & { source: string },
  ): Promise<{ event: ShopEvent; isNew: boolean }> {
    const { source, givenId, kind, at, subject, data } = fact;
    const taken = await this.events.add(tx, tenantId, { source, givenId, kind, at, contactId, subject, data });
    if (!taken.isNew) return taken;
    // An order that was sent on WhatsApp is counted where messages are taken in.
    if (kind === 'order.placed' && source !== 'whatsapp') {
      await this.activity.note(tx, tenantId, [{ contactId, did: 'bought', at }]);
    }
    await this.follow.follow(tx, tenantId, taken.event);
    return taken;
  }
}
