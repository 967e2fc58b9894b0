import { Injectable } from '@nestjs/common';
import { Consents } from '#libs/consent';
import {
  type Contact,
  ContactAttributes,
  type ContactEdit,
  Contacts,
  customerKeysOf,
  EditContacts,
  forgetAlone,
  type Identifier,
  type IdentifierKind,
  MergeContacts,
  readAttributes,
  TakenIdentifierError,
} from '#libs/contacts';
import { Refusal } from '#libs/http';
import type { Tx } from '#libs/persistence';
import { lineOf } from '#libs/phone-numbers';
import { AutomationRuns } from '../automations/automation-runs.js';
import { ShopOrders } from '../catalogue/shop-orders.js';
import { ShopEvents } from '../shop-events/shop-events.js';
import { readIdentifier } from './read-identifier.js';

/**
 * What a merchant does with its contacts. What was agreed to under one identifier follows the person, as do its orders and what
 * automations have begun.
 */
@Injectable()
export class ContactBook {
  constructor(
    private readonly contacts: Contacts,
    private readonly edits: EditContacts,
    private readonly merges: MergeContacts,
    private readonly attributes: ContactAttributes,
    private readonly consents: Consents,
    private readonly events: ShopEvents,
    private readonly orders: ShopOrders,
    private readonly runs: AutomationRuns,
  ) {}

  /** @throws Refusal 404 */
  async find(tx: Tx, tenantId: string, contactId: string): Promise<Contact> {
    const contact = await this.contacts.find(tx, tenantId, contactId);
    if (!contact) throw Refusal.notFound('contact');
    return contact;
  }

  /** Makes a contact, or changes the one who has these identifiers. */
  async put(
    tx: Tx,
    tenantId: string,
    given: readonly { kind: IdentifierKind; value: string }[],
    edit: { name?: string | undefined; attributes?: Record<string, unknown> | undefined; tags?: string[] | undefined },
  ): Promise<{ contact: Contact; created: boolean }> {
    const { contactId, created } = await refusingTaken(
      this.edits.put(tx, tenantId, identifiersIn(given), {
        ...(edit.name === undefined ? {} : { name: edit.name }),
        ...(await this.attributesIn(tx, tenantId, edit.attributes)),
        addTags: edit.tags ?? [],
      }),
    );
    return { contact: await this.joined(tx, tenantId, contactId), created };
  }

  async edit(
    tx: Tx,
    tenantId: string,
    contactId: string,
    edit: {
      name?: string | null | undefined;
      attributes?: Record<string, unknown> | undefined;
      add_tags?: string[] | undefined;
      remove_tags?: string[] | undefined;
    },
  ): Promise<Contact> {
    const contact = await this.find(tx, tenantId, contactId);
    await this.edits.edit(tx, tenantId, contact.contactId, {
      ...(edit.name === undefined ? {} : { name: edit.name }),
      ...(await this.attributesIn(tx, tenantId, edit.attributes)),
      addTags: edit.add_tags ?? [],
      removeTags: edit.remove_tags ?? [],
    });
    return this.find(tx, tenantId, contactId);
  }

  async addIdentifiers(
    tx: Tx,
    tenantId: string,
    contactId: string,
    given: readonly { kind: IdentifierKind; value: string }[],
  ): Promise<Contact> {
    const contact = await this.find(tx, tenantId, contactId);
    await refusingTaken(this.edits.addIdentifiers(tx, tenantId, contact.contactId, identifiersIn(given)));
    return this.joined(tx, tenantId, contact.contactId);
  }

  async merge(tx: Tx, tenantId: string, merged: { from: string; into: string }): Promise<Contact> {
    if (merged.from === merged.into) throw Refusal.invalid('contact_id: is this contact. Name another one.');
    if (!(await this.merges.merge(tx, tenantId, merged))) throw Refusal.notFound('contact');
    await this.events.followMerge(tx, tenantId, merged);
    await this.orders.followMerge(tx, tenantId, merged);
    await this.runs.followMerge(tx, tenantId, merged);
    return this.joined(tx, tenantId, merged.into);
  }

  /** @returns the new contact */
  async split(
    tx: Tx,
    tenantId: string,
    contactId: string,
    given: readonly { kind: IdentifierKind; value: string }[],
  ): Promise<Contact> {
    const contact = await this.find(tx, tenantId, contactId);
    const newId = await this.merges.split(tx, tenantId, contact.contactId, identifiersIn(given));
    if (!newId) {
      throw Refusal.conflict('identifiers: must be some of those of this contact, and leave it at least one.');
    }
    return this.find(tx, tenantId, newId);
  }

  /**
   * Once nothing says whose contact it was, nothing would lead to what is kept by its id alone: that goes with it.
   *
   * @throws Refusal 404
   */
  async erase(tx: Tx, tenantId: string, contactId: string): Promise<void> {
    const { identifiers } = await this.find(tx, tenantId, contactId);
    await forgetAlone(tx, tenantId, customerKeysOf(identifiers).map(lineOf));
    if (!(await this.edits.erase(tx, tenantId, contactId))) throw Refusal.notFound('contact');
    await this.runs.forget(tx, tenantId, contactId);
    await this.events.forget(tx, tenantId, contactId);
    await this.orders.forget(tx, tenantId, contactId);
  }

  private async joined(tx: Tx, tenantId: string, contactId: string): Promise<Contact> {
    const contact = await this.find(tx, tenantId, contactId);
    await this.consents.join(tx, tenantId, customerKeysOf(contact.identifiers));
    return contact;
  }

  private async attributesIn(
    tx: Tx,
    tenantId: string,
    given: Record<string, unknown> | undefined,
  ): Promise<Pick<ContactEdit, 'attributes'>> {
    if (!given || Object.keys(given).length === 0) return {};
    const { changes, problems } = readAttributes(await this.attributes.types(tx, tenantId), given);
    if (Object.keys(problems).length > 0) throw Refusal.invalid(Object.values(problems).flat().join('; '), problems);
    return { attributes: changes };
  }
}

function identifiersIn(given: readonly { kind: IdentifierKind; value: string }[]): Identifier[] {
  return given.map(({ kind, value }, i) => {
    const read = readIdentifier(kind, value);
    if ('identifier' in read) return read.identifier;
    throw Refusal.invalid(`identifiers.${i}.value ${read.problem}`, { [`identifiers.${i}.value`]: [read.problem] });
  });
}

async function refusingTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TakenIdentifierError)) throw error;
    const { kind, value } = error.identifier;
    throw Refusal.conflict(`${kind} ${value} belongs to another contact. Merge the two, or leave it out.`);
  }
}
