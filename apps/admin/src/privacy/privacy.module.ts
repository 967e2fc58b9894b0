import { Module } from '@nestjs/common';
import { MediaStoreModule } from '#libs/media-store';
import { PrivacyModule as PrivacyRecordsModule } from '#libs/privacy';
import { TenantsModule } from '#libs/tenants';
import { BodiesController } from './bodies.controller.js';
import { CustomerRights } from './customer-rights.js';
import { ForgetBodies } from './forget-bodies.js';
import { ForgetCustomer } from './forget-customer.js';
import { KeepPromises } from './keep-promises.js';
import { PrivacyController } from './privacy.controller.js';

/** What staff ask for. */
@Module({
  imports: [PrivacyRecordsModule, TenantsModule],
  controllers: [PrivacyController, BodiesController],
  providers: [CustomerRights],
})
export class PrivacyModule {}

/** What the worker does about it. */
@Module({
  imports: [PrivacyRecordsModule, MediaStoreModule],
  providers: [ForgetCustomer, ForgetBodies, KeepPromises],
  exports: [ForgetCustomer, ForgetBodies],
})
export class PrivacyWorkerModule {}
