import { Injectable } from '@nestjs/common';
import type { MessageTransport } from '#libs/message-transport';
import { CloudTransport, GraphClient } from '#libs/meta-cloud';
import type { Channel } from './channels.js';

/** The way by which the messages of a number go. */
@Injectable()
export class Transports {
  constructor(private readonly graph: GraphClient) {}

  of(channel: Channel): MessageTransport {
    return new CloudTransport(this.graph, {
      metaPhoneNumberId: channel.number.metaPhoneNumberId,
      token: channel.token,
    });
  }
}
