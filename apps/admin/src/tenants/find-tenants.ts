import type { Tx } from '#libs/persistence';
import type { TenantStatus } from '#libs/tenants';

export interface TenantRow {
  id: string;
  name: string;
  country: string | null;
  status: TenantStatus;
  created_at: Date;
  /** Display phone numbers. */
  numbers: string[];
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/**
 * Tenants, newest first.
 *
 * @param tx     of staff, who see all tenants
 * @param filter `search`: part of a name, or of a phone number however it is written, or one of Meta's ids as a whole;
 *   `before`: those founded before this tenant
 */
export async function findTenants(
  tx: Tx,
  filter: { search?: string | undefined; before?: string | undefined; limit: number },
): Promise<TenantRow[]> {
  const search = filter.search?.trim() ?? '';
  const digits = search.replaceAll(/\D/g, '');
  const isNumber = digits.length >= 3 && /^[\d\s+().-]+$/.test(search);
  return tx.query(
    `SELECT t.tenant_id AS id, t.name, t.country, t.status, t.created_at,
            ARRAY(SELECT n.display_phone_number FROM phone_numbers n
                   WHERE n.tenant_id = t.tenant_id ORDER BY n.phone_number_id) AS numbers
       FROM tenants t
      WHERE ($1 = '' OR t.name ILIKE '%' || $2 || '%'
             OR ($3 AND EXISTS (SELECT FROM phone_numbers n WHERE n.tenant_id = t.tenant_id
                   AND regexp_replace(n.display_phone_number, '\\D', '', 'g') LIKE '%' || $4 || '%'))
             OR ($3 AND EXISTS (SELECT FROM meta_routes r WHERE r.tenant_id = t.tenant_id AND r.meta_id = $4)))
        AND ($5::uuid IS NULL OR t.tenant_id < $5)
      ORDER BY t.tenant_id DESC LIMIT $6`,
    [search, escapeLike(search), isNumber, digits, filter.before ?? null, filter.limit],
  );
}
