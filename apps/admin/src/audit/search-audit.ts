import type { Tx } from '#libs/persistence';

/** One entry as staff see it. */
export interface AuditRow {
  entry_id: string;
  /** Place in the chain; null for what was written before there was one. */
  seq: number | null;
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
  user_agent: string | null;
  session_id: string | null;
  request_id: string | null;
  /** SHA-256 of the entry before and of this one, in hexadecimals: an export is a witness of the log as it was. */
  hash: string | null;
}

/** What entries must have; what is left out is not asked for. */
export interface AuditFilter {
  who?: string | undefined;
  /** An action, or what its name begins with: `tenant` finds `tenant.suspend`. */
  action?: string | undefined;
  object?: string | undefined;
  tenantId?: string | undefined;
  /** From this instant on. */
  from?: Date | undefined;
  /** Before this instant. */
  to?: Date | undefined;
}

/** @param page newest first: entries before one. Oldest first: entries after one. */
export async function searchAudit(
  tx: Tx,
  filter: AuditFilter,
  page: { order: 'newest first' | 'oldest first'; beyond?: string | undefined; limit: number },
): Promise<AuditRow[]> {
  const [beyond, order] = page.order === 'newest first' ? ['<', 'DESC'] : ['>', 'ASC'];
  const rows: (Omit<AuditRow, 'seq'> & { seq: string | null })[] = await tx.query(
    `SELECT entry_id, seq, at, staff_id, who, action, object, tenant_id, before, after, reason,
            host(from_address) AS from_address, user_agent, session_id, request_id, encode(hash, 'hex') AS hash
       FROM audit_log
      WHERE ($1::text IS NULL OR who = $1) AND ($2::text IS NULL OR action = $2 OR starts_with(action, $2 || '.'))
        AND ($3::text IS NULL OR object = $3) AND ($4::uuid IS NULL OR tenant_id = $4)
        AND ($5::timestamptz IS NULL OR at >= $5) AND ($6::timestamptz IS NULL OR at < $6)
        AND ($7::uuid IS NULL OR entry_id ${beyond} $7)
      ORDER BY entry_id ${order} LIMIT $8`,
    [
      filter.who ?? null,
      filter.action ?? null,
      filter.object ?? null,
      filter.tenantId ?? null,
      filter.from ?? null,
      filter.to ?? null,
      page.beyond ?? null,
      page.limit,
    ],
  );
  return rows.map((row) => ({ ...row, seq: row.seq === null ? null : Number(row.seq) }));
}
