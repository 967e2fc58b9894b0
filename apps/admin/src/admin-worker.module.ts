import { Module } from '@nestjs/common';
import { ProcessModule } from '#libs/process';
import { FollowNews } from './analytics/follow-news.js';
import { Rollups } from './analytics/rollups.js';

/** Adds up traffic and money. */
@Module({
  imports: [ProcessModule.forRoot({ queues: [], database: 'STAFF_DATABASE_URL' })],
  providers: [Rollups, FollowNews],
})
export class AdminWorkerModule {}
