import { Module } from '@nestjs/common';
import { ContactsModule } from '#libs/contacts';
import { TierReservationModule } from '#libs/tier-reservation';
import { WalletModule } from '#libs/wallet';
import { SegmentsModule } from '../segments/segments.module.js';
import { CampaignsController } from './campaigns.controller.js';
import { CampaignsModule } from './campaigns.module.js';
import { DraftCampaign } from './draft-campaign.js';
import { FollowLink } from './follow-link.js';
import { LinksController } from './links.controller.js';
import { PreviewCampaign } from './preview-campaign.js';
import { RecipientsController } from './recipients.controller.js';
import { ReportCampaign } from './report-campaign.js';
import { SteerCampaign } from './steer-campaign.js';

/** Drafting, previewing, steering and reporting, for the HTTP process. */
@Module({
  imports: [CampaignsModule, ContactsModule, SegmentsModule, TierReservationModule, WalletModule],
  controllers: [CampaignsController, RecipientsController, LinksController],
  providers: [DraftCampaign, SteerCampaign, PreviewCampaign, ReportCampaign, FollowLink],
})
export class CampaignApiModule {}
