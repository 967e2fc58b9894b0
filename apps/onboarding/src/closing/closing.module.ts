import { Module } from '@nestjs/common';
import { ClosingModule } from '#libs/closing';
import { NumbersModule } from '../numbers/numbers.module.js';
import { LeaveMeta } from './leave-meta.js';

/** Tenants that are closed leave Meta. */
@Module({ imports: [ClosingModule, NumbersModule], providers: [LeaveMeta], exports: [LeaveMeta] })
export class LeavingModule {}
