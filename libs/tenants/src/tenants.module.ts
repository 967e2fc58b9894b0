import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionsModule } from '#libs/sessions';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyAuthenticator } from './api-key-authenticator.js';
import { Tenant } from './tenant.entity.js';
import { ApiKeyGuard, TenantGuard, TenantUserGuard } from './tenant.guard.js';
import { TenantUser } from './tenant-user.entity.js';
import { Tenants } from './tenants.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Tenant, TenantUser, ApiKey]), SessionsModule.forAudience('tenant')],
  providers: [Tenants, ApiKeyAuthenticator, ApiKeyGuard, TenantUserGuard, TenantGuard],
  exports: [Tenants, ApiKeyAuthenticator, ApiKeyGuard, TenantUserGuard, TenantGuard],
})
export class TenantsModule {}
