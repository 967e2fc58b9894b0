import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TenantLimitsModule } from '#libs/tenant-limits';
import { EventsModule } from '../events/events.module.js';
import { NumberCare } from './number-care.entity.js';
import { NumberCommands } from './number-commands.js';
import { NumberLinks } from './number-links.js';
import { NumberStore } from './number-store.js';
import { Numbers } from './numbers.js';

/** Numbers as both processes need them. */
@Module({
  imports: [TypeOrmModule.forFeature([NumberCare]), EventsModule, TenantLimitsModule],
  providers: [NumberStore, Numbers, NumberCommands, NumberLinks],
  exports: [Numbers, NumberStore, NumberCommands, NumberLinks],
})
export class NumbersModule {}
