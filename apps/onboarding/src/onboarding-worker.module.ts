import { Module } from '@nestjs/common';
import { ApplicationsModule } from '#libs/applications';
import { MetaCloudModule } from '#libs/meta-cloud';
import { ProcessModule } from '#libs/process';
import { ProviderSettingsModule } from '#libs/provider-settings';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { FollowApplications } from './applications/follow-applications.js';
import { LeavingModule } from './closing/closing.module.js';
import { EventsModule } from './events/events.module.js';
import { LettersSweeper } from './mail/letters.sweeper.js';
import { MailModule } from './mail/mail.module.js';
import { PostOffice } from './mail/post-office.js';
import { AccountPoll } from './numbers/account-poll.js';
import { NumbersModule } from './numbers/numbers.module.js';
import { AccountNewsSweeper } from './signups/account-news.sweeper.js';
import { SignupProcessor } from './signups/signup.processor.js';
import { SignupsModule } from './signups/signups.module.js';

/** The worker: takes each signup through its steps, and takes tenants that are closed off at Meta. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['onboarding.signup'] }),
    ProviderSettingsModule,
    MetaCloudModule,
    TenantsModule,
    WabasModule,
    MailModule,
    SignupsModule,
    NumbersModule,
    LeavingModule,
    ApplicationsModule,
    EventsModule,
  ],
  providers: [PostOffice, LettersSweeper, AccountNewsSweeper, AccountPoll, FollowApplications, SignupProcessor],
})
export class OnboardingWorkerModule {}
