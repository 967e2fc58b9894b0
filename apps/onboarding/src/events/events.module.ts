import { Module } from '@nestjs/common';
import { TenantEventsModule } from '#libs/tenant-events';
import { TellTenant } from './tell-tenant.js';

@Module({ imports: [TenantEventsModule], providers: [TellTenant], exports: [TellTenant] })
export class EventsModule {}
