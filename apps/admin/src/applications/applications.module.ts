import { Module } from '@nestjs/common';
import { ApplicationsModule as ApplicationsLib } from '#libs/applications';
import { AuditModule } from '../audit/audit.module.js';
import { ApplicationsController } from './applications.controller.js';
import { DecideApplication } from './decide-application.js';

@Module({
  imports: [ApplicationsLib, AuditModule],
  controllers: [ApplicationsController],
  providers: [DecideApplication],
})
export class ApplicationsModule {}
