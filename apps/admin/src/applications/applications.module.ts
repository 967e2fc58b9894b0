import { Module } from '@nestjs/common';
import { ApplicationsModule as ApplicationsLib } from '#libs/applications';
import { AuditModule } from '../audit/audit.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { ApplicationsController } from './applications.controller.js';
import { DecideApplication } from './decide-application.js';

@Module({
  imports: [ApplicationsLib, AuditModule, IdentityModule],
  controllers: [ApplicationsController],
  providers: [DecideApplication],
})
export class ApplicationsModule {}
