import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKey, SetupLink, SetupLinks, Tenant, Tenants, TenantUser } from '#libs/tenants';
import { TierReservationModule } from '#libs/tier-reservation';
import { WabasModule } from '#libs/wabas';
import { AuditModule } from '../audit/audit.module.js';
import { SetupLinksController } from './setup-links.controller.js';
import { SuspendTenant } from './suspend-tenant.js';
import { TenantOverview } from './tenant-overview.js';
import { TenantsController } from './tenants.controller.js';

/** Takes the writer of tenants without the module around it, which would bring the merchants' sessions and their key. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Tenant, TenantUser, ApiKey, SetupLink]),
    WabasModule,
    TierReservationModule,
    AuditModule,
  ],
  controllers: [TenantsController, SetupLinksController],
  providers: [Tenants, SetupLinks, SuspendTenant, TenantOverview],
})
export class TenantsModule {}
