import type { Tx } from '#libs/persistence';
import { formsOf, lineOf } from '#libs/phone-numbers';
import type { KnownCustomer } from '#libs/privacy';

const bare = (text: string): string => text.replace(/^\+/, '');
const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];

/**
 * Everything by which a tenant knows a customer: the contact's other numbers and ids, each number in all its forms, and names.
 *
 * @param known what was known before; nothing of it is lost, also when the rows that told it are gone
 */
export async function knowCustomer(tx: Tx, tenantId: string, known: KnownCustomer): Promise<KnownCustomer> {
  const given = distinct(known.identifiers.map(bare).flatMap(formsOf));
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
    [tenantId, given.map(lineOf), given],
  );
  const identifiers = distinct([
    ...given,
    ...contacts.filter((c) => c.kind !== 'username').flatMap((c) => formsOf(bare(c.value))),
  ]);
  const wrote: { user_id: string | null; customer: string; name: string | null }[] = await tx.query(
    `SELECT DISTINCT user_id, customer, customer_name AS name FROM inbound_messages
      WHERE tenant_id = $1 AND (customer = ANY ($2::text[]) OR user_id = ANY ($2::text[]))`,
    [tenantId, identifiers],
  );
  const texts = (all: readonly (string | null)[]) => all.filter((text) => text !== null && text !== '') as string[];
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
