import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';

/** One write of the staff. `before` and `after` hold what changed and never a secret. */
export interface AuditEntry {
  /** The e-mail address of the member of staff, or the command. */
  who: string;
  /** Absent at the command line. */
  staffId?: string;
  /** What was done, e.g. `tenant.suspend`. */
  action: string;
  /** What it was done to, as `kind:id`. */
  object: string;
  tenantId?: string;
  before?: object;
  after?: object;
  /** Why, in the words of who did it. */
  reason: string;
  fromAddress?: string;
  requestId?: string;
}

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

/** The one writer of audit_log, which takes new rows only. */
@Injectable()
export class AuditLog {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /** Writes the entry in the transaction of what it tells about: both are committed or neither is. */
  async record(tx: Tx, entry: AuditEntry): Promise<void> {
    const at = this.clock.now();
    await tx.query(
      `INSERT INTO audit_log (entry_id, at, staff_id, who, action, object, tenant_id, before, after, reason,
                              from_address, request_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        newId(at),
        at,
        entry.staffId ?? null,
        entry.who,
        entry.action,
        entry.object,
        entry.tenantId ?? null,
        entry.before ?? null,
        entry.after ?? null,
        entry.reason,
        entry.fromAddress ?? null,
        entry.requestId ?? null,
      ],
    );
  }

  /** Newest first. @param filter entries about one tenant; those before an entry */
  async list(tx: Tx, filter: { tenantId?: string; before?: string; limit: number }): Promise<AuditRow[]> {
    return tx.query(
      `SELECT entry_id, at, staff_id, who, action, object, tenant_id, before, after, reason,
              host(from_address) AS from_address, request_id
         FROM audit_log
        WHERE ($1::uuid IS NULL OR tenant_id = $1) AND ($2::uuid IS NULL OR entry_id < $2)
        ORDER BY entry_id DESC LIMIT $3`,
      [filter.tenantId ?? null, filter.before ?? null, filter.limit],
    );
  }
}
