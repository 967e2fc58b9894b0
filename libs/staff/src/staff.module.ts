import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { SessionsModule } from '#libs/sessions';
import { AuditLog } from './audit-log.js';
import { StaffGuard } from './staff.guard.js';
import { StaffDesk } from './staff-desk.js';

/** What every staff route of every app stands on: the guard before all of /admin, and the audit log. */
@Global()
@Module({
  imports: [SessionsModule.forAudience('staff')],
  providers: [StaffDesk, AuditLog, { provide: APP_GUARD, useClass: StaffGuard }],
  exports: [StaffDesk, AuditLog],
})
export class StaffModule {}
