import { Module } from '@nestjs/common';
import { TierReservation } from '../messages/tier-reservation.js';
import { DispatchProcessor } from './dispatch.processor.js';
import { Dispatcher } from './dispatcher.js';
import { Throughput } from './throughput.js';

/** Sending what waits; of the worker only. */
@Module({ providers: [Dispatcher, DispatchProcessor, Throughput, TierReservation], exports: [Dispatcher] })
export class DispatchModule {}
