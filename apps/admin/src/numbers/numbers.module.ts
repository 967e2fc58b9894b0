import { Module } from '@nestjs/common';
import { TemplateSyncs } from '#libs/templates';
import { WabasModule } from '#libs/wabas';
import { AskMetaAgain } from './ask-meta-again.js';
import { HoldLimit } from './hold-limit.js';
import { NumbersController } from './numbers.controller.js';

@Module({
  imports: [WabasModule],
  controllers: [NumbersController],
  providers: [AskMetaAgain, HoldLimit, TemplateSyncs],
})
export class NumbersModule {}
