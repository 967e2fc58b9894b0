import { Module } from '@nestjs/common';
import { GatewayClientModule } from '#libs/gateway-client';
import { OutboxModule } from '#libs/outbox';
import { CampaignProcessor } from './campaign.processor.js';
import { CampaignsModule } from './campaigns.module.js';
import { FollowNews } from './follow-news.js';
import { FreezeProcessor } from './freeze.processor.js';
import { FreezeAudience } from './freeze-audience.js';
import { HandOver } from './hand-over.js';
import { HeedReplies } from './heed-replies.js';
import { NewsProcessor } from './news.processor.js';
import { TakeBack } from './take-back.js';

/** Freezing, handing over and following, for the worker. */
@Module({
  imports: [CampaignsModule, OutboxModule, GatewayClientModule.forApp('engagement')],
  providers: [
    FreezeAudience,
    HandOver,
    TakeBack,
    FollowNews,
    HeedReplies,
    FreezeProcessor,
    CampaignProcessor,
    NewsProcessor,
  ],
  exports: [HeedReplies],
})
export class CampaignWorkerModule {}
