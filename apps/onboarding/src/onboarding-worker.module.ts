import { Module } from '@nestjs/common';
import { MetaCloudModule } from '#libs/meta-cloud';
import { ProcessModule } from '#libs/process';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { SignupProcessor } from './signups/signup.processor.js';
import { SignupsModule } from './signups/signups.module.js';

/** The worker: takes each signup through its steps. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['onboarding.signup'] }),
    MetaCloudModule,
    TenantsModule,
    WabasModule,
    SignupsModule,
  ],
  providers: [SignupProcessor],
})
export class OnboardingWorkerModule {}
