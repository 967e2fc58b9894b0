import { Module } from '@nestjs/common';
import { TierReservationModule } from '#libs/tier-reservation';
import { CustomerWindow } from './customer-window.js';
import { HeadroomController } from './headroom.controller.js';
import { Headroom } from './headroom.js';

/** What may be sent now: messaging limit, throughput, service windows. */
@Module({
  imports: [TierReservationModule],
  controllers: [HeadroomController],
  providers: [Headroom, CustomerWindow],
  exports: [Headroom],
})
export class HeadroomModule {}
