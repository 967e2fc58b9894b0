import { Global, Module } from '@nestjs/common';
import { Outbox } from './outbox.js';
import { OutboxDoubts } from './outbox-doubts.js';
import { OutboxHeld } from './outbox-held.js';
import { OutboxLanes } from './outbox-lanes.js';

@Global()
@Module({
  providers: [Outbox, OutboxLanes, OutboxDoubts, OutboxHeld],
  exports: [Outbox, OutboxLanes, OutboxDoubts, OutboxHeld],
})
export class OutboxModule {}
