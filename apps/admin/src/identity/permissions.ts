/** What a member of staff may do; each route names one. */
export type Permission =
  | 'tenants.read'
  | 'tenants.suspend'
  | 'applications.read'
  | 'applications.decide'
  | 'setup-links.make'
  | 'messages.read'
  | 'messages.read-body' // what customers and merchants wrote to each other
  | 'parked.read'
  | 'audit.read';

export type StaffRole = 'administrator' | 'onboarding' | 'support' | 'billing' | 'auditor';

/** Nobody reads what people write to each other yet: each such reading has to leave an audit entry first. */
const PERMISSIONS: Readonly<Record<StaffRole, readonly Permission[]>> = {
  administrator: [
    'applications.read',
    'applications.decide',
    'setup-links.make',
    'tenants.read',
    'tenants.suspend',
    'messages.read',
    'parked.read',
    'audit.read',
  ],
  onboarding: ['tenants.read', 'applications.read', 'applications.decide', 'setup-links.make'],
  support: ['tenants.read', 'messages.read', 'parked.read'],
  billing: ['tenants.read', 'messages.read', 'parked.read'],
  auditor: ['tenants.read', 'applications.read', 'messages.read', 'parked.read', 'audit.read'],
};

export const STAFF_ROLES = Object.keys(PERMISSIONS) as readonly StaffRole[];

export const isStaffRole = (text: string): text is StaffRole => STAFF_ROLES.some((role) => role === text);

/** Whether a role may do what a route needs. */
export const may = (role: StaffRole, permission: Permission): boolean => PERMISSIONS[role].includes(permission);
