import { Injectable } from '@nestjs/common';
import type { Tx } from '#libs/persistence';
import { type AuditEntry, AuditLog, auditOf, type StaffCaller } from '#libs/staff';

/** Adds to the audit log what a member of staff did here. */
@Injectable()
export class StaffAudit {
  constructor(private readonly log: AuditLog) {}

  /** @param tx of what the entry tells about: both are committed or neither is */
  record(
    staff: StaffCaller,
    entry: Pick<AuditEntry, 'action' | 'object' | 'tenantId' | 'before' | 'after' | 'reason'>,
    tx: Tx,
  ): Promise<void> {
    return this.log.record(tx, { ...auditOf(staff, entry.reason), ...entry });
  }
}
