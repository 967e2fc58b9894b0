import { Global, Module } from '@nestjs/common';
import { Inbound } from './inbound.js';

@Global()
@Module({ providers: [Inbound], exports: [Inbound] })
export class InboundModule {}
