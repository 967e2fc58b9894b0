import { Global, Module } from '@nestjs/common';
import { UsageFacts } from './usage-facts.js';

@Global()
@Module({ providers: [UsageFacts], exports: [UsageFacts] })
export class UsageModule {}
