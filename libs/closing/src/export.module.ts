import { Module } from '@nestjs/common';
import { MediaStoreModule } from '#libs/media-store';
import { ExportLinks } from './export-links.js';
import { ExportTenant } from './export-tenant.js';

/** What a tenant takes along. */
@Module({ imports: [MediaStoreModule], providers: [ExportLinks, ExportTenant], exports: [ExportLinks, ExportTenant] })
export class TenantExportModule {}
