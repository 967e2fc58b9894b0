import { Module } from '@nestjs/common';
import { TemplateSyncs } from '#libs/templates';
import { WabasModule } from '#libs/wabas';
import { AskMetaAgain } from './ask-meta-again.js';
import { NumbersController } from './numbers.controller.js';

@Module({ imports: [WabasModule], controllers: [NumbersController], providers: [AskMetaAgain, TemplateSyncs] })
export class NumbersModule {}
