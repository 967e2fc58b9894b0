import type { Tx } from '#libs/persistence';
import { formsOf, lineOf } from '#libs/phone-numbers';
import type { KnownCustomer } from '#libs/privacy';

/** Each round finds what is named beside what the one before found; nobody has so many numbers and ids in a row. */
const MOST_ROUNDS = 20;

const bare = (text: string): string => text.replace(/^\+/, '');
const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];
const texts = (all: readonly (string | null)[]) => all.filter((text) => text !== null && text !== '') as string[];

/**
 * Everything by which a tenant knows a customer: the other numbers and ids of the contacts, and of those that messages name
 * beside them, each number in all its forms, and names. What hid its number first and showed it later may be two contacts.
 *
 * @param known what was known before; nothing of it is lost, also when the rows that told it are gone
 */
export async function knowCustomer(tx: Tx, tenantId: string, known: KnownCustomer): Promise<KnownCustomer> {
  let customer = { ...known, identifiers: distinct(known.identifiers.map(bare).flatMap(formsOf)) };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = customer.identifiers.length;
    customer = await learnMore(tx, tenantId, customer);
    if (customer.identifiers.length === before) break;
  }
  return customer;
}

async function learnMore(tx: Tx, tenantId: string, known: KnownCustomer): Promise<KnownCustomer> {
  const contacts: {
    contact_id: string;
    value: string;
    kind: string;
    name: string | null;
    profile_name: string | null;
  }[] = await tx.query(
    `SELECT c.contact_id, i.value, i.kind, c.name, c.profile_name
         FROM contacts c JOIN contact_identifiers i USING (tenant_id, contact_id)
        WHERE c.tenant_id = $1 AND c.contact_id IN (
          SELECT contact_id FROM contact_identifiers WHERE tenant_id = $1 AND (line = ANY ($2::text[]) OR value = ANY ($3::text[])))`,
    [tenantId, known.identifiers.map(lineOf), known.identifiers],
  );
  const identifiers = distinct([
    ...known.identifiers,
    ...contacts.filter((c) => c.kind !== 'username').flatMap((c) => formsOf(bare(c.value))),
  ]);
  const wrote: { user_id: string | null; customer: string; name: string | null }[] = await tx.query(
    `SELECT DISTINCT user_id, customer, customer_name AS name FROM inbound_messages
      WHERE tenant_id = $1 AND (customer = ANY ($2::text[]) OR user_id = ANY ($2::text[]))`,
    [tenantId, identifiers],
  );
  return {
    identifiers: distinct([...identifiers, ...texts(wrote.flatMap((w) => [w.user_id, w.customer])).flatMap(formsOf)]),
    names: distinct([
      ...known.names,
      ...texts(contacts.flatMap((c) => [c.name, c.profile_name])),
      ...texts(wrote.map((w) => w.name)),
    ]),
    contactIds: distinct([...known.contactIds, ...contacts.map((c) => c.contact_id)]),
  };
}
