import { Module } from '@nestjs/common';
import { TierReservationModule } from '#libs/tier-reservation';
import { HeadroomModule } from '../headroom/headroom.module.js';
import { LimitStory } from './limit-story.js';
import { MessagingLimitController } from './messaging-limit.controller.js';
import { PlanAudience } from './plan-audience.js';

/** The messaging limit: progress, history, and plans of audiences. */
@Module({
  imports: [TierReservationModule, HeadroomModule],
  controllers: [MessagingLimitController],
  providers: [LimitStory, PlanAudience],
})
export class MessagingLimitModule {}
