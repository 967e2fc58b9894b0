import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '#libs/clock';
import { newId } from '#libs/ids';
import type { Tx } from '#libs/persistence';
import type { StaffCaller } from './staff.guard.js';

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

/** The part of an audit entry that says who, why and from where. */
export const auditOf = (
  staff: StaffCaller,
  reason: string,
): Pick<AuditEntry, 'who' | 'staffId' | 'reason' | 'fromAddress' | 'requestId'> => ({
  who: staff.email,
  staffId: staff.staffId,
  reason,
  fromAddress: staff.fromAddress,
  requestId: staff.requestId,
});

const jsonOf = (value: object | undefined) => (value === undefined ? null : JSON.stringify(value));

/** The one writer of audit_log, which takes new rows only and is written by every app with staff routes. */
@Injectable()
export class AuditLog {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  /**
   * Writes the entry in the transaction of what it tells about: both are committed or neither is. Let it be the last
   * statement of the transaction.
   */
  async record(tx: Tx, entry: AuditEntry): Promise<void> {
    const at = this.clock.now();
    await tx.query('SELECT door_audit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)', [
      newId(at),
      at,
      entry.staffId ?? null,
      entry.who,
      entry.action,
      entry.object,
      entry.tenantId ?? null,
      jsonOf(entry.before),
      jsonOf(entry.after),
      entry.reason,
      entry.fromAddress ?? null,
      entry.requestId ?? null,
    ]);
  }
}
