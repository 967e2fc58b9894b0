import { Global, Module } from '@nestjs/common';
import { CustomerMarks } from './customer-marks.js';
import { Erasures } from './erasures.js';
import { Retentions } from './retentions.js';

const SERVICES = [CustomerMarks, Erasures, Retentions];

/** Needs what ProcessModule provides (database, clock, vault). */
@Global()
@Module({ providers: SERVICES, exports: SERVICES })
export class PrivacyModule {}
