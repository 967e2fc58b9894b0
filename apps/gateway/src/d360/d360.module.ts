import { Module } from '@nestjs/common';
import { ProviderSettingsModule } from '#libs/provider-settings';
import { TenantEventsModule } from '#libs/tenant-events';
import { MessagesModule } from '../messages/messages.module.js';
import { NumbersModule } from '../numbers/numbers.module.js';
import { TemplateManagementModule } from '../templates/templates.module.js';
import { TenantWebhooksModule } from '../tenant-webhooks/tenant-webhooks.module.js';
import { BusinessProfile } from './business-profile.js';
import { ChooseNumber } from './choose-number.js';
import { CopyWebhooks } from './copy-webhooks.js';
import { D360Controller, D360HealthController } from './d360.controller.js';
import { NumberGuard } from './d360-api.js';
import { ListTemplates } from './list-templates.js';
import { NumberWebhook } from './number-webhook.js';
import { OldD360Controller } from './old-d360.controller.js';
import { OldSettingsController } from './old-settings.controller.js';
import { RawFiles } from './raw-files.js';
import { SendThrough } from './send-through.js';
import { WebhookAddress } from './webhook-address.js';

/** What clients of 360dialog call, new and old. */
@Module({
  imports: [
    MessagesModule,
    NumbersModule,
    ProviderSettingsModule,
    TemplateManagementModule,
    TenantEventsModule,
    TenantWebhooksModule,
  ],
  controllers: [D360Controller, D360HealthController, OldD360Controller, OldSettingsController],
  providers: [
    ChooseNumber,
    NumberGuard,
    SendThrough,
    WebhookAddress,
    NumberWebhook,
    CopyWebhooks,
    ListTemplates,
    BusinessProfile,
    RawFiles,
  ],
})
export class D360Module {}
