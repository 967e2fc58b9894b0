import type { AttributeValue } from './attribute-values.js';
import type { Identifier } from './identifiers.js';

/** A customer as a merchant knows them. */
export interface Contact {
  contactId: string;
  /** As the merchant calls them; null until they do. */
  name: string | null;
  /** As they call themselves on WhatsApp. */
  profileName: string | null;
  attributes: Record<string, AttributeValue>;
  tags: string[];
  lastSeenAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  identifiers: Identifier[];
}

/** The columns of `contacts c` under the names of Contact. */
export const CONTACT_COLUMNS = `c.contact_id AS "contactId", c.name, c.profile_name AS "profileName", c.attributes, c.tags,
  c.last_seen_at AS "lastSeenAt", c.created_at AS "createdAt", c.updated_at AS "updatedAt",
  coalesce((SELECT json_agg(json_build_object('kind', i.kind, 'value', i.value) ORDER BY i.kind, i.value)
              FROM contact_identifiers i WHERE i.tenant_id = c.tenant_id AND i.contact_id = c.contact_id), '[]')
    AS identifiers`;
