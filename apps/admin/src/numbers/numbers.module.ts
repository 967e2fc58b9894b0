import { Module } from '@nestjs/common';
import { TemplatesModule } from '#libs/templates';
import { WabasModule } from '#libs/wabas';
import { AskMetaAgain } from './ask-meta-again.js';
import { HoldLimit } from './hold-limit.js';
import { HoldTemplate } from './hold-template.js';
import { NumbersController } from './numbers.controller.js';
import { TemplatesController } from './templates.controller.js';

@Module({
  imports: [WabasModule, TemplatesModule],
  controllers: [NumbersController, TemplatesController],
  providers: [AskMetaAgain, HoldLimit, HoldTemplate],
})
export class NumbersModule {}
