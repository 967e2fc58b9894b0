import { Module } from '@nestjs/common';
import { TenantEventsModule } from '#libs/tenant-events';
import { QueueBoard } from './queue-board.js';
import { QueuesController } from './queues.controller.js';
import { ReplayPosts } from './replay-posts.js';

@Module({ imports: [TenantEventsModule], controllers: [QueuesController], providers: [ReplayPosts, QueueBoard] })
export class QueuesModule {}
