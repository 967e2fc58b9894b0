import { Global, Module } from '@nestjs/common';
import { Channels } from './channels.js';

@Global()
@Module({ providers: [Channels], exports: [Channels] })
export class ChannelsModule {}
