import { Module } from '@nestjs/common';
import { InboundModule } from '#libs/inbound';
import { LedgerModule } from '#libs/ledger';
import { ProcessModule } from '#libs/process';
import { TenantEventsModule } from '#libs/tenant-events';
import { UsageModule } from '#libs/usage';
import { WabasModule } from '#libs/wabas';
import { WalletModule } from '#libs/wallet';
import { GatherMonth } from './invoices/gather-month.js';
import { InvoiceDrafts } from './invoices/invoice-drafts.js';
import { Invoices } from './invoices/invoices.js';
import { IssueInvoices } from './invoices/issue-invoices.js';
import { LegalEntities } from './invoices/legal-entities.js';
import { RunInvoices } from './invoices/run-invoices.js';
import { RateUsage } from './metering/rate-usage.js';
import { RateUsageProcessor } from './metering/rate-usage.processor.js';
import { BillingProfiles } from './plans/billing-profiles.js';
import { Plans } from './plans/plans.js';
import { CurrentRateBook } from './rate-card/current-rate-book.js';
import { RateCards } from './rate-card/rate-cards.js';
import { EstimateHolds } from './wallet/estimate-holds.js';
import { KeepWallets } from './wallet/keep-wallets.js';
import { WalletAlerts } from './wallet/wallet-alerts.js';

/** Imports the rate cards when it starts, then rates what was delivered, keeps wallets, and makes invoices when a month is over. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['billing.rate'] }),
    WabasModule,
    UsageModule,
    LedgerModule,
    InboundModule,
    WalletModule,
    TenantEventsModule,
  ],
  providers: [
    RateCards,
    CurrentRateBook,
    Plans,
    WalletAlerts,
    EstimateHolds,
    KeepWallets,
    RateUsage,
    RateUsageProcessor,
    BillingProfiles,
    LegalEntities,
    Invoices,
    InvoiceDrafts,
    GatherMonth,
    IssueInvoices,
    RunInvoices,
  ],
})
export class BillingWorkerModule {}
