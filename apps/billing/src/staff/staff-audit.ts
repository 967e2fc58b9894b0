import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import { Database, type Tx } from '#libs/persistence';
import type { StaffCaller } from '#libs/staff';

/** One write of the staff. `before` and `after` hold what changed and never a secret. */
export interface AuditEntry {
  /** What was done, e.g. `plan.assign`. */
  readonly action: string;
  /** What it was done to, as `kind:id`. */
  readonly object: string;
  readonly tenantId?: string;
  readonly before?: object;
  readonly after?: object;
  /** Why, in the words of who did it. */
  readonly reason: string;
}

/** Adds to the admin app's audit log through its door, in the transaction of what the entry tells about. */
@Injectable()
export class StaffAudit {
  constructor(
    private readonly db: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param tx absent for what is no tenant's and is one statement, such as a plan's version */
  async record(staff: StaffCaller, entry: AuditEntry, tx?: Tx): Promise<void> {
    const at = this.clock.now();
    const sql = 'SELECT door_audit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)';
    const values = [
      newId(at),
      at,
      staff.staffId,
      staff.email,
      entry.action,
      entry.object,
      entry.tenantId ?? null,
      entry.before ? JSON.stringify(entry.before) : null,
      entry.after ? JSON.stringify(entry.after) : null,
      entry.reason,
      staff.fromAddress,
      staff.requestId,
    ];
    if (tx) await tx.query(sql, values);
    else await this.db.query(sql, values);
  }
}
