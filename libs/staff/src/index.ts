export { type AuditEntry, AuditLog, auditOf } from './audit-log.js';
export {
  isStaffRole,
  may,
  type Permission,
  STAFF_PERMISSIONS,
  STAFF_ROLES,
  type StaffRole,
} from './permissions.js';
export { ReasonRequest } from './reason.request.js';
export { Needs, needOf, PublicRoute, Staff, type StaffCaller, StaffGuard } from './staff.guard.js';
export { StaffModule } from './staff.module.js';
export { type SignInWay, StaffDesk, type StaffMember } from './staff-desk.js';
export { type AuditVerdict, headOfAuditLog, verifyAuditLog, wentThrough } from './verify-audit-log.js';
