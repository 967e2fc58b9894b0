import { Module } from '@nestjs/common';
import { ProviderSettings } from '#libs/provider-settings';
import { TenantsModule } from '#libs/tenants';
import { BrandingController } from './branding.controller.js';
import { ChangeSetting } from './change-setting.js';
import { FeaturesController } from './features.controller.js';
import { LettersController } from './letters.controller.js';
import { MetaAppController } from './meta-app.controller.js';
import { MetaSecrets } from './meta-secrets.js';

/** What staff change of the provider's settings. */
@Module({
  imports: [TenantsModule],
  providers: [ProviderSettings, ChangeSetting, MetaSecrets],
  controllers: [BrandingController, MetaAppController, LettersController, FeaturesController],
})
export class SettingsModule {}
