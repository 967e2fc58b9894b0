import { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { BillingWorkerModule } from './billing-worker.module.js';

await run({
  name: 'billing-worker',
  module: BillingWorkerModule,
  settings: [...processSettings(), 'TENANT_JWT_SECRET'],
});
