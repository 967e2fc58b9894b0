import { Global, Module } from '@nestjs/common';
import { Outbox } from './outbox.js';
import { OutboxDoubts } from './outbox-doubts.js';
import { OutboxLanes } from './outbox-lanes.js';

@Global()
@Module({ providers: [Outbox, OutboxLanes, OutboxDoubts], exports: [Outbox, OutboxLanes, OutboxDoubts] })
export class OutboxModule {}
