import { Module } from '@nestjs/common';
import { SupportAccesses } from '#libs/tenants';
import { TenantsModule } from '../tenants/tenants.module.js';
import { GrantAccess } from './grant-access.js';
import { SupportController } from './support.controller.js';

@Module({ imports: [TenantsModule], controllers: [SupportController], providers: [SupportAccesses, GrantAccess] })
export class SupportModule {}
