import { run } from '#libs/http';
import { BillingModule } from './billing.module.js';

await run({
  name: 'billing',
  module: BillingModule,
  describe: 'Rate cards, charges, invoices and ledger: what each delivered message costs, down to the rate row.',
});
