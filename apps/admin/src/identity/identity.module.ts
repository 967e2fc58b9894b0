import { Module } from '@nestjs/common';
import { SignInThrottle } from '#libs/auth';
import { SupportAccesses } from '#libs/tenants';
import { AccountController } from './account.controller.js';
import { IdentityProvider } from './identity-provider.js';
import { OidcController } from './oidc.controller.js';
import { SecondFactorController } from './second-factor.controller.js';
import { SecondFactors } from './second-factors.js';
import { SessionsController } from './sessions.controller.js';
import { SignIn } from './sign-in.js';
import { StaffController } from './staff.controller.js';
import { StaffLinks } from './staff-links.js';
import { StaffSessions } from './staff-sessions.js';
import { StaffUsers } from './staff-users.js';

@Module({
  controllers: [SessionsController, OidcController, AccountController, SecondFactorController, StaffController],
  providers: [
    SignIn,
    SignInThrottle,
    IdentityProvider,
    SecondFactors,
    StaffLinks,
    StaffSessions,
    StaffUsers,
    SupportAccesses,
  ],
  exports: [StaffUsers],
})
export class IdentityModule {}
