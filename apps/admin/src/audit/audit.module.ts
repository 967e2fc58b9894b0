import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { WatchAuditLog } from './watch-audit-log.js';

@Module({ controllers: [AuditController], providers: [WatchAuditLog] })
export class AuditModule {}
