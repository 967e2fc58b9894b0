import { Module } from '@nestjs/common';
import { SessionsController } from './sessions.controller.js';
import { StaffUsers } from './staff-users.js';

@Module({ controllers: [SessionsController], providers: [StaffUsers] })
export class IdentityModule {}
