import { Global, Module } from '@nestjs/common';
import { loadConfig } from '#libs/config';
import { Vault } from './vault.js';

@Global()
@Module({
  providers: [{ provide: Vault, useFactory: () => new Vault(loadConfig(['ENCRYPTION_KEYS']).ENCRYPTION_KEYS) }],
  exports: [Vault],
})
export class VaultModule {}
