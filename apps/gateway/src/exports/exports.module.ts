import { Module } from '@nestjs/common';
import { TenantExportModule } from '#libs/closing';
import { ExportsController } from './exports.controller.js';

/** What a tenant takes along. */
@Module({ imports: [TenantExportModule], controllers: [ExportsController] })
export class ExportsModule {}
