import { Module } from '@nestjs/common';
import { ProcessModule } from '#libs/process';
import { FollowNews } from './analytics/follow-news.js';
import { Rollups } from './analytics/rollups.js';
import { PrivacyWorkerModule } from './privacy/privacy.module.js';

/** Adds up traffic and money, and forgets what is to be forgotten. */
@Module({
  imports: [ProcessModule.forRoot({ queues: [], database: 'STAFF_DATABASE_URL' }), PrivacyWorkerModule],
  providers: [Rollups, FollowNews],
})
export class AdminWorkerModule {}
