import { Injectable } from '@nestjs/common';
import type { MessageTransport } from '#libs/message-transport';
import { CloudTransport, GraphClient } from '#libs/meta-cloud';
import { KeptClients } from '../on-premises/kept-clients.js';
import { type Channel, clientOf } from './channels.js';

/** The way by which the messages of a number go. */
@Injectable()
export class Transports {
  constructor(
    private readonly graph: GraphClient,
    private readonly clients: KeptClients,
  ) {}

  /** @throws TransportUnreachable with `sent` false when the number's On-Premises client may not be called */
  of(channel: Channel): MessageTransport {
    const client = clientOf(channel);
    if (client) return this.clients.transportOf(client);
    return new CloudTransport(this.graph, {
      metaPhoneNumberId: channel.number.metaPhoneNumberId,
      token: channel.token,
    });
  }
}
