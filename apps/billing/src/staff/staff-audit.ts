import { Injectable } from '@nestjs/common';
import { Database, PROVIDER_TENANT, type Tx } from '#libs/persistence';
import { type AuditEntry, AuditLog, auditOf, type StaffCaller } from '#libs/staff';

/** Adds to the audit log in the transaction of what the entry tells about. */
@Injectable()
export class StaffAudit {
  constructor(
    private readonly db: Database,
    private readonly log: AuditLog,
  ) {}

  /** @param tx absent for what is no tenant's and is one statement, such as a plan's version */
  async record(
    staff: StaffCaller,
    entry: Pick<AuditEntry, 'action' | 'object' | 'tenantId' | 'before' | 'after' | 'reason'>,
    tx?: Tx,
  ): Promise<void> {
    const write = (own: Tx) => this.log.record(own, { ...auditOf(staff, entry.reason), ...entry });
    await (tx ? write(tx) : this.db.inTenant(PROVIDER_TENANT, write));
  }
}
