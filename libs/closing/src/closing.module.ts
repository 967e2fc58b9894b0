import { Module } from '@nestjs/common';
import { Closings } from './closings.js';

/** How far the closing of a tenant is. */
@Module({ providers: [Closings], exports: [Closings] })
export class ClosingModule {}
