import { Module } from '@nestjs/common';
import { AuditLog } from '#libs/staff';
import { KeepSealed } from './keep-sealed.js';
import { KeyUses } from './key-uses.js';
import { SealAnew } from './seal-anew.js';
import { SecretsController } from './secrets.controller.js';

/** What staff see of keys. */
@Module({ controllers: [SecretsController], providers: [KeyUses] })
export class SecretsModule {}

/** What the worker does when one was rotated. */
@Module({ providers: [AuditLog, SealAnew, KeepSealed], exports: [SealAnew] })
export class SecretsWorkerModule {}
