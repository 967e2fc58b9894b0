import { Global, Module } from '@nestjs/common';
import { Ledger } from './ledger.js';
import { Periods } from './periods.js';

@Global()
@Module({ providers: [Ledger, Periods], exports: [Ledger, Periods] })
export class LedgerModule {}
