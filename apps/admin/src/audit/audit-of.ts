import type { StaffCaller } from '../identity/staff.guard.js';
import type { AuditEntry } from './audit-log.js';

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
