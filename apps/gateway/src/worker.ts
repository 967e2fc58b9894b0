import { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { GatewayWorkerModule } from './gateway-worker.module.js';

await run({
  name: 'gateway-worker',
  module: GatewayWorkerModule,
  settings: [
    ...processSettings(),
    'TENANT_JWT_SECRET',
    'META_GRAPH_URL',
    'META_GRAPH_VERSION',
    'META_SYSTEM_USER_TOKEN',
    'META_HIGH_THROUGHPUT',
    'META_APP_ID',
    'WEBHOOK_ALLOWED_NETWORKS',
    'ON_PREMISES_ALLOWED_NETWORKS',
    'RETENTION_DAYS',
  ],
});
