import { Module } from '@nestjs/common';
import { TenantEventsModule } from '#libs/tenant-events';
import { QueuesController } from './queues.controller.js';
import { ReplayPosts } from './replay-posts.js';

@Module({ imports: [TenantEventsModule], controllers: [QueuesController], providers: [ReplayPosts] })
export class QueuesModule {}
