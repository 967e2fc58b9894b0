import { Module } from '@nestjs/common';
import { AskMeta } from './ask-meta.js';
import { NodesController } from './nodes.controller.js';
import { NumberCallsController } from './number-calls.controller.js';
import { RegisterNumber } from './register-number.js';

@Module({
  controllers: [NodesController, NumberCallsController],
  providers: [AskMeta, RegisterNumber],
  exports: [AskMeta],
})
export class NumbersModule {}
