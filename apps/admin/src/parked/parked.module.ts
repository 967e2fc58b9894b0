import { Module } from '@nestjs/common';
import { TenantEventsModule } from '#libs/tenant-events';
import { UsageModule } from '#libs/usage';
import { HandleParked } from './handle-parked.js';
import { MoveParked } from './move-parked.js';
import { ParkedController } from './parked.controller.js';

@Module({
  imports: [TenantEventsModule, UsageModule],
  controllers: [ParkedController],
  providers: [HandleParked, MoveParked],
})
export class ParkedModule {}
