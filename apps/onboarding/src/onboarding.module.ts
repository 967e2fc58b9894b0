import { Module } from '@nestjs/common';
import { IdempotencyModule } from '#libs/idempotency';
import { MetaCloudModule } from '#libs/meta-cloud';
import { ProcessModule } from '#libs/process';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { AccountsController } from './accounts/accounts.controller.js';
import { ApiKeysController } from './accounts/api-keys.controller.js';
import { PasswordsController } from './accounts/passwords.controller.js';
import { SecondFactorController } from './accounts/second-factor.controller.js';
import { SessionsController } from './accounts/sessions.controller.js';
import { SignInThrottle } from './accounts/sign-in-throttle.js';
import { UsersController } from './accounts/users.controller.js';
import { MailModule } from './mail/mail.module.js';
import { SignupPageController } from './pages/signup-page.controller.js';
import { SetupLinksController } from './signups/setup-links.controller.js';
import { SignupsController } from './signups/signups.controller.js';
import { SignupsModule } from './signups/signups.module.js';

/** The HTTP process: accounts, keys, signups and the hosted signup page. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['onboarding.signup'] }),
    MetaCloudModule,
    TenantsModule,
    IdempotencyModule,
    WabasModule,
    MailModule,
    SignupsModule,
  ],
  providers: [SignInThrottle],
  controllers: [
    AccountsController,
    SessionsController,
    PasswordsController,
    SecondFactorController,
    UsersController,
    ApiKeysController,
    SignupsController,
    SetupLinksController,
    SignupPageController,
  ],
})
export class OnboardingModule {}
