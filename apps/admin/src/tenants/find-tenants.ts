import { isId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import { levelOf, type SuspensionLevel, type TenantStatus } from '#libs/tenants';

export interface TenantRow {
  id: string;
  name: string;
  country: string | null;
  status: TenantStatus;
  /** What the provider has switched off. */
  off: SuspensionLevel | null;
  created_at: Date;
  /** Display phone numbers. */
  numbers: string[];
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/**
 * Tenants, newest first.
 *
 * @param tx     of staff, who see all tenants
 * @param filter `search`: part of a name, or of a phone number however it is written, or of an e-mail address (with its @), or an id of
 *   ours or Meta's as a whole;
 *   `before`: those founded before this tenant
 */
export async function findTenants(
  tx: Tx,
  filter: { search?: string | undefined; before?: string | undefined; limit: number },
): Promise<TenantRow[]> {
  const search = filter.search?.trim() ?? '';
  const digits = search.replaceAll(/\D/g, '');
  const isNumber = digits.length >= 3 && /^[\d\s+().-]+$/.test(search);
  const rows: (Omit<TenantRow, 'off'> & { marketing_off: boolean })[] = await tx.query(
    `SELECT t.tenant_id AS id, t.name, t.country, t.status, t.marketing_off, t.created_at,
            ARRAY(SELECT n.display_phone_number FROM phone_numbers n
                   WHERE n.tenant_id = t.tenant_id ORDER BY n.phone_number_id) AS numbers
       FROM tenants t
      WHERE ($1 = '' OR t.name ILIKE '%' || $2 || '%'
             OR ($3 AND EXISTS (SELECT FROM phone_numbers n WHERE n.tenant_id = t.tenant_id
                   AND regexp_replace(n.display_phone_number, '\\D', '', 'g') LIKE '%' || $4 || '%'))
             OR ($3 AND EXISTS (SELECT FROM meta_routes r WHERE r.tenant_id = t.tenant_id AND r.meta_id = $4))
             OR ($7 AND EXISTS (SELECT FROM tenant_users u WHERE u.tenant_id = t.tenant_id AND u.email LIKE '%' || lower($2) || '%'))
             OR t.tenant_id = $8)
        AND ($5::uuid IS NULL OR t.tenant_id < $5)
      ORDER BY t.tenant_id DESC LIMIT $6`,
    [
      search,
      escapeLike(search),
      isNumber,
      digits,
      filter.before ?? null,
      filter.limit,
      search.includes('@'),
      isId(search) ? search : null,
    ],
  );
  return rows.map(({ marketing_off: marketingOff, ...row }) => ({
    ...row,
    off: levelOf({ status: row.status, marketingOff }),
  }));
}
