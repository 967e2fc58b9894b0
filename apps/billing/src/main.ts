import { run } from '#libs/http';
import { processSettings } from '#libs/process';
import { BillingModule } from './billing.module.js';

await run({
  name: 'billing',
  module: BillingModule,
  describe: 'Rate cards, charges, invoices and ledger: what each delivered message costs, down to the rate row.',
  settings: [
    ...processSettings(),
    'TENANT_JWT_SECRET',
    'STAFF_JWT_SECRET',
    'STAFF_TOTP',
    'STRIPE_SECRET_KEY',
    'STRIPE_WEBHOOK_SECRETS',
    'STRIPE_URL',
    'META_GRAPH_URL',
    'META_GRAPH_VERSION',
    'META_SYSTEM_USER_TOKEN',
  ],
});
