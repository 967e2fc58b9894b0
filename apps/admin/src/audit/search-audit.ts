import type { Tx } from '#libs/persistence';

export interface AuditRow {
  entry_id: string;
  at: Date;
  staff_id: string | null;
  who: string;
  action: string;
  object: string;
  tenant_id: string | null;
  before: object | null;
  after: object | null;
  reason: string;
  from_address: string | null;
  request_id: string | null;
}

/** Newest first. @param filter entries about one tenant; those before an entry */
export async function searchAudit(
  tx: Tx,
  filter: { tenantId?: string; before?: string; limit: number },
): Promise<AuditRow[]> {
  return tx.query(
    `SELECT entry_id, at, staff_id, who, action, object, tenant_id, before, after, reason,
            host(from_address) AS from_address, request_id
       FROM audit_log
      WHERE ($1::uuid IS NULL OR tenant_id = $1) AND ($2::uuid IS NULL OR entry_id < $2)
      ORDER BY entry_id DESC LIMIT $3`,
    [filter.tenantId ?? null, filter.before ?? null, filter.limit],
  );
}
