import { Module } from '@nestjs/common';
import { TenantsModule } from '#libs/tenants';
import { MetaInboundModule } from '../meta-inbound/meta-inbound.module.js';
import { NumbersModule } from '../numbers/numbers.module.js';
import { CallbackRoute } from './callback.route.js';
import { CheckHealth } from './check-health.js';
import { LookAtClient } from './look-at-client.js';
import { OnPremisesClientController } from './on-premises-client.controller.js';
import { ReceiveCallback } from './receive-callback.js';
import { SetClient } from './set-client.js';

/** Where tenants say which number is on which client, and where the clients call us. Wakes `gateway.intake`. */
@Module({
  imports: [TenantsModule, NumbersModule, MetaInboundModule],
  controllers: [OnPremisesClientController],
  providers: [SetClient, LookAtClient, ReceiveCallback, CallbackRoute],
})
export class OnPremisesModule {}

/** Looks at the clients. */
@Module({ providers: [LookAtClient, CheckHealth] })
export class OnPremisesWorkerModule {}
