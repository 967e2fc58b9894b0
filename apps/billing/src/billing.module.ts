import { Module } from '@nestjs/common';
import { LedgerModule } from '#libs/ledger';
import { ProcessModule } from '#libs/process';
import { TenantsModule } from '#libs/tenants';
import { UsageModule } from '#libs/usage';
import { ChargesController } from './charges/charges.controller.js';
import { InvoicesController } from './invoices/invoices.controller.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { RateCardsController } from './rate-card/rate-cards.controller.js';
import { RateCards } from './rate-card/rate-cards.js';

/** What tenants read of billing over HTTP; the work is done by the worker. */
@Module({
  imports: [ProcessModule.forRoot({ queues: [] }), TenantsModule, UsageModule, LedgerModule],
  controllers: [RateCardsController, ChargesController, InvoicesController, LedgerController],
  providers: [RateCards],
})
export class BillingModule {}
