import { Global, Module } from '@nestjs/common';
import { SessionsModule } from '#libs/sessions';
import { StaffGuard } from './staff.guard.js';
import { StaffAudit } from './staff-audit.js';

/** What every staff route of billing stands on. */
@Global()
@Module({
  imports: [SessionsModule.forAudience('staff')],
  providers: [StaffGuard, StaffAudit],
  exports: [StaffGuard, StaffAudit],
})
export class StaffModule {}
