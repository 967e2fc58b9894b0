import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { SessionsModule } from '#libs/sessions';
import { AuditModule } from '../audit/audit.module.js';
import { SessionsController } from './sessions.controller.js';
import { StaffGuard } from './staff.guard.js';
import { StaffUsers } from './staff-users.js';

@Module({
  imports: [SessionsModule.forAudience('staff'), AuditModule],
  controllers: [SessionsController],
  providers: [StaffUsers, { provide: APP_GUARD, useClass: StaffGuard }],
})
export class IdentityModule {}
