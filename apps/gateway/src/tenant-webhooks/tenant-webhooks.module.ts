import { type DynamicModule, Module } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { AddressGuard } from '#libs/outgoing-calls';
import { ProviderSettingsModule } from '#libs/provider-settings';
import { TenantEventsModule } from '#libs/tenant-events';
import { TenantsModule } from '#libs/tenants';
import { WabasModule } from '#libs/wabas';
import { Delivery } from './delivery.js';
import { DeliveryProcessor } from './delivery.processor.js';
import { DELIVERY_POLICY, type DeliveryPolicy, PALOMAS_DELIVERY } from './delivery-policy.js';
import { ManageWebhooks } from './manage-webhooks.js';
import { SubscribeApps } from './subscribe-apps.js';
import { SubscribedAppsController } from './subscribed-apps.controller.js';
import { WebhookPoster } from './webhook-poster.js';
import { WebhooksController } from './webhooks.controller.js';

const posting = [
  {
    provide: AddressGuard,
    useFactory: () => new AddressGuard(loadConfig(['WEBHOOK_ALLOWED_NETWORKS']).WEBHOOK_ALLOWED_NETWORKS),
  },
  { provide: DELIVERY_POLICY, useValue: PALOMAS_DELIVERY },
  WebhookPoster,
];

const policyWith = (changed: Partial<DeliveryPolicy>) => ({
  provide: DELIVERY_POLICY,
  useValue: { ...PALOMAS_DELIVERY, ...changed },
});

/** Where tenants say where they want to be told. */
@Module({
  imports: [ProviderSettingsModule, TenantEventsModule, TenantsModule, WabasModule],
  controllers: [WebhooksController, SubscribedAppsController],
  providers: [...posting, ManageWebhooks, SubscribeApps],
  exports: [AddressGuard],
})
export class TenantWebhooksModule {
  /** The same with other patience for tenants' servers. */
  static with(changed: Partial<DeliveryPolicy>): DynamicModule {
    return { module: TenantWebhooksModule, providers: [policyWith(changed)] };
  }
}

/** Tells them. Drains `gateway.deliver`. */
@Module({
  imports: [TenantEventsModule],
  providers: [...posting, Delivery, DeliveryProcessor],
})
export class TenantWebhooksWorkerModule {
  /** The same with other gaps. */
  static with(changed: Partial<DeliveryPolicy>): DynamicModule {
    return { module: TenantWebhooksWorkerModule, providers: [policyWith(changed)] };
  }
}
