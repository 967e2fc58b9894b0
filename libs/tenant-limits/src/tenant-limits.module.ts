import { Module } from '@nestjs/common';
import { TenantLimits } from './tenant-limits.js';

/** How much a tenant may have. */
@Module({ providers: [TenantLimits], exports: [TenantLimits] })
export class TenantLimitsModule {}
