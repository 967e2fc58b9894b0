export { ApiKey } from './api-key.entity.js';
export { ApiKeyAuthenticator, type Caller, type KeyReach } from './api-key-authenticator.js';
export { AddressTakenError } from './claim-address.js';
export { reaches, requireReach } from './key-reach.js';
export { OneTimeLink } from './one-time-link.entity.js';
export { LastOwnerError, People } from './people.js';
export { KEY_SCOPES, type KeyScope, TENANT_ROLES, type TenantRole } from './permissions.js';
export { needOf } from './route-needs.js';
export { SecondFactors } from './second-factors.js';
export { ServiceCallers, TenantOrApp } from './service-callers.js';
export { SetupLink } from './setup-link.entity.js';
export { type LinkState, SetupLinks, stateOfLink } from './setup-links.js';
export { type SupportAccess, SupportAccesses, type SupportUse } from './support-accesses.js';
export { levelOf, SUSPENSION_LEVELS, type SuspensionLevel } from './suspension.js';
export { Tenant } from './tenant.entity.js';
export {
  APPLICANT_ROLE,
  ApiKeyGuard,
  callerOf,
  keyOf,
  SETUP_ROLE,
  TenantCaller,
  TenantGuard,
  TenantUserGuard,
} from './tenant.guard.js';
export type { TenantStatus } from './tenant-status.js';
export { TenantUser } from './tenant-user.entity.js';
export { type KeyLimits, suspensionOf, Tenants } from './tenants.js';
export { TenantsModule } from './tenants.module.js';
export { UserSession } from './user-session.entity.js';
export { type OpenSession, UserSessions } from './user-sessions.js';
