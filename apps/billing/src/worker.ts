import { run } from '#libs/http';
import { BillingWorkerModule } from './billing-worker.module.js';

await run({ name: 'billing-worker', module: BillingWorkerModule });
