import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ServiceCallsModule } from '#libs/service-calls';
import { SessionsModule } from '#libs/sessions';
import { VaultModule } from '#libs/vault';
import { ApiKey } from './api-key.entity.js';
import { ApiKeyAuthenticator } from './api-key-authenticator.js';
import { KeyNews } from './key-news.js';
import { OneTimeLink } from './one-time-link.entity.js';
import { People } from './people.js';
import { SecondFactors } from './second-factors.js';
import { ServiceCallers } from './service-callers.js';
import { SetupLink } from './setup-link.entity.js';
import { SetupLinks } from './setup-links.js';
import { SupportAccesses } from './support-accesses.js';
import { Tenant } from './tenant.entity.js';
import { ApiKeyGuard, TenantGuard, TenantUserGuard } from './tenant.guard.js';
import { TenantUser } from './tenant-user.entity.js';
import { Tenants } from './tenants.js';
import { UserSession } from './user-session.entity.js';
import { UserSessions } from './user-sessions.js';

const SERVICES = [
  Tenants,
  People,
  SecondFactors,
  UserSessions,
  SetupLinks,
  SupportAccesses,
  KeyNews,
  ApiKeyAuthenticator,
  ApiKeyGuard,
  TenantUserGuard,
  TenantGuard,
  ServiceCallers,
];

@Global()
@Module({
  imports: [
    TypeOrmModule.forFeature([Tenant, TenantUser, ApiKey, UserSession, OneTimeLink, SetupLink]),
    SessionsModule.forAudience('tenant'),
    VaultModule,
    ServiceCallsModule,
  ],
  providers: SERVICES,
  exports: SERVICES,
})
export class TenantsModule {}
