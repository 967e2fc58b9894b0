import { Global, Module } from '@nestjs/common';
import { Outbox } from './outbox.js';
import { OutboxLanes } from './outbox-lanes.js';

@Global()
@Module({ providers: [Outbox, OutboxLanes], exports: [Outbox, OutboxLanes] })
export class OutboxModule {}
