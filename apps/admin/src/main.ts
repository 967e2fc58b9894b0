import { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { AdminModule } from './admin.module.js';

await run({
  name: 'admin',
  module: AdminModule,
  describe: "What the provider's staff see of every tenant and may change; each change leaves a trace.",
  settings: [
    ...processSettings('STAFF_DATABASE_URL'),
    'STAFF_JWT_SECRET',
    'STAFF_TOTP',
    'STAFF_OIDC_ISSUER',
    'STAFF_OIDC_CLIENT_ID',
    'STAFF_OIDC_CLIENT_SECRET',
    'STAFF_OIDC_REDIRECT_URL',
    'PROVIDER_NAME',
    'PROVIDER_LOGO_URL',
    'PROVIDER_COLOR',
    'SUPPORT_EMAIL',
    'ONBOARDING_PUBLIC_URL',
    'META_SEED_TIERS',
  ],
});
