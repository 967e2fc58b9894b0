import { Module } from '@nestjs/common';
import { InboundModule } from '#libs/inbound';
import { LedgerModule } from '#libs/ledger';
import { MetaCloudModule } from '#libs/meta-cloud';
import { ProcessModule } from '#libs/process';
import { StaffModule } from '#libs/staff';
import { TemplatesModule } from '#libs/templates';
import { TenantEventsModule } from '#libs/tenant-events';
import { TenantsModule } from '#libs/tenants';
import { UsageModule } from '#libs/usage';
import { WabasModule } from '#libs/wabas';
import { WalletModule } from '#libs/wallet';
import { Adjustments } from './adjustments/adjustments.js';
import { BookAdjustment } from './adjustments/book-adjustment.js';
import { MakeAdjustments } from './adjustments/make-adjustments.js';
import { StaffAdjustmentsController } from './adjustments/staff-adjustments.controller.js';
import { ChargesController } from './charges/charges.controller.js';
import { EstimatesController } from './estimates/estimates.controller.js';
import { CreditInvoice } from './invoices/credit-invoice.js';
import { GatherMonth } from './invoices/gather-month.js';
import { InvoiceDrafts } from './invoices/invoice-drafts.js';
import { InvoicesController } from './invoices/invoices.controller.js';
import { Invoices } from './invoices/invoices.js';
import { IssueInvoices } from './invoices/issue-invoices.js';
import { IssuedInvoicesController } from './invoices/issued-invoices.controller.js';
import { LegalEntities } from './invoices/legal-entities.js';
import { StaffInvoicesController } from './invoices/staff-invoices.controller.js';
import { CorrectCharge } from './ledger/correct-charge.js';
import { LedgerController } from './ledger/ledger.controller.js';
import { ReRateCharges } from './ledger/re-rate-charges.js';
import { StaffLedgerController } from './ledger/staff-ledger.controller.js';
import { StaffReRatingController } from './ledger/staff-re-rating.controller.js';
import { BillingProfiles } from './plans/billing-profiles.js';
import { PlansController } from './plans/plans.controller.js';
import { Plans } from './plans/plans.js';
import { StaffPlansController } from './plans/staff-plans.controller.js';
import { CurrentRateBook } from './rate-card/current-rate-book.js';
import { RateCardsController } from './rate-card/rate-cards.controller.js';
import { RateCards } from './rate-card/rate-cards.js';
import { RateProposals } from './rate-card/rate-proposals.js';
import { StaffRateCardsController } from './rate-card/staff-rate-cards.controller.js';
import { MetaUsage } from './reconciliation/meta-usage.js';
import { PullAnalytics } from './reconciliation/pull-analytics.js';
import { Reconcile } from './reconciliation/reconcile.js';
import { StaffReconciliationController } from './reconciliation/staff-reconciliation.controller.js';
import { StaffAudit } from './staff/staff-audit.js';
import { UsageController } from './usage/usage.controller.js';
import { EstimateHolds } from './wallet/estimate-holds.js';
import { StaffWalletsController } from './wallet/staff-wallets.controller.js';
import { WalletFeature } from './wallet/wallet.module.js';
import { CorrectZone } from './zones/correct-zone.js';
import { StaffZonesController } from './zones/staff-zones.controller.js';

/** What tenants read of billing over HTTP; the work is done by the worker. */
@Module({
  imports: [
    ProcessModule.forRoot({ queues: [] }),
    TenantsModule,
    UsageModule,
    LedgerModule,
    MetaCloudModule,
    InboundModule,
    WabasModule,
    TemplatesModule,
    WalletModule,
    TenantEventsModule,
    StaffModule,
    WalletFeature,
  ],
  controllers: [
    RateCardsController,
    StaffRateCardsController,
    ChargesController,
    InvoicesController,
    IssuedInvoicesController,
    StaffInvoicesController,
    LedgerController,
    StaffLedgerController,
    StaffReRatingController,
    UsageController,
    EstimatesController,
    StaffReconciliationController,
    PlansController,
    StaffPlansController,
    StaffWalletsController,
    StaffAdjustmentsController,
    StaffZonesController,
  ],
  providers: [
    StaffAudit,
    Adjustments,
    BookAdjustment,
    MakeAdjustments,
    CorrectCharge,
    ReRateCharges,
    MetaUsage,
    PullAnalytics,
    Reconcile,
    Invoices,
    InvoiceDrafts,
    GatherMonth,
    LegalEntities,
    IssueInvoices,
    CreditInvoice,
    RateCards,
    CurrentRateBook,
    RateProposals,
    Plans,
    BillingProfiles,
    EstimateHolds,
    CorrectZone,
  ],
})
export class BillingModule {}
