export { ApiKey } from './api-key.entity.js';
export { ApiKeyAuthenticator, type Caller } from './api-key-authenticator.js';
export { Tenant } from './tenant.entity.js';
export { ApiKeyGuard, keyOf, TenantCaller, TenantGuard, TenantUserGuard } from './tenant.guard.js';
export { canMoveTenant, type TenantStatus } from './tenant-status.js';
export { type TenantRole, TenantUser } from './tenant-user.entity.js';
export { AddressTakenError, Tenants } from './tenants.js';
export { TenantsModule } from './tenants.module.js';
