import { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { OnboardingWorkerModule } from './onboarding-worker.module.js';

await run({
  name: 'onboarding-worker',
  module: OnboardingWorkerModule,
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
    'SMTP_URL',
    'MAIL_FROM',
    'MAIL_OUTBOX_FOLDER',
  ],
});
