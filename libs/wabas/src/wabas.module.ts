import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ProviderSettingsModule } from '#libs/provider-settings';
import { VaultModule } from '#libs/vault';
import { PhoneNumber, Portfolio, Waba } from './entities.js';
import { PortfolioPrices } from './portfolio-prices.js';
import { Standing } from './standing.js';
import { Wabas } from './wabas.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Portfolio, Waba, PhoneNumber]), VaultModule, ProviderSettingsModule],
  providers: [Wabas, Standing, PortfolioPrices],
  exports: [Wabas, Standing, PortfolioPrices],
})
export class WabasModule {}
