import { customerKeysOf } from '#libs/contacts';
import { Refusal } from '#libs/http';
import type { Tx } from '#libs/persistence';
import type { ContactBook } from './contact-book.js';
import { readIdentifier } from './read-identifier.js';

/**
 * Whom a request is about, which names a contact or gives a number or user id.
 *
 * @returns digits of numbers and business-scoped user ids, at least one
 * @throws Refusal 404 for an unknown contact; 409 for one without a number; 400 for what is neither number nor user id
 */
export async function customersNamed(
  tx: Tx,
  book: ContactBook,
  tenantId: string,
  { customer = '', contact_id: contactId }: { customer?: string; contact_id?: string },
): Promise<string[]> {
  if (contactId !== undefined) {
    const keys = customerKeysOf((await book.find(tx, tenantId, contactId)).identifiers);
    if (keys.length === 0) throw Refusal.conflict('This contact has neither a number nor a user id.');
    return keys;
  }
  const read = readIdentifier(/^[A-Z]{2}\./.test(customer.trim()) ? 'user_id' : 'wa_id', customer);
  if ('problem' in read) throw Refusal.invalid(`customer ${read.problem}`, { customer: [read.problem] });
  return [read.identifier.value];
}
