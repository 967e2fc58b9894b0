export { LIMIT_KINDS, type LimitKind } from './limit-kinds.js';
export { type LimitUse, TenantLimits } from './tenant-limits.js';
export { TenantLimitsModule } from './tenant-limits.module.js';
