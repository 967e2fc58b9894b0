import { Module } from '@nestjs/common';
import { TierReservation } from './tier-reservation.js';

/** Needs the modules of persistence, queues and wabas. */
@Module({ providers: [TierReservation], exports: [TierReservation] })
export class TierReservationModule {}
