import { Global, Module } from '@nestjs/common';
import { Holds } from './holds.js';
import { Wallets } from './wallets.js';

@Global()
@Module({ providers: [Wallets, Holds], exports: [Wallets, Holds] })
export class WalletModule {}
