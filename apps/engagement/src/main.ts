import { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { EngagementModule } from './engagement.module.js';

await run({
  name: 'engagement',
  module: EngagementModule,
  describe: "A merchant's customers and what was written between them.",
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
