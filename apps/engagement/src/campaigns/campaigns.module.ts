import { Module } from '@nestjs/common';
import { ProviderSettingsModule } from '#libs/provider-settings';
import { ServiceCallsModule } from '#libs/service-calls';
import { TemplatesModule } from '#libs/templates';
import { TenantEventsModule } from '#libs/tenant-events';
import { SegmentsModule } from '../segments/segments.module.js';
import { Audiences } from './audiences.js';
import { CampaignCounts } from './campaign-counts.js';
import { Campaigns } from './campaigns.js';
import { ClickCodes } from './click-codes.js';
import { Recipients } from './recipients.js';
import { Stand } from './stand.js';

const RECORDS = [Campaigns, Recipients, CampaignCounts, Stand, Audiences, ClickCodes];

/** What the API and the worker of campaigns share. */
@Module({
  imports: [ProviderSettingsModule, TenantEventsModule, TemplatesModule, ServiceCallsModule, SegmentsModule],
  providers: RECORDS,
  exports: [...RECORDS, ServiceCallsModule],
})
export class CampaignsModule {}
