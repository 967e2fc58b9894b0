import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TenantEventsModule } from '#libs/tenant-events';
import { TenantLimitsModule } from '#libs/tenant-limits';
import {
  ApiKey,
  OneTimeLink,
  People,
  SetupLink,
  SetupLinks,
  Tenant,
  Tenants,
  TenantUser,
  UserSession,
  UserSessions,
} from '#libs/tenants';
import { TierReservationModule } from '#libs/tier-reservation';
import { WabasModule } from '#libs/wabas';
import { FoundTenant } from './found-tenant.js';
import { LimitsController } from './limits.controller.js';
import { NotesController } from './notes.controller.js';
import { Notes } from './notes.js';
import { SetupLinksController } from './setup-links.controller.js';
import { SuspendTenant } from './suspend-tenant.js';
import { TellTenant } from './tell-tenant.js';
import { TenantOverview } from './tenant-overview.js';
import { TenantsController } from './tenants.controller.js';

/** Takes the writers of tenants without the module around them, which would bring the merchants' guards and their key. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Tenant, TenantUser, ApiKey, SetupLink, OneTimeLink, UserSession]),
    TenantEventsModule,
    WabasModule,
    TierReservationModule,
    TenantLimitsModule,
  ],
  controllers: [TenantsController, NotesController, LimitsController, SetupLinksController],
  providers: [Tenants, People, UserSessions, SetupLinks, SuspendTenant, FoundTenant, Notes, TellTenant, TenantOverview],
  exports: [Tenants, TellTenant],
})
export class TenantsModule {}
