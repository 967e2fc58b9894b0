import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { EventsModule } from '../events/events.module.js';
import { NumberCare } from './number-care.entity.js';
import { NumberLinks } from './number-links.js';
import { Numbers } from './numbers.js';

/** Numbers as both processes need them. */
@Module({
  imports: [TypeOrmModule.forFeature([NumberCare]), EventsModule],
  providers: [Numbers, NumberLinks],
  exports: [Numbers, NumberLinks],
})
export class NumbersModule {}
