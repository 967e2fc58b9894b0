import { Global, Module } from '@nestjs/common';
import { Channels } from './channels.js';
import { Transports } from './transports.js';

@Global()
@Module({ providers: [Channels, Transports], exports: [Channels, Transports] })
export class ChannelsModule {}
