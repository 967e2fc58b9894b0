import { Module } from '@nestjs/common';
import { MoveToCloud } from '../on-premises/move-to-cloud.js';
import { AskMeta } from './ask-meta.js';
import { NodesController } from './nodes.controller.js';
import { NumberCallsController } from './number-calls.controller.js';
import { RegisterNumber } from './register-number.js';

@Module({
  controllers: [NodesController, NumberCallsController],
  providers: [AskMeta, RegisterNumber, MoveToCloud],
  exports: [AskMeta, MoveToCloud],
})
export class NumbersModule {}
