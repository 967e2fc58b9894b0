import { Module } from '@nestjs/common';
import { MetaCloudModule } from '#libs/meta-cloud';
import { ProcessModule } from '#libs/process';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { LettersSweeper } from './mail/letters.sweeper.js';
import { MailModule } from './mail/mail.module.js';
import { PostOffice } from './mail/post-office.js';
import { AccountNewsSweeper } from './signups/account-news.sweeper.js';
import { SignupProcessor } from './signups/signup.processor.js';
import { SignupsModule } from './signups/signups.module.js';

/** The worker: takes each signup through its steps. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['onboarding.signup'] }),
    MetaCloudModule,
    TenantsModule,
    WabasModule,
    MailModule,
    SignupsModule,
  ],
  providers: [PostOffice, LettersSweeper, AccountNewsSweeper, SignupProcessor],
})
export class OnboardingWorkerModule {}
