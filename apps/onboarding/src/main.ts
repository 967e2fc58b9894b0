import { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { OnboardingModule } from './onboarding.module.js';

await run({
  name: 'onboarding',
  module: OnboardingModule,
  describe: 'Accounts and API keys of merchants, and the signup that connects their WhatsApp number.',
  settings: [
    ...processSettings(),
    'TENANT_JWT_SECRET',
    'META_GRAPH_URL',
    'META_GRAPH_VERSION',
    'META_APP_ID',
    'META_APP_SECRETS',
    'META_VERIFY_TOKEN',
    'GATEWAY_PUBLIC_URL',
    'PUBLIC_URL',
    'META_SYSTEM_USER_TOKEN',
    'META_SYSTEM_USER_ID',
    'META_BUSINESS_ID',
    'META_CREDIT_LINE_ID',
    'PROVIDER_NAME',
    'PROVIDER_LOGO_URL',
    'PROVIDER_COLOR',
    'SUPPORT_EMAIL',
    'META_SIGNUP_CONFIG_ID',
    'META_SDK_URL',
  ],
});
