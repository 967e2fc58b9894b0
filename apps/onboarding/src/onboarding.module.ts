import { Module } from '@nestjs/common';
import { ApplicationsModule } from '#libs/applications';
import { SignInThrottle } from '#libs/auth';
import { IdempotencyModule } from '#libs/idempotency';
import { MetaCloudModule } from '#libs/meta-cloud';
import { ProcessModule } from '#libs/process';
import { ProviderSettingsModule } from '#libs/provider-settings';
import { ShopSourcesModule } from '#libs/shop-sources';
import { TenantLimitsModule } from '#libs/tenant-limits';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { AccountsController } from './accounts/accounts.controller.js';
import { ApiKeysController } from './accounts/api-keys.controller.js';
import { PasswordsController } from './accounts/passwords.controller.js';
import { SecondFactorController } from './accounts/second-factor.controller.js';
import { SessionsController } from './accounts/sessions.controller.js';
import { UsersController } from './accounts/users.controller.js';
import { ApplicationsController } from './applications/applications.controller.js';
import { Multipart } from './files/multipart.js';
import { MailModule } from './mail/mail.module.js';
import { NumbersController } from './numbers/numbers.controller.js';
import { NumbersModule } from './numbers/numbers.module.js';
import { ProfileController } from './numbers/profile.controller.js';
import { ReviewsController } from './numbers/reviews.controller.js';
import { SignupPageController } from './pages/signup-page.controller.js';
import { SetupLinksController } from './signups/setup-links.controller.js';
import { SignupsController } from './signups/signups.controller.js';
import { SignupsModule } from './signups/signups.module.js';
import { SupportAccessesController } from './support/support-accesses.controller.js';

/** The HTTP process: accounts, keys, signups and the hosted signup page. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['onboarding.signup'] }),
    ProviderSettingsModule,
    MetaCloudModule,
    TenantsModule,
    IdempotencyModule,
    WabasModule,
    MailModule,
    SignupsModule,
    NumbersModule,
    TenantLimitsModule,
    ApplicationsModule,
    ShopSourcesModule,
  ],
  providers: [SignInThrottle, Multipart],
  controllers: [
    AccountsController,
    SessionsController,
    PasswordsController,
    SecondFactorController,
    UsersController,
    ApiKeysController,
    SignupsController,
    SetupLinksController,
    NumbersController,
    ProfileController,
    ApplicationsController,
    ReviewsController,
    SupportAccessesController,
    SignupPageController,
  ],
})
export class OnboardingModule {}
