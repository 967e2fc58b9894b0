import { Module } from '@nestjs/common';
import { ClosingModule as ClosingRecordsModule, ExportLinks } from '#libs/closing';
import { MediaStoreModule } from '#libs/media-store';
import { AuditLog } from '#libs/staff';
import { WalletModule } from '#libs/wallet';
import { TenantsModule } from '../tenants/tenants.module.js';
import { CloseTenant } from './close-tenant.js';
import { ClosingController } from './closing.controller.js';
import { EraseTenant } from './erase-tenant.js';
import { KeepClosings } from './keep-closings.js';

/** What staff ask for. */
@Module({
  imports: [ClosingRecordsModule, TenantsModule],
  controllers: [ClosingController],
  providers: [CloseTenant, ExportLinks],
})
export class ClosingModule {}

/** What the worker does about it. */
@Module({
  imports: [ClosingRecordsModule, MediaStoreModule, WalletModule],
  providers: [EraseTenant, KeepClosings, AuditLog],
  exports: [EraseTenant],
})
export class ClosingWorkerModule {}
