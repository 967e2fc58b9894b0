import { type DynamicModule, Module } from '@nestjs/common';
import { ConsentModule } from '#libs/consent';
import { InboundModule } from '#libs/inbound';
import { MediaStoreModule } from '#libs/media-store';
import { OutboxModule } from '#libs/outbox';
import { ProviderSettingsModule } from '#libs/provider-settings';
import { TemplatesModule } from '#libs/templates';
import { TenantEventsModule } from '#libs/tenant-events';
import { TierReservationModule } from '#libs/tier-reservation';
import { UsageModule } from '#libs/usage';
import { WabasModule } from '#libs/wabas';
import { InboundTraffic } from '../channels/inbound-traffic.js';
import { ClientStatuses } from '../on-premises/client-statuses.js';
import { ApplyAccount } from './apply-account.js';
import { ApplyConsent } from './apply-consent.js';
import { ApplyEvents } from './apply-events.js';
import { ApplyMessages } from './apply-messages.js';
import { ApplyPrices } from './apply-prices.js';
import { ApplyStanding } from './apply-standing.js';
import { ApplyStatuses } from './apply-statuses.js';
import { HastenWaiting } from './hasten-waiting.js';
import { Intake } from './intake.js';
import { IntakeProcessor } from './intake.processor.js';
import { INTAKE_POLICY, type IntakePolicy, PALOMAS_INTAKE } from './intake-policy.js';
import { MetaEvents } from './meta-events.js';
import { MetaWebhookRoute } from './meta-webhook.route.js';
import { PartitionUpkeep } from './partition-upkeep.js';
import { ReceiveWebhook } from './receive-webhook.js';
import { RouteDirectory } from './route-directory.js';
import { SettledPlaces } from './settled-places.js';
import { UnclaimedEvents } from './unclaimed-events.js';

/** Where Meta calls us. Wakes `gateway.intake`. */
@Module({
  imports: [ProviderSettingsModule, WabasModule],
  providers: [MetaEvents, RouteDirectory, InboundTraffic, ReceiveWebhook, MetaWebhookRoute],
  exports: [ReceiveWebhook, RouteDirectory],
})
export class MetaInboundModule {}

/** Applies what Meta told. Drains `gateway.intake`; wakes `gateway.deliver`, `gateway.media`, `billing.rate` and `engagement.inbound`. */
@Module({
  imports: [
    ConsentModule,
    InboundModule,
    MediaStoreModule,
    OutboxModule,
    ProviderSettingsModule,
    TemplatesModule,
    TenantEventsModule,
    TierReservationModule,
    UsageModule,
    WabasModule,
  ],
  providers: [
    MetaEvents,
    RouteDirectory,
    ApplyEvents,
    ApplyMessages,
    ApplyStatuses,
    ClientStatuses,
    ApplyAccount,
    ApplyConsent,
    ApplyStanding,
    HastenWaiting,
    ApplyPrices,
    SettledPlaces,
    Intake,
    IntakeProcessor,
    UnclaimedEvents,
    PartitionUpkeep,
    { provide: INTAKE_POLICY, useValue: PALOMAS_INTAKE },
  ],
})
export class MetaInboundWorkerModule {
  /** The same with another patience. */
  static with(changed: Partial<IntakePolicy>): DynamicModule {
    return {
      module: MetaInboundWorkerModule,
      providers: [{ provide: INTAKE_POLICY, useValue: { ...PALOMAS_INTAKE, ...changed } }],
    };
  }
}
