import { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { EngagementWorkerModule } from './engagement-worker.module.js';

await run({
  name: 'engagement-worker',
  module: EngagementWorkerModule,
  settings: [
    ...processSettings(),
    'TENANT_JWT_SECRET',
    'GATEWAY_URL',
    'BILLING_URL',
    'ENGAGEMENT_PUBLIC_URL',
    'META_GRAPH_URL',
    'META_GRAPH_VERSION',
    'META_SYSTEM_USER_TOKEN',
  ],
});
