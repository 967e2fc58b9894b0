import { Module } from '@nestjs/common';
import { LedgerModule } from '#libs/ledger';
import { ProcessModule } from '#libs/process';
import { TenantEventsModule } from '#libs/tenant-events';
import { UsageModule } from '#libs/usage';
import { WabasModule } from '#libs/wabas';
import { WalletModule } from '#libs/wallet';
import { RateUsage } from './metering/rate-usage.js';
import { RateUsageProcessor } from './metering/rate-usage.processor.js';
import { Plans } from './plans/plans.js';
import { CurrentRateBook } from './rate-card/current-rate-book.js';
import { RateCards } from './rate-card/rate-cards.js';
import { KeepWallets } from './wallet/keep-wallets.js';
import { WalletAlerts } from './wallet/wallet-alerts.js';

/** Imports the rate cards when it starts, then rates what was delivered. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: ['billing.rate'] }),
    WabasModule,
    UsageModule,
    LedgerModule,
    WalletModule,
    TenantEventsModule,
  ],
  providers: [RateCards, CurrentRateBook, Plans, WalletAlerts, KeepWallets, RateUsage, RateUsageProcessor],
})
export class BillingWorkerModule {}
