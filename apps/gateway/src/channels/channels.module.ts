import { Global, Module } from '@nestjs/common';
import { ClientAddresses } from '../on-premises/client-addresses.js';
import { KeptClients } from '../on-premises/kept-clients.js';
import { OnPremisesClients } from '../on-premises/on-premises-clients.js';
import { Channels } from './channels.js';
import { Transports } from './transports.js';

@Global()
@Module({
  providers: [
    Channels,
    Transports,
    OnPremisesClients,
    KeptClients,
    { provide: ClientAddresses, useFactory: () => ClientAddresses.ofSettings() },
  ],
  exports: [Channels, Transports, OnPremisesClients, KeptClients, ClientAddresses],
})
export class ChannelsModule {}
